//! The WebAssembly of the module that applications embed, with what JavaScript calls of it: see `api.js` beside this file for
//! the rest, and `npm/` for the package.
//!
//! Thin on purpose: what is measured and remembered is in `callscope-core`, and when reports are taken in `sampler.js` of
//! `callscope-browser`. What is done here is done for size: it imports nothing, so that nothing has to be bound. There is no `std` in the browser, memory comes from a small [`heap`], a panic is a trap without
//! words, and no string crosses: names are numbers on this side, and what is handed out are numbers in a fixed order
//! ([`numbers`]), of which `values.js` makes objects.
#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

pub mod heap;
pub mod numbers;
#[cfg(target_arch = "wasm32")]
pub mod session;

/// JavaScript sees a trap and tells the page once: see `sampler.js` and `guard.js`.
#[cfg(target_arch = "wasm32")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
