//! The committed reader is the one that the engine's tables make.

#[cfg(not(target_arch = "wasm32"))]
mod pack;

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn the_reader_is_the_one_that_the_tables_make() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pack.js");
    let made = pack::render();
    if std::env::var_os("UPDATE_PACK").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == made,
        "src/pack.js is not what the tables make: run `UPDATE_PACK=1 cargo test -p callscope-browser`"
    );
}
