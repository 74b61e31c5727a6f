//! What plotters cannot draw: lines with gaps in fractions of a pixel, dashes, clips, many bars at
//! once.

use super::palette::Colour;

/// A rectangle in device pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub x: f32,
    /// The top edge.
    pub y: f32,
    /// To the right.
    pub width: f32,
    /// Down.
    pub height: f32,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub colour: Colour,
    /// In device pixels.
    pub width: f32,
    /// Lengths of dash and gap in device pixels; `None` for a solid line.
    pub dash: Option<(f32, f32)>,
    /// As fast as can be, a little thinner: while the view moves.
    pub draft: bool,
}

/// A position in device pixels; `None` lifts the pen.
pub type Vertex = Option<(f32, f32)>;

/// The marks that our charts need beside what a
/// [`DrawingBackend`](plotters::prelude::DrawingBackend) offers.
///
/// plotters has whole pixels, no gaps (it draws the unknown at the axis's minimum), a stroke for
/// each dash, and no clip (it draws what lies outside at the plot's edge). Marks and plotters' own
/// drawing appear in the order of the calls.
pub trait Marks {
    /// Draws nothing outside `rect` until [`Marks::unclip`].
    fn clip(&mut self, rect: Rect);

    /// Ends the clip.
    fn unclip(&mut self);

    /// Fills rectangles with one colour.
    fn fill(&mut self, rects: &[Rect], colour: Colour);

    /// Draws a line through `vertices`.
    fn line(&mut self, vertices: &[Vertex], stroke: Stroke);

    /// Fills the polygon of `corners`.
    fn polygon(&mut self, corners: &[(f32, f32)], colour: Colour);

    /// Draws a dot of `radius`, and around it a ring of the width and colour that `ring` says.
    fn dot(&mut self, centre: (f32, f32), radius: f32, fill: Colour, ring: Option<(f32, Colour)>);
}
