//! Mounts the pages of calls that are stored.

fn main() {
    callscope_app::history::start();
}
