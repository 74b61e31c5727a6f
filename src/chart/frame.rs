//! Where a chart's plot lies, and where times and values lie in it.

use callscope_core::to_fixed;

use super::marks::Rect;
use super::scale::View;
use crate::order::within;

/// Distances, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    /// Room for value labels ("4.0 Mbps"), the same in every chart, so that crosshairs line up.
    pub left: f64,
    /// Half a time label.
    pub right: f64,
    /// Half a value label, and the strip over a band.
    pub top: f64,
    /// Ticks and time labels.
    pub bottom: f64,
}

/// The distances between a chart's canvas and its plot.
pub const MARGIN: Margin = Margin {
    left: 68.0,
    right: 16.0,
    top: 10.0,
    bottom: 26.0,
};

impl Margin {
    /// The columns between them, as a style.
    #[must_use]
    pub(super) fn columns(&self) -> String {
        let (left, right) = (to_fixed(self.left, 0), to_fixed(self.right, 0));
        format!("left: {left}px; right: {right}px")
    }

    /// The rows between them, as a style.
    #[must_use]
    pub(super) fn rows(&self) -> String {
        let (top, bottom) = (to_fixed(self.top, 0), to_fixed(self.bottom, 0));
        format!("top: {top}px; bottom: {bottom}px")
    }
}

/// The place of what starts at a share of its parent's width and is a share of it wide, as a style.
#[must_use]
pub(super) fn share_style(start: f64, length: f64) -> String {
    let (left, width) = (to_fixed(start * 100.0, 3), to_fixed(length * 100.0, 3));
    format!("left: {left}%; width: {width}%")
}

/// The plot in device pixels and the ranges it shows: the same mapping as plotters', in fractions
/// of a pixel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Device pixels to a CSS pixel.
    pub scale: f64,
    /// The time that the plot shows.
    pub view: View,
    /// The value at the plot's top; at its bottom is 0.
    pub top_value: f64,
    /// Pixel column of the view's start.
    pub left: f64,
    /// Pixel column of the view's end.
    pub right: f64,
    /// Pixel row of the top value.
    pub top: f64,
    /// Pixel row of 0.
    pub bottom: f64,
}

impl Frame {
    /// The plot of a canvas of `size` device pixels; `None` when the margins leave no room for one.
    #[must_use]
    pub fn new(size: (u32, u32), scale: f64, view: View, top_value: f64) -> Option<Self> {
        let device = |css: f64| f64::from(whole(css * scale));
        let frame = Self {
            scale,
            view,
            top_value,
            left: device(MARGIN.left),
            // plotters maps the end of a range to the last pixel of its area.
            right: f64::from(size.0) - device(MARGIN.right) - 1.0,
            top: device(MARGIN.top),
            bottom: f64::from(size.1) - device(MARGIN.bottom) - 1.0,
        };
        (frame.right - frame.left >= 8.0 && frame.bottom - frame.top >= 8.0).then_some(frame)
    }

    /// The pixel column of a time, which may lie outside of the plot.
    #[must_use]
    pub fn x(&self, t: f64) -> f64 {
        self.left + self.view.share(t) * (self.right - self.left)
    }

    /// The pixel row of a value, which may lie outside of the plot.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        self.bottom - value / self.top_value * (self.bottom - self.top)
    }

    /// The pixel of a time and a value.
    #[must_use]
    pub fn place(&self, (t, value): (f64, f64)) -> (f32, f32) {
        (fine(self.x(t)), fine(self.y(value)))
    }

    /// The columns from `t0` to `t1` that lie in the plot, on whole pixels and `least` wide; `None`
    /// outside of the view.
    #[must_use]
    pub fn columns(&self, t0: f64, t1: f64, least: f64) -> Option<(f64, f64)> {
        let inside = t1 >= self.view.t0 && t0 <= self.view.t1;
        let x0 = within(self.x(t0).round(), self.left, self.right + 1.0);
        let x1 = self
            .x(t1)
            .round()
            .max(x0 + least.round())
            .min(self.right + 1.0);
        let x0 = x0.min(x1 - least.round()).max(self.left);
        inside.then_some((x0, x1))
    }

    /// What the data may cover: the plot, and half a line more above and below, so that a line
    /// along an edge is whole.
    #[must_use]
    pub fn clip(&self) -> Rect {
        let spare = 2.0 * self.scale;
        rect(
            self.left,
            self.top - spare,
            self.right + 1.0,
            self.bottom + spare,
        )
    }

    /// How wide the plot is, in CSS pixels.
    #[must_use]
    pub fn css_width(&self) -> f64 {
        (self.right - self.left) / self.scale
    }

    /// The width of a line of one CSS pixel, in whole device pixels.
    #[must_use]
    pub fn hairline(&self) -> f64 {
        self.scale.round().max(1.0)
    }
}

/// A rectangle by its edges.
#[must_use]
pub(super) fn rect(left: f64, top: f64, right: f64, bottom: f64) -> Rect {
    Rect {
        x: fine(left),
        y: fine(top),
        width: fine(right - left),
        height: fine(bottom - top),
    }
}

/// The nearest whole pixel. What no canvas can be that far from stops at the end of the range.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounded, and the cast saturates"
)]
#[must_use]
pub(super) fn whole(px: f64) -> i32 {
    px.round() as i32
}

/// Fractions of a pixel, which `f32` has plenty of up to a hundred thousand pixels: further out, a
/// line's end is out of sight.
#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to what f32 holds to a hundredth of a pixel"
)]
#[must_use]
pub(super) fn fine(px: f64) -> f32 {
    px.clamp(-100_000.0, 100_000.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        t0: 0.0,
        t1: 1_000.0,
    };

    #[test]
    fn corners_are_the_outermost_pixels_of_the_plot() {
        for scale in [1.0, 1.25, 2.0, 3.0] {
            let size = (
                whole(1_200.0 * scale).unsigned_abs(),
                whole(220.0 * scale).unsigned_abs(),
            );
            let frame = Frame::new(size, scale, VIEW, 4.0).expect("room");
            assert!((frame.x(0.0) - (68.0 * scale).round()).abs() < 1e-9);
            assert!(
                (frame.x(1_000.0) - (1_200.0 * scale - (16.0 * scale).round() - 1.0)).abs() < 1.0
            );
            assert!((frame.y(4.0) - (10.0 * scale).round()).abs() < 1e-9);
            assert!((frame.y(0.0) - frame.bottom).abs() < 1e-9);
        }
    }

    #[test]
    fn a_canvas_without_room_has_no_frame() {
        assert_eq!(Frame::new((84, 220), 1.0, VIEW, 4.0), None);
        assert_eq!(Frame::new((0, 0), 1.0, VIEW, 4.0), None);
        assert_eq!(Frame::new((300, 40), 1.0, VIEW, 4.0), None);
    }

    #[test]
    fn a_short_span_is_seen_and_stays_in_the_plot() {
        let frame = Frame::new((1_200, 220), 1.0, VIEW, 4.0).expect("room");
        assert_eq!(
            frame.columns(500.0, 500.1, 2.0).map(|(a, b)| b - a),
            Some(2.0)
        );
        assert_eq!(frame.columns(999.9, 2_000.0, 2.0), Some((1_182.0, 1_184.0)));
        assert_eq!(frame.columns(-500.0, 0.0, 2.0), Some((68.0, 70.0)));
        assert_eq!(frame.columns(1_001.0, 1_002.0, 2.0), None);
    }
}
