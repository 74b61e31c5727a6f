//! Interned strings.

/// The number that stands for a string: a track's sid, a stats id, a codec's name.
///
/// The engine compares names and never reads them, so strings stay where they came from (in the browser that is
/// JavaScript) and cross as numbers. Whoever interned a string gives it back for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Atom(u32);

impl Atom {
    /// The atom of that number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The atom in a packed column, `None` where the member was absent.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    pub fn unpack(column: f64) -> Option<Self> {
        (column >= 0.0 && column <= f64::from(u32::MAX)).then_some(Self(column as u32))
    }
}
