//! A backend for tests: it keeps every call, in device pixels, to be looked at.

use std::convert::Infallible;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::frame::fine;
use super::marks::{Marks, Rect, Stroke, Vertex};
use super::palette::Colour;

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Call {
    Pixel,
    /// A mesh line of plotters.
    Path(Vec<(i32, i32)>, u32),
    Text(String, (i32, i32)),
    Clip(Rect),
    Unclip,
    Fill(Vec<Rect>, Colour),
    Line(Vec<Vertex>, Stroke),
    Dot((f32, f32), Option<(f32, Colour)>),
    Polygon(Vec<(f32, f32)>, Colour),
}

/// Keeps what is drawn on it.
#[derive(Debug)]
pub(super) struct Recording {
    size: (u32, u32),
    pub(super) calls: Vec<Call>,
}

impl Recording {
    pub(super) fn new(size: (u32, u32)) -> Self {
        Self {
            size,
            calls: Vec::new(),
        }
    }

    pub(super) fn texts(&self) -> Vec<&str> {
        self.calls
            .iter()
            .filter_map(|call| match call {
                Call::Text(text, _) if !text.is_empty() => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The lines of a colour, however much they cover.
    pub(super) fn lines(&self, colour: Colour) -> Vec<(&[Vertex], Stroke)> {
        self.calls
            .iter()
            .filter_map(|call| match call {
                Call::Line(line, stroke) if stroke.colour.rgb == colour.rgb => {
                    Some((line.as_slice(), *stroke))
                }
                _ => None,
            })
            .collect()
    }

    pub(super) fn fills(&self, colour: Colour) -> Vec<Rect> {
        self.calls
            .iter()
            .filter_map(|call| match call {
                Call::Fill(rects, filled) if filled.rgb == colour.rgb => Some(rects.clone()),
                _ => None,
            })
            .flatten()
            .collect()
    }

    pub(super) fn polygons(&self, colour: Colour) -> Vec<&[(f32, f32)]> {
        self.calls
            .iter()
            .filter_map(|call| match call {
                Call::Polygon(corners, filled) if *filled == colour => Some(corners.as_slice()),
                _ => None,
            })
            .collect()
    }

    pub(super) fn dots(&self) -> Vec<((f32, f32), bool)> {
        self.calls
            .iter()
            .filter_map(|call| match call {
                Call::Dot(centre, ring) => Some((*centre, ring.is_some())),
                _ => None,
            })
            .collect()
    }
}

impl Marks for Recording {
    fn clip(&mut self, rect: Rect) {
        self.calls.push(Call::Clip(rect));
    }

    fn unclip(&mut self) {
        self.calls.push(Call::Unclip);
    }

    fn fill(&mut self, rects: &[Rect], colour: Colour) {
        self.calls.push(Call::Fill(rects.to_vec(), colour));
    }

    fn line(&mut self, vertices: &[Vertex], stroke: Stroke) {
        self.calls.push(Call::Line(vertices.to_vec(), stroke));
    }

    fn polygon(&mut self, corners: &[(f32, f32)], colour: Colour) {
        self.calls.push(Call::Polygon(corners.to_vec(), colour));
    }

    fn dot(
        &mut self,
        centre: (f32, f32),
        _radius: f32,
        _fill: Colour,
        ring: Option<(f32, Colour)>,
    ) {
        self.calls.push(Call::Dot(centre, ring));
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Recording {
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

    fn draw_pixel(&mut self, _point: BackendCoord, _color: BackendColor) -> Drawn {
        self.calls.push(Call::Pixel);
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
        if fine(style.color().alpha) > 0.0 {
            self.calls
                .push(Call::Path(path.into_iter().collect(), style.stroke_width()));
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        _style: &S,
        at: BackendCoord,
    ) -> Drawn {
        self.calls.push(Call::Text(text.to_owned(), at));
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok((
            u32::try_from(text.len()).map_or(0, |letters| 6 * letters),
            11,
        ))
    }
}
