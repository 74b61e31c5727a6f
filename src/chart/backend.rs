//! A backend that only writes down: numbers into one buffer, texts into one string, replayed by one
//! call.
//!
//! A call from wasm to JavaScript for each of some thousand context methods would cost more than
//! this whole list. The codes and their arguments are read by `replay.js`, and documented there.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::frame::{fine, whole};
use super::marks::{Marks, Rect, Stroke, Vertex};
use super::palette::Colour;

/// What an operation does. `replay.js` has the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Fill = 0,
    Line = 1,
    Dot = 2,
    Text = 3,
    Polygon = 4,
    Clip = 5,
    Unclip = 6,
    Origin = 7,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    /// In device pixels.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
    /// Its colour.
    pub colour: Colour,
    /// Which part of the text lies at its position: 0 its left, 1 its middle, 2 its right.
    pub horizontal: u8,
    /// 0 its top, 1 its middle, 2 its bottom.
    pub vertical: u8,
}

/// Drawing operations for a canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpList {
    size: (u32, u32),
    numbers: Vec<f32>,
    texts: String,
}

impl OpList {
    /// An empty list for a canvas of `width` by `height` device pixels.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            size: (width, height),
            ..Self::default()
        }
    }

    /// Empties the list for a canvas of another size, keeping its buffers.
    pub fn reset(&mut self, width: u32, height: u32) {
        self.size = (width, height);
        self.numbers.clear();
        self.texts.clear();
    }

    /// The operations' codes and arguments.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.numbers
    }

    /// All texts, one after the other.
    #[must_use]
    pub fn texts(&self) -> &str {
        &self.texts
    }

    /// Moves what follows by so many device pixels from the canvas's corner.
    pub fn origin(&mut self, x: f64, y: f64) {
        self.push(Op::Origin, &[fine(x), fine(y)]);
    }

    /// Writes a text. An empty one is left out.
    pub fn text(&mut self, text: &str, (x, y): (f64, f64), style: TextStyle) {
        if text.is_empty() {
            return;
        }
        // JavaScript counts a string's UTF-16 units.
        let length = u32::try_from(text.encode_utf16().count()).map_or(f64::INFINITY, f64::from);
        self.push(
            Op::Text,
            &[
                fine(x),
                fine(y),
                fine(style.size),
                f32::from(u8::from(style.bold)),
            ],
        );
        self.numbers
            .extend([f32::from(style.horizontal), f32::from(style.vertical)]);
        self.colour(style.colour);
        self.numbers.push(fine(length));
        self.texts.push_str(text);
    }

    fn push(&mut self, op: Op, arguments: &[f32]) {
        self.numbers.push(f32::from(op as u8));
        self.numbers.extend_from_slice(arguments);
    }

    fn colour(&mut self, colour: Colour) {
        // 24 bits are what an f32 holds exactly.
        let (red, green, blue) = colour.channels();
        let rgb = f32::from(red) * 65_536.0 + f32::from(green) * 256.0 + f32::from(blue);
        self.numbers.extend([rgb, colour.alpha]);
    }

    fn count(&mut self, count: usize) {
        // f32 counts to 16 million; a plot has a few thousand.
        let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
        self.numbers.push(fine(count));
    }
}

impl Marks for OpList {
    fn clip(&mut self, rect: Rect) {
        self.push(Op::Clip, &[rect.x, rect.y, rect.width, rect.height]);
    }

    fn unclip(&mut self) {
        self.push(Op::Unclip, &[]);
    }

    fn fill(&mut self, rects: &[Rect], colour: Colour) {
        self.push(Op::Fill, &[]);
        self.colour(colour);
        self.count(rects.len());
        for rect in rects {
            self.numbers
                .extend([rect.x, rect.y, rect.width, rect.height]);
        }
    }

    fn line(&mut self, vertices: &[Vertex], stroke: Stroke) {
        let (dash, gap) = stroke.dash.unwrap_or((0.0, 0.0));
        self.push(
            Op::Line,
            &[stroke.width, dash, gap, f32::from(u8::from(stroke.draft))],
        );
        self.colour(stroke.colour);
        self.count(vertices.len());
        for vertex in vertices {
            let (x, y) = vertex.unwrap_or((f32::NAN, f32::NAN));
            self.numbers.extend([x, y]);
        }
    }

    fn polygon(&mut self, corners: &[(f32, f32)], colour: Colour) {
        self.push(Op::Polygon, &[]);
        self.colour(colour);
        self.count(corners.len());
        for (x, y) in corners {
            self.numbers.extend([*x, *y]);
        }
    }

    fn dot(&mut self, (x, y): (f32, f32), radius: f32, fill: Colour, ring: Option<(f32, Colour)>) {
        let (width, colour) = ring.unwrap_or((0.0, fill));
        self.push(Op::Dot, &[x, y, radius]);
        self.colour(fill);
        self.numbers.push(width);
        self.colour(colour);
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for OpList {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let pixel = Rect {
            x: fine(f64::from(x)),
            y: fine(f64::from(y)),
            width: 1.0,
            height: 1.0,
        };
        self.fill(&[pixel], of_backend(color));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let colour = of_backend(style.color());
        if colour.alpha > 0.0 {
            let width = style.stroke_width();
            let vertices: Vec<Vertex> = path
                .into_iter()
                .map(|at| Some(snapped(at, width)))
                .collect();
            let stroke = Stroke {
                colour,
                width: fine(f64::from(width)),
                dash: None,
                draft: false,
            };
            self.line(&vertices, stroke);
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x0, y0): BackendCoord,
        (x1, y1): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        if fill {
            let rect = Rect {
                x: fine(f64::from(x0)),
                y: fine(f64::from(y0)),
                width: fine(f64::from(x1) - f64::from(x0)),
                height: fine(f64::from(y1) - f64::from(y0)),
            };
            self.fill(&[rect], of_backend(style.color()));
            return Ok(());
        }
        self.draw_path([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let colour = of_backend(style.color());
        let at = (fine(f64::from(centre.0)), fine(f64::from(centre.1)));
        let ring = (!fill).then(|| (fine(f64::from(style.stroke_width())), colour));
        let inside = if fill { colour } else { colour.fade(0.0) };
        self.dot(at, fine(f64::from(radius)), inside, ring);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        let corners: Vec<(f32, f32)> = corners
            .into_iter()
            .map(|(x, y)| (fine(f64::from(x)), fine(f64::from(y))))
            .collect();
        self.polygon(&corners, of_backend(style.color()));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Drawn {
        let anchor = style.anchor();
        let style = TextStyle {
            size: style.size(),
            bold: false,
            colour: of_backend(style.color()),
            horizontal: match anchor.h_pos {
                HPos::Left => 0,
                HPos::Center => 1,
                HPos::Right => 2,
            },
            vertical: match anchor.v_pos {
                VPos::Top => 0,
                VPos::Center => 1,
                VPos::Bottom => 2,
            },
        };
        self.text(text, (f64::from(x), f64::from(y)), style);
        Ok(())
    }

    /// A guess from the number of letters. plotters asks only for axes on the right, which our
    /// charts do not have, and its own answer on wasm puts an element into the page and forces a
    /// layout.
    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let letters = u32::try_from(text.chars().count()).map_or(0.0, f64::from);
        let px = |length: f64| whole(length).unsigned_abs();
        Ok((px(letters * style.size() * 0.56), px(style.size())))
    }
}

fn of_backend(colour: BackendColor) -> Colour {
    Colour::of_channels(colour.rgb, fine(colour.alpha))
}

/// Lines of an odd number of pixels lie in the middle of a pixel, of an even number between two:
/// else they smear over one more.
fn snapped((x, y): BackendCoord, width: u32) -> (f32, f32) {
    let shift = if width % 2 == 1 { 0.5 } else { 0.0 };
    (fine(f64::from(x) + shift), fine(f64::from(y) + shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::style::{Color, RGBColor, ShapeStyle};

    fn grey(width: u32) -> ShapeStyle {
        Color::stroke_width(&RGBColor(1, 2, 3), width)
    }

    #[test]
    fn odd_lines_lie_in_the_middle_of_a_pixel_and_even_ones_between_two() {
        for (width, shift) in [(1, 0.5), (2, 0.0), (3, 0.5)] {
            let mut ops = OpList::new(100, 100);
            ops.draw_line((10, 20), (30, 20), &grey(width))
                .expect("never fails");
            let vertices = &ops.numbers()[8..];
            assert_eq!(
                vertices,
                [10.0 + shift, 20.0 + shift, 30.0 + shift, 20.0 + shift]
            );
        }
    }

    #[test]
    fn what_is_transparent_is_not_drawn() {
        let mut ops = OpList::new(100, 100);
        let style = ShapeStyle::from(&RGBColor(0, 0, 0).mix(0.0));
        ops.draw_line((0, 0), (9, 9), &style).expect("never fails");
        assert!(ops.numbers().is_empty());
    }

    #[test]
    fn a_gap_is_written_as_not_a_number_and_a_colour_exactly() {
        let mut ops = OpList::new(100, 100);
        let stroke = Stroke {
            colour: Colour::hex(0xFE_DC_BB),
            width: 3.0,
            dash: None,
            draft: true,
        };
        ops.line(&[Some((1.0, 2.0)), None, Some((3.0, 4.0))], stroke);
        let numbers = ops.numbers();
        assert_eq!(
            numbers[..8],
            [1.0, 3.0, 0.0, 0.0, 1.0, 16_702_651.0, 1.0, 3.0]
        );
        assert!(numbers[10].is_nan() && numbers[11].is_nan());
    }

    #[test]
    fn texts_say_their_length_in_utf16() {
        let mut ops = OpList::new(100, 100);
        let style = TextStyle {
            size: 11.0,
            bold: false,
            colour: Colour::hex(0),
            horizontal: 0,
            vertical: 0,
        };
        ops.text("", (0.0, 0.0), style);
        ops.text("a\u{1F3A5}", (0.0, 0.0), style);
        assert_eq!(
            (ops.numbers().len(), ops.numbers().last()),
            (10, Some(&3.0))
        );
        assert_eq!(ops.texts(), "a\u{1F3A5}");
    }

    #[test]
    fn a_reset_list_is_empty_and_of_the_new_size() {
        let mut ops = OpList::new(1, 1);
        ops.unclip();
        ops.reset(7, 8);
        assert_eq!(ops, OpList::new(7, 8));
    }
}
