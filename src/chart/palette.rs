//! The colours of charts, light and dark. `style/app/chart.css` has the same under their custom
//! properties; a test compares.
//!
//! The four track colours differ in lightness as well as in hue: sets of equal lightness fall
//! together for people who do not tell red from green. The worst pair differs by a CIEDE2000 of
//! 21.8 (light) and 18.5 (dark) over normal, deutan, protan and tritan sight.

use plotters::style::RGBAColor;

use super::model::Severity;

/// A colour and how much it covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// `0xRRGGBB`.
    pub rgb: u32,
    /// 0 is transparent, 1 covers.
    pub alpha: f32,
}

impl Colour {
    /// A covering colour of `0xRRGGBB`.
    #[must_use]
    pub const fn hex(rgb: u32) -> Self {
        Self { rgb, alpha: 1.0 }
    }

    /// The same, covering less.
    #[must_use]
    pub const fn fade(self, alpha: f32) -> Self {
        Self {
            rgb: self.rgb,
            alpha: self.alpha * alpha,
        }
    }

    /// Red, green, blue.
    #[must_use]
    pub const fn channels(self) -> (u8, u8, u8) {
        let [_, red, green, blue] = self.rgb.to_be_bytes();
        (red, green, blue)
    }

    /// From red, green, blue.
    #[must_use]
    pub const fn of_channels((red, green, blue): (u8, u8, u8), alpha: f32) -> Self {
        Self {
            rgb: u32::from_be_bytes([0, red, green, blue]),
            alpha,
        }
    }
}

impl From<Colour> for RGBAColor {
    fn from(colour: Colour) -> Self {
        let (red, green, blue) = colour.channels();
        Self(red, green, blue, f64::from(colour.alpha))
    }
}

/// The colours of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// The tracks' lines. For lines, not for text.
    pub tracks: [Colour; 4],
    /// Any track after the fourth: told apart by highlighting.
    pub other: Colour,
    /// Titles, values, and a highlighted track without a colour of its own.
    pub text: Colour,
    /// Labels.
    pub muted: Colour,
    /// Signals.
    pub warning: Colour,
    /// Issues and thresholds.
    pub poor: Colour,
    /// Lines of the grid.
    pub grid: Colour,
    /// The base line and its ticks.
    pub axis: Colour,
    /// The card a chart stands on.
    pub surface: Colour,
}

/// On white.
pub const LIGHT: Palette = Palette {
    tracks: [
        Colour::hex(0x21_84_D0),
        Colour::hex(0xD9_6A_0E),
        Colour::hex(0x0D_5D_47),
        Colour::hex(0x57_0E_68),
    ],
    other: Colour::hex(0x8A_95_A5),
    text: Colour::hex(0x1B_24_30),
    muted: Colour::hex(0x56_61_70),
    warning: Colour::hex(0xB4_53_09),
    poor: Colour::hex(0xB4_23_18),
    grid: Colour::hex(0xE8_EB_F0),
    axis: Colour::hex(0xC5_CC_D6),
    surface: Colour::hex(0xFF_FF_FF),
};

/// On near black.
pub const DARK: Palette = Palette {
    tracks: [
        Colour::hex(0x39_8A_E2),
        Colour::hex(0xF9_86_23),
        Colour::hex(0x5F_DD_AC),
        Colour::hex(0xF9_B7_E5),
    ],
    other: Colour::hex(0x6C_77_88),
    text: Colour::hex(0xE7_EB_F1),
    muted: Colour::hex(0x9D_A8_B7),
    warning: Colour::hex(0xF5_B4_54),
    poor: Colour::hex(0xFF_85_77),
    grid: Colour::hex(0x27_2D_38),
    axis: Colour::hex(0x41_4A_58),
    surface: Colour::hex(0x16_1A_21),
};

impl Palette {
    /// The palette of a dark or a light page.
    #[must_use]
    pub fn of(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
    }

    /// A track's line.
    #[must_use]
    pub fn track(&self, colour: usize) -> Colour {
        self.tracks.get(colour).copied().unwrap_or(self.other)
    }

    /// An issue's or a signal's colour.
    #[must_use]
    pub fn severity(&self, severity: Severity) -> Colour {
        match severity {
            Severity::Note => self.muted,
            Severity::Warning => self.warning,
            Severity::Poor => self.poor,
        }
    }
}

/// The custom property of a track's colour in `style/app/chart.css`.
#[must_use]
pub(super) fn track_property(colour: usize) -> &'static str {
    match colour {
        0 => "var(--chart-track-1)",
        1 => "var(--chart-track-2)",
        2 => "var(--chart-track-3)",
        3 => "var(--chart-track-4)",
        _ => "var(--chart-track-other)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CSS: &str = include_str!("../../style/app/chart.css");

    fn properties(palette: &Palette) -> Vec<(&'static str, Colour)> {
        vec![
            ("--chart-track-1", palette.tracks[0]),
            ("--chart-track-2", palette.tracks[1]),
            ("--chart-track-3", palette.tracks[2]),
            ("--chart-track-4", palette.tracks[3]),
            ("--chart-track-other", palette.other),
            ("--chart-text", palette.text),
            ("--chart-muted", palette.muted),
            ("--chart-warning", palette.warning),
            ("--chart-poor", palette.poor),
            ("--chart-grid", palette.grid),
            ("--chart-axis", palette.axis),
            ("--chart-surface", palette.surface),
        ]
    }

    #[test]
    fn the_style_sheet_has_the_same_colours() {
        let count = |property: &str, colour: Colour| {
            CSS.matches(&format!("{property}: #{:06X};", colour.rgb))
                .count()
        };
        for (property, colour) in properties(&LIGHT) {
            assert_eq!(count(property, colour), 1, "light {property}");
        }
        // Once for a page that says it is dark, once for a page that leaves it to the system.
        for (property, colour) in properties(&DARK) {
            assert_eq!(count(property, colour), 2, "dark {property}");
        }
    }

    #[test]
    fn channels_come_back_as_they_went() {
        let colour = Colour::hex(0x21_84_D0);
        assert_eq!(colour.channels(), (0x21, 0x84, 0xD0));
        assert_eq!(Colour::of_channels(colour.channels(), 1.0), colour);
    }

    #[test]
    fn lines_stand_out_from_their_card() {
        let luminance = |colour: Colour| {
            let (red, green, blue) = colour.channels();
            let linear = |channel: u8| {
                let share = f64::from(channel) / 255.0;
                if share <= 0.040_45 {
                    share / 12.92
                } else {
                    ((share + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        };
        let contrast = |a: Colour, b: Colour| {
            let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
            (a / b).max(b / a)
        };
        for palette in [LIGHT, DARK] {
            for line in palette.tracks {
                assert!(contrast(line, palette.surface) >= 3.0, "{line:?}");
            }
            for text in [palette.text, palette.muted, palette.warning, palette.poor] {
                assert!(contrast(text, palette.surface) >= 4.5, "{text:?}");
            }
        }
    }
}
