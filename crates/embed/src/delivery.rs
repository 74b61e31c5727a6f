//! What JavaScript asks about batches on their way: see `delivery.js`.
#![expect(
    unsafe_code,
    reason = "names of exports must be unique in the program: they are, for it has no others"
)]

use callscope_core::Millis;
use callscope_core::delivery::{Answer, Dropped, Limits};

/// What an answer means: how many milliseconds to wait before it is tried again; -1 if it was delivered, -2 if the token has to be
/// renewed, -3 if it is refused. No answer is no number, as is no `retry_after`.
#[unsafe(no_mangle)]
pub extern "C" fn answer(status: f64, failures: u32, retry_after: f64, chance: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status has three digits, and what is none is no answer"
    )]
    let status = (status > 0.0).then_some(status as u16);
    match Answer::of(status, failures, Millis::new(retry_after), chance) {
        Answer::Delivered => -1.0,
        Answer::Renew => -2.0,
        Answer::Refused => -3.0,
        Answer::Again(wait) => wait.as_f64(),
    }
}

/// Whether a batch is given up that waited for so long, where it and those after it take so many bytes: 0 if not, 1 if it waited too
/// long, 2 if they are too much. What is no number as a limit is the usual one.
#[unsafe(no_mangle)]
pub extern "C" fn dropped(waited: f64, bytes: f64, most_bytes: f64, most_age: f64) -> u32 {
    let usual = Limits::default();
    let limits = Limits {
        bytes: if most_bytes >= 0.0 {
            most_bytes
        } else {
            usual.bytes
        },
        age: Millis::new(most_age).unwrap_or(usual.age),
    };
    match limits.drop(Millis::new(waited).unwrap_or(Millis::ZERO), bytes) {
        None => 0,
        Some(Dropped::Expired) => 1,
        Some(Dropped::Full) => 2,
    }
}
