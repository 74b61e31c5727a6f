//! Mounts the app.

fn main() {
    callscope_app::start();
}
