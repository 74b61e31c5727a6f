//! The layers of a chart of steps.

use super::frame::{Frame, fine, rect};
use super::ink::{Pattern, STRIPE};
use super::marks::{Marks, Rect, Stroke, Vertex};
use super::palette::{Colour, Palette};
use super::plate::Look;
use super::scale::View;
use super::steps::{Kind, Steps, number};
use crate::order::within;

/// How much of its step a bar is wide, and the widest that it becomes, in CSS pixels.
const BAR: f64 = 0.72;
const WIDEST_BAR: f64 = 72.0;
/// What is counted is seen, however little it is; in CSS pixels.
const LEAST_BAR: f64 = 2.0;
/// How much the step that is going on covers.
const OPEN: f32 = 0.55;
/// Widths of lines, and of the seam between two layers, in CSS pixels.
const LINE: f64 = 2.0;
const SEAM: f64 = 1.0;
/// How much is covered below the line of a layer.
const BELOW: f32 = 0.12;
/// Radius of the dot of a step, in CSS pixels, and how wide a step has to be for one.
const DOT: f64 = 2.5;
const DOT_DISTANCE: f64 = 14.0;
/// Dash and gap of a line, in CSS pixels.
const DASH: f64 = 4.0;

/// Draws them.
pub(super) fn draw<M: Marks>(marks: &mut M, frame: &Frame, steps: &Steps, look: &Look) {
    if steps.unknown >= steps.spans.len() {
        return;
    }
    match steps.kind {
        Kind::Bars => bars(marks, frame, steps, look),
        Kind::Areas => areas(marks, frame, steps, look),
        Kind::Lines => lines(marks, frame, steps, look),
    }
}

/// From where to where a bar goes, in device pixels.
pub(super) fn bar(frame: &Frame, span: View) -> (f64, f64) {
    let slot = frame.x(span.t1) - frame.x(span.t0);
    let width = within(slot * BAR, 1.0, WIDEST_BAR * frame.scale);
    let left = (frame.x(span.at(0.5)) - width / 2.0).round();
    (left, (left + width).round().max(left + 1.0))
}

fn bars<M: Marks>(marks: &mut M, frame: &Frame, steps: &Steps, look: &Look) {
    let mut floors: Vec<f64> = vec![frame.bottom + 1.0; steps.spans.len()];
    for place in steps.shown(look.isolated) {
        let Some(layer) = steps.layers.get(place) else {
            continue;
        };
        let (mut closed, mut open) = (Vec::new(), Vec::new());
        let columns = steps.spans.iter().zip(floors.iter_mut()).enumerate();
        for (column, (span, floor)) in columns {
            let value = steps.value(place, column);
            if value <= 0.0 || column < steps.unknown {
                continue;
            }
            let height = value / frame.top_value * (frame.bottom - frame.top);
            let top = *floor - height.round().max((LEAST_BAR * frame.scale).round());
            let (left, right) = bar(frame, *span);
            let rect = rect(left, top, right, *floor);
            *floor = top;
            if steps.is_open && column + 1 == steps.spans.len() {
                open.push(rect);
            } else {
                closed.push(rect);
            }
        }
        let colour = layer.ink.colour(look.palette);
        fill(marks, &closed, colour);
        fill(marks, &open, colour.fade(OPEN));
    }
}

fn fill<M: Marks>(marks: &mut M, rects: &[Rect], colour: Colour) {
    if !rects.is_empty() {
        marks.fill(rects, colour);
    }
}

/// The value of a layer at a time, on the line through the middles of its steps, which goes on as it is at both ends.
pub(super) fn between(steps: &Steps, layer: usize, t: f64) -> f64 {
    let after = steps.spans.iter().position(|span| span.at(0.5) >= t);
    match after {
        Some(column) if column <= steps.unknown => steps.value(layer, steps.unknown),
        None => steps.value(layer, steps.spans.len().saturating_sub(1)),
        Some(column) => {
            let (t0, t1) = (steps.spans[column - 1].at(0.5), steps.spans[column].at(0.5));
            let share = (t - t0) / (t1 - t0);
            let (v0, v1) = (steps.value(layer, column - 1), steps.value(layer, column));
            v0 + (v1 - v0) * share
        }
    }
}

/// The times at which the edge of an area turns: its ends, and the middles of the steps.
fn turns(steps: &Steps) -> Vec<f64> {
    let known = || steps.spans.iter().skip(steps.unknown);
    let first = known().next().map(|span| span.t0);
    let last = steps.spans.last().map(|span| span.t1);
    let middles = known().map(|span| span.at(0.5));
    first.into_iter().chain(middles).chain(last).collect()
}

fn areas<M: Marks>(marks: &mut M, frame: &Frame, steps: &Steps, look: &Look) {
    let turns = turns(steps);
    let at = |edge: &[f64]| -> Vec<(f32, f32)> {
        let corners = turns.iter().zip(edge);
        corners
            .map(|(t, value)| frame.place((*t, *value)))
            .collect()
    };
    let mut lower: Vec<f64> = vec![0.0; turns.len()];
    let mut seams = Vec::new();
    for place in steps.shown(look.isolated) {
        let Some(layer) = steps.layers.get(place) else {
            continue;
        };
        let upper: Vec<f64> = turns
            .iter()
            .zip(&lower)
            .map(|(t, below)| below + between(steps, place, *t))
            .collect();
        let (top, bottom) = (at(&upper), at(&lower));
        let corners: Vec<(f32, f32)> = top
            .iter()
            .copied()
            .chain(bottom.iter().rev().copied())
            .collect();
        marks.polygon(&corners, layer.ink.colour(look.palette));
        if layer.ink.pattern == Pattern::Striped {
            stripes(marks, frame, &top, &bottom, look.palette);
        }
        seams.push(top);
        lower = upper;
    }
    for seam in seams {
        let vertices: Vec<Vertex> = seam.into_iter().map(Some).collect();
        marks.line(&vertices, stroke(look.palette.surface, SEAM, frame.scale));
    }
    if steps.is_open
        && let Some(last) = steps.spans.last()
    {
        // Over what is counted, and not over the mesh.
        let top = |t: f64| {
            let shown = steps.shown(look.isolated);
            frame.place((t, shown.map(|layer| between(steps, layer, t)).sum()))
        };
        let floor = |t: f64| frame.place((t, 0.0));
        let veil = [
            floor(last.t0),
            top(last.t0),
            top(last.at(0.5)),
            top(last.t1),
            floor(last.t1),
        ];
        marks.polygon(&veil, look.palette.surface.fade(1.0 - OPEN));
    }
}

/// Upright gaps in an area.
fn stripes<M: Marks>(
    marks: &mut M,
    frame: &Frame,
    top: &[(f32, f32)],
    bottom: &[(f32, f32)],
    palette: &Palette,
) {
    let (stripe, gap) = (STRIPE.0 * frame.scale, STRIPE.1 * frame.scale);
    let mut vertices: Vec<Vertex> = Vec::new();
    let mut x = frame.left + stripe + gap / 2.0;
    while x < frame.right {
        let at = fine(x);
        if let (Some(from), Some(to)) = (height_at(top, at), height_at(bottom, at)) {
            vertices.extend([Some((at, from)), Some((at, to)), None]);
        }
        x += stripe + gap;
    }
    marks.line(&vertices, stroke(palette.surface, STRIPE.1, frame.scale));
}

/// How high an edge is at a column.
fn height_at(edge: &[(f32, f32)], x: f32) -> Option<f32> {
    let pair = edge
        .windows(2)
        .find(|pair| pair[0].0 <= x && x <= pair[1].0)?;
    let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
    let share = if x1 > x0 { (x - x0) / (x1 - x0) } else { 0.0 };
    Some(y0 + (y1 - y0) * share)
}

fn stroke(colour: Colour, width: f64, scale: f64) -> Stroke {
    Stroke {
        colour,
        width: fine(width * scale),
        dash: None,
        draft: false,
    }
}

fn lines<M: Marks>(marks: &mut M, frame: &Frame, steps: &Steps, look: &Look) {
    // The first is what people look for: it lies over the others.
    let mut order: Vec<usize> = steps.shown(look.isolated).collect();
    order.reverse();
    for place in order {
        if let Some(layer) = steps.layers.get(place) {
            let corners: Vec<(f32, f32)> = (steps.unknown..steps.spans.len())
                .map(|column| (steps.spans[column].at(0.5), layer_value(layer, column)))
                .map(|at| frame.place(at))
                .collect();
            let colour = layer.ink.colour(look.palette);
            match layer.ink.pattern {
                Pattern::Dashed => dashed(marks, frame, &corners, colour),
                _ => solid(marks, frame, steps, &corners, colour, look.palette),
            }
        }
    }
}

fn layer_value(layer: &super::steps::Layer, column: usize) -> f64 {
    layer.values.get(column).copied().unwrap_or_default()
}

fn dashed<M: Marks>(marks: &mut M, frame: &Frame, corners: &[(f32, f32)], colour: Colour) {
    let dash = fine(DASH * frame.scale);
    let vertices: Vec<Vertex> = corners.iter().copied().map(Some).collect();
    let stroke = Stroke {
        dash: Some((dash, dash)),
        ..stroke(colour, LINE * 0.75, frame.scale)
    };
    marks.line(&vertices, stroke);
}

/// What goes on is dashed and its dot hollow: it will become more.
fn solid<M: Marks>(
    marks: &mut M,
    frame: &Frame,
    steps: &Steps,
    corners: &[(f32, f32)],
    colour: Colour,
    palette: &Palette,
) {
    let closed = corners.len() - usize::from(steps.is_open && !corners.is_empty());
    let (done, _) = corners.split_at(closed);
    let floor = fine(frame.bottom);
    if let (Some(first), Some(last)) = (corners.first(), corners.last()) {
        let mut below = corners.to_vec();
        below.extend([(last.0, floor), (first.0, floor)]);
        marks.polygon(&below, colour.fade(BELOW));
    }
    let line: Vec<Vertex> = done.iter().copied().map(Some).collect();
    marks.line(&line, stroke(colour, LINE, frame.scale));
    let dash = fine(DASH * frame.scale);
    if let (Some(from), Some(to)) = (done.last(), corners.get(closed)) {
        let stroke = Stroke {
            dash: Some((dash, dash)),
            ..stroke(colour, LINE, frame.scale)
        };
        marks.line(&[Some(*from), Some(*to)], stroke);
    }
    let radius = fine(DOT * frame.scale);
    if frame.css_width() / number(corners.len()).max(1.0) >= DOT_DISTANCE {
        for corner in done {
            marks.dot(*corner, radius, colour, None);
        }
    }
    if let Some(open) = corners.get(closed) {
        let ring = Some((fine(1.5 * frame.scale), colour));
        marks.dot(*open, radius, palette.surface, ring);
    }
}
