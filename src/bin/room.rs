//! Mounts the pages of one stored call.

fn main() {
    callscope_app::room::start();
}
