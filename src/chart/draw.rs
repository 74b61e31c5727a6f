//! A chart on any backend: plotters lays it out and draws mesh and labels, [`Marks`] draw the data.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::chart::{ChartBuilder, LabelAreaPosition};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

use super::frame::{Frame, MARGIN, whole};
use super::marks::Marks;
use super::model::{Band, Series, Threshold};
use super::palette::Palette;
use super::scale::{Axis, View};
use super::tracks::{draw_open_dots, draw_tracks, shown};
use super::unit::Unit;
use super::{spans, tracks};

/// All that a chart shows, borrowed for one drawing.
#[expect(missing_debug_implementations, reason = "holds a function")]
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Device pixels to a CSS pixel.
    pub scale: f64,
    /// The time that the plot shows.
    pub view: View,
    /// What the values are measured in.
    pub unit: Unit,
    /// The least top of the value axis.
    pub min_range: f64,
    /// The tracks.
    pub series: &'a [Series],
    /// The spans in which no track has a value.
    pub unknown: &'a [View],
    /// Spans behind the lines.
    pub bands: &'a [Band],
    /// The values past which the chart reads as bad.
    pub thresholds: &'a [Threshold],
    /// The only track to draw, if the chart has it.
    pub isolated: Option<&'a str>,
    /// The track to draw strongest, the others fading, if the chart has it.
    pub highlighted: Option<&'a str>,
    /// The theme's colours.
    pub palette: &'a Palette,
    /// How many milliseconds local time is ahead of UTC at a time in milliseconds since the epoch.
    pub offset: &'a dyn Fn(f64) -> f64,
    /// Whether to draw lines fast rather than well, because the view is moving.
    pub draft: bool,
}

/// Font size of the axis labels, in CSS pixels.
const LABEL_SIZE: f64 = 11.0;

/// Length of a tick mark, in CSS pixels. plotters leaves as much again before the label.
const TICK: f64 = 4.0;

/// Draws `scene` over the whole of `backend`, which is expected to be blank, and says where things
/// are. `None` when there is no room for a plot.
///
/// # Errors
///
/// When the backend fails or is already borrowed.
pub fn draw<B: DrawingBackend + Marks>(
    backend: &Rc<RefCell<B>>,
    scene: &Scene<'_>,
) -> Result<Option<Frame>, DrawingAreaErrorKind<B::ErrorType>> {
    let size = backend.borrow().get_size();
    let width = f64::from(size.0) / scene.scale - MARGIN.left - MARGIN.right;
    let x_axis = Axis::time(scene.view, width, MARGIN.right, scene.offset);
    let max = shown(scene)
        .filter_map(|track| tracks::max_in(track, scene.view))
        .reduce(f64::max);
    let y_axis = Axis::value(scene.unit, max, scene.min_range);
    let Some(frame) = Frame::new(size, scene.scale, scene.view, y_axis.top()) else {
        return Ok(None);
    };

    {
        let mut marks = backend.borrow_mut();
        spans::draw_unknown(&mut *marks, &frame, scene);
        spans::draw_bands(&mut *marks, &frame, scene);
    }
    draw_axes(backend, scene.scale, scene.palette, &x_axis, y_axis)?;
    {
        let mut marks = backend.borrow_mut();
        spans::draw_base_line(&mut *marks, &frame, scene.palette, &x_axis);
        marks.clip(frame.clip());
        draw_tracks(&mut *marks, &frame, scene);
        marks.unclip();
        draw_open_dots(&mut *marks, &frame, scene);
        spans::draw_thresholds(&mut *marks, &frame, scene);
    }
    Ok(Some(frame))
}

/// Mesh, and the labels of both axes.
pub(super) fn draw_axes<B: DrawingBackend + Marks>(
    backend: &Rc<RefCell<B>>,
    scale: f64,
    palette: &Palette,
    x_axis: &Axis,
    y_axis: Axis,
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let area = DrawingArea::from(backend);
    let device = |css: f64| whole(css * scale);
    let labels = x_axis.ticks().len().max(y_axis.ticks().len());
    let mut chart = ChartBuilder::on(&area)
        .margin_top(device(MARGIN.top))
        .margin_right(device(MARGIN.right))
        .set_label_area_size(LabelAreaPosition::Left, device(MARGIN.left))
        .set_label_area_size(LabelAreaPosition::Bottom, device(MARGIN.bottom))
        .build_cartesian_2d(x_axis.clone(), y_axis)?;

    let grid: RGBAColor = palette.grid.into();
    let label: RGBAColor = palette.muted.into();
    let hidden = ShapeStyle::from(&RGBAColor(0, 0, 0, 0.0));
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(labels)
        .y_labels(labels)
        .bold_line_style(grid.stroke_width(frame_line(scale)))
        .light_line_style(hidden)
        // The axes' own lines are hidden, for plotters has one style for both and only the base
        // line is wanted.
        .axis_style(hidden)
        .set_all_tick_mark_size(device(TICK))
        .label_style(label_style(scale, &label))
        .draw()
}

/// Words in the plot, with their middle at a place.
pub(super) fn draw_words<B: DrawingBackend + Marks>(
    backend: &Rc<RefCell<B>>,
    scale: f64,
    palette: &Palette,
    words: &str,
    (x, y): (f32, f32),
) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
    let middle = Pos::new(HPos::Center, VPos::Center);
    let colour: RGBAColor = palette.muted.into();
    let style = label_style(scale, &colour).pos(middle);
    let at = (whole(f64::from(x)), whole(f64::from(y)));
    DrawingArea::from(backend).draw_text(words, &style, at)
}

fn label_style(scale: f64, colour: &RGBAColor) -> TextStyle<'_> {
    let font = FontDesc::new(FontFamily::SansSerif, LABEL_SIZE * scale, FontStyle::Normal);
    TextStyle::from(font).color(colour)
}

fn frame_line(scale: f64) -> u32 {
    whole(scale).unsigned_abs().max(1)
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
