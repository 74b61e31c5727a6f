//! Interned strings.

use core::num::NonZeroU32;

/// The number that stands for a string: a track's sid, a stats id, a codec's name.
///
/// The engine compares names and never reads them, so strings stay where they came from (in the browser that is
/// JavaScript) and cross as numbers. Whoever interned a string gives it back for display. An option of one is as large as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Atom(NonZeroU32);

impl Atom {
    /// The atom of that number. The largest is not to be had: it is the one before.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(number))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0.get() - 1
    }

    /// The atom in a packed column, `None` where the member was absent.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    pub fn unpack(column: f64) -> Option<Self> {
        (column >= 0.0 && column < f64::from(u32::MAX)).then_some(Self::new(column as u32))
    }
}
