//! The parts of a chart that are no track: spans of time, the base line, the thresholds.

use super::draw::Scene;
use super::frame::{Frame, fine, rect};
use super::marks::{Marks, Rect, Stroke};
use super::model::Threshold;
use super::palette::Palette;
use super::scale::{Axis, View};

/// How much a band covers what is behind it.
const BAND_TINT: f32 = 0.10;
/// How much a span without any value covers.
const UNKNOWN_TINT: f32 = 0.08;
/// The solid strip over a band, in CSS pixels.
const BAND_STRIP: f64 = 3.0;
/// The least width of a band, so that a short issue is seen in a long call, in CSS pixels.
const BAND_LEAST: f64 = 2.0;
/// Below this a span without values is drawn by the gap alone, in CSS pixels.
const UNKNOWN_LEAST: f64 = 2.0;
/// Dash and gap of a threshold, in CSS pixels.
const THRESHOLD_DASH: f64 = 4.0;
/// Length of the marks under the base line, in CSS pixels.
const TICK: f64 = 4.0;

/// The spans in which no track has a value.
pub(super) fn draw_unknown<M: Marks>(marks: &mut M, frame: &Frame, scene: &Scene<'_>) {
    let rects: Vec<Rect> = scene
        .unknown
        .iter()
        .filter(|span| span.span() / scene.view.span() * frame.css_width() >= UNKNOWN_LEAST)
        .filter_map(|span| whole_height(frame, *span))
        .collect();
    if !rects.is_empty() {
        marks.fill(&rects, scene.palette.muted.fade(UNKNOWN_TINT));
    }
}

/// A span of which nothing is known.
pub(super) fn draw_gap<M: Marks>(marks: &mut M, frame: &Frame, palette: &Palette, span: View) {
    if let Some(rect) = whole_height(frame, span) {
        marks.fill(&[rect], palette.muted.fade(UNKNOWN_TINT));
    }
}

fn whole_height(frame: &Frame, span: View) -> Option<Rect> {
    let (x0, x1) = frame.columns(span.t0, span.t1, 0.0)?;
    (x1 > x0).then(|| rect(x0, frame.top, x1, frame.bottom))
}

/// Issues and signals: a tint under the lines and a strip above.
pub(super) fn draw_bands<M: Marks>(marks: &mut M, frame: &Frame, scene: &Scene<'_>) {
    for band in scene.bands {
        let t1 = band.t1.unwrap_or(scene.view.t1);
        let Some((x0, x1)) = frame.columns(band.t0, t1, BAND_LEAST * frame.scale) else {
            continue;
        };
        let colour = scene.palette.severity(band.severity);
        let strip = (BAND_STRIP * frame.scale).round();
        marks.fill(
            &[rect(x0, frame.top, x1, frame.bottom)],
            colour.fade(BAND_TINT),
        );
        marks.fill(&[rect(x0, frame.top - strip, x1, frame.top)], colour);
    }
}

/// The line at 0 and the marks of the time ticks under it.
pub(super) fn draw_base_line<M: Marks>(
    marks: &mut M,
    frame: &Frame,
    palette: &Palette,
    x_axis: &Axis,
) {
    let line = frame.hairline();
    let before = (line / 2.0).floor();
    let base = frame.bottom - before;
    let mut rects = vec![rect(frame.left, base, frame.right + 1.0, base + line)];
    rects.extend(x_axis.ticks().iter().map(|tick| {
        let x = frame.x(tick.at).round() - before;
        rect(
            x,
            base + line,
            x + line,
            base + line + (TICK * frame.scale).round(),
        )
    }));
    marks.fill(&rects, palette.axis);
}

/// The values past which the chart reads as bad, as far as the plot reaches them.
pub(super) fn draw_thresholds<M: Marks>(marks: &mut M, frame: &Frame, scene: &Scene<'_>) {
    let line = frame.hairline();
    // On the pixel grid: in its middle for an odd width, at its edge for an even one.
    let snap = if (line / 2.0).fract() > 0.25 {
        0.5
    } else {
        0.0
    };
    let dash = fine(THRESHOLD_DASH * frame.scale);
    let reached = |it: &&Threshold| it.value <= frame.top_value;
    for threshold in scene.thresholds.iter().filter(reached) {
        let y = fine(frame.y(threshold.value).round() + snap);
        marks.line(
            &[
                Some((fine(frame.left), y)),
                Some((fine(frame.right + 1.0), y)),
            ],
            Stroke {
                colour: scene.palette.severity(threshold.severity),
                width: fine(line),
                dash: Some((dash, dash)),
                draft: false,
            },
        );
    }
}
