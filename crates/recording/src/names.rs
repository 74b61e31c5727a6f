//! Names: the strings behind the engine's atoms.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use callscope_core::Atom;

/// The most names that are kept. A call of 50 participants has some thousands; what names more is no call.
const MAX_NAMES: usize = 1 << 18;

/// The longest name, in bytes. The longest real ones are codec ids with their `sdpFmtpLine`.
const MAX_LENGTH: usize = 1 << 10;

/// The most bytes that are kept.
const MAX_BYTES: usize = 16 << 20;

/// Gives back the string behind an atom: whoever interned it.
pub trait NameOf {
    /// The string; `None` if the atom is not one of its own.
    fn name(&self, atom: Atom) -> Option<Cow<'_, str>>;
}

/// An interner of bounded size: what does not fit has no name, and is counted.
#[derive(Debug, Default)]
pub struct Names {
    atoms: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    bytes: usize,
    refused: u64,
}

impl Names {
    /// No names yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The atom of a string; `None` if there is no room for another.
    pub fn intern(&mut self, name: &str) -> Option<Atom> {
        if let Some(&number) = self.atoms.get(name) {
            return Some(Atom::new(number));
        }
        let bytes = self.bytes + name.len();
        let number = u32::try_from(self.names.len()).ok()?;
        if name.len() > MAX_LENGTH || bytes > MAX_BYTES || self.names.len() >= MAX_NAMES {
            self.refused += 1;
            return None;
        }
        let name: Arc<str> = Arc::from(name);
        self.atoms.insert(Arc::clone(&name), number);
        self.names.push(name);
        self.bytes = bytes;
        Some(Atom::new(number))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Those behind the atoms from that number on, in order.
    pub fn since(&self, number: usize) -> impl Iterator<Item = &str> {
        self.names.iter().skip(number).map(|name| &**name)
    }

    /// How often there was no room: what those strings name is unknown.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// The atom of a string as a packed column holds it: NaN where there is no room.
    pub(crate) fn column(&mut self, name: &str) -> f64 {
        self.intern(name)
            .map_or(f64::NAN, |atom| f64::from(atom.number()))
    }
}

impl NameOf for Names {
    fn name(&self, atom: Atom) -> Option<Cow<'_, str>> {
        let place = usize::try_from(atom.number()).ok()?;
        self.names.get(place).map(|name| Cow::Borrowed(&**name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_has_one_atom_and_comes_back() {
        let mut names = Names::new();
        let first = names.intern("SV2").unwrap();
        assert_eq!(names.intern("SA1").unwrap().number(), 1);
        assert_eq!(names.intern("SV2"), Some(first));
        assert_eq!(names.name(first).as_deref(), Some("SV2"));
        assert_eq!(names.name(Atom::new(2)), None);
    }

    #[test]
    fn what_does_not_fit_is_counted_and_what_is_known_stays() {
        let mut names = Names::new();
        let known = names.intern("a");
        assert_eq!(names.intern(&"x".repeat(MAX_LENGTH + 1)), None);
        for number in 0..=MAX_NAMES {
            names.intern(&number.to_string());
        }
        assert_eq!(names.names.len(), MAX_NAMES);
        assert_eq!(names.refused(), 3);
        assert_eq!(names.intern("a"), known);
    }
}
