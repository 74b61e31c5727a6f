//! Mounts the pages of calls that are measured here.

fn main() {
    callscope_app::calls::start();
}
