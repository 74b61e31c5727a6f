//! Mounts the pages over all calls that are stored.

fn main() {
    callscope_app::overview::start();
}
