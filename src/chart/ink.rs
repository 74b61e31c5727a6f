//! With what the parts of a chart of usage are drawn: a colour, and a pattern where four colours are not enough to tell them apart.

use super::export::Key;
use super::palette::{Colour, Palette, track_property};

/// Which colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// One of the four track colours, 0 to 3.
    Track(usize),
    /// The neutral one.
    Other,
    /// That of issues.
    Poor,
    /// That of the grid: nothing.
    None,
}

/// How it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// All over.
    Solid,
    /// With upright gaps.
    Striped,
    /// As a line with gaps.
    Dashed,
    /// As a line.
    Line,
}

/// A colour, how much of it, and its pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Which colour.
    pub tone: Tone,
    /// 0 is transparent, 1 covers.
    pub alpha: f32,
    /// How it covers.
    pub pattern: Pattern,
}

/// Width of a stripe and of the gap after it, in CSS pixels.
pub(super) const STRIPE: (f64, f64) = (4.0, 2.0);

impl Ink {
    /// A colour all over.
    #[must_use]
    pub const fn solid(tone: Tone) -> Self {
        Self {
            tone,
            alpha: 1.0,
            pattern: Pattern::Solid,
        }
    }

    /// The same colour in a pattern.
    #[must_use]
    pub const fn with(self, pattern: Pattern) -> Self {
        Self { pattern, ..self }
    }

    /// The same, covering less.
    #[must_use]
    pub const fn fade(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }

    /// The ink of the layer that comes at a place of several: four colours, then two of them striped.
    #[must_use]
    pub const fn of_place(place: usize) -> Self {
        match place {
            0..4 => Self::solid(Tone::Track(place)),
            _ => Self::solid(Tone::Track(place % 4)).with(Pattern::Striped),
        }
    }

    /// Its colour in a theme.
    #[must_use]
    pub(super) fn colour(self, palette: &Palette) -> Colour {
        let colour = match self.tone {
            Tone::Track(track) => palette.track(track),
            Tone::Other => palette.other,
            Tone::Poor => palette.poor,
            Tone::None => palette.grid,
        };
        colour.fade(self.alpha)
    }

    /// The style of its swatch in a legend.
    #[must_use]
    pub(super) fn style(self) -> String {
        let property = match self.tone {
            Tone::Track(track) => track_property(track),
            Tone::Other => "var(--chart-track-other)",
            Tone::Poor => "var(--chart-poor)",
            Tone::None => "var(--chart-grid)",
        };
        match self.pattern {
            Pattern::Solid if self.alpha < 1.0 => {
                let share = callscope_core::to_fixed(f64::from(self.alpha) * 100.0, 0);
                format!("background: color-mix(in srgb, {property} {share}%, var(--chart-surface))")
            }
            Pattern::Solid => format!("background: {property}"),
            Pattern::Striped => format!(
                "background: repeating-linear-gradient(90deg, {property} 0 4px, var(--chart-surface) 4px 6px)"
            ),
            Pattern::Dashed => format!("height: 0; border-top: 2px dashed {property}"),
            Pattern::Line => format!("height: 3px; background: {property}"),
        }
    }

    /// Its key in an exported picture.
    #[must_use]
    pub(super) fn key(self, text: String, palette: &Palette) -> Key {
        let (width, dash) = match self.pattern {
            Pattern::Solid => (10.0, None),
            Pattern::Striped => (10.0, Some(STRIPE)),
            Pattern::Dashed => (2.0, Some((4.0, 4.0))),
            Pattern::Line => (3.0, None),
        };
        Key {
            text,
            colour: self.colour(palette),
            width,
            dash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_layers_are_told_apart() {
        let inks: Vec<Ink> = (0..6).map(Ink::of_place).collect();
        for (place, ink) in inks.iter().enumerate() {
            assert!(!inks[..place].contains(ink), "{ink:?} comes twice");
        }
        assert_eq!(inks[3].pattern, Pattern::Solid);
        assert_eq!(inks[4].pattern, Pattern::Striped);
    }
}
