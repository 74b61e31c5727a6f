//! The lines of a chart.

use super::decimate::{Envelope, bucket_length, decimate, every_point};
use super::draw::Scene;
use super::frame::{Frame, fine, rect};
use super::marks::{Marks, Rect, Stroke, Vertex};
use super::model::{Point, Series};
use super::scale::View;
use crate::order::by_number;

/// A track's line, in CSS pixels.
const LINE: f64 = 1.5;
/// The line of a highlighted track, in CSS pixels.
const STRONG_LINE: f64 = 2.25;
/// How much the other tracks cover while one is highlighted.
const FADED: f32 = 0.22;
/// How much an envelope covers.
const ENVELOPE: f32 = 0.28;
/// From this width of an interval each point gets a dot, in CSS pixels.
const DOT_DISTANCE: f64 = 12.0;
/// Radius of a point's dot, in CSS pixels.
const DOT: f64 = 2.0;
/// Radius and ring of the dot of an interval in progress, in CSS pixels.
const OPEN_DOT: (f64, f64) = (3.0, 1.5);
/// Dash and gap of the line to an interval in progress, in CSS pixels.
const OPEN_DASH: f64 = 3.0;
/// How much the line to an interval in progress covers.
const OPEN_LINE: f32 = 0.7;

/// The tracks that a scene draws: the isolated one or all.
pub(super) fn shown<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Series> + use<'a> {
    let isolated = scene
        .isolated
        .filter(|name| scene.series.iter().any(|track| track.name == *name));
    scene
        .series
        .iter()
        .filter(move |track| isolated.is_none_or(|name| track.name == name))
}

/// The largest value of a track in a view.
pub(super) fn max_in(track: &Series, view: View) -> Option<f64> {
    track
        .window(view)
        .iter()
        .filter(|point| point.end() >= view.t0 && point.start() <= view.t1)
        .filter_map(Point::value)
        .reduce(f64::max)
}

/// Draws the tracks, a highlighted one last, so that it lies on top.
pub(super) fn draw_tracks<M: Marks>(marks: &mut M, frame: &Frame, scene: &Scene<'_>) {
    for (track, stroke) in strokes(frame, scene) {
        draw_track(marks, frame, scene, track, stroke);
    }
}

/// The tracks in the order of drawing and how each is drawn.
fn strokes<'a>(frame: &Frame, scene: &Scene<'a>) -> Vec<(&'a Series, Stroke)> {
    let highlighted = scene
        .highlighted
        .filter(|name| shown(scene).any(|track| track.name == *name));
    let is_strong = |track: &Series| highlighted == Some(track.name.as_str());
    // The first track is the one people care most for, so it is drawn over the others.
    let mut order: Vec<&Series> = shown(scene).collect();
    order.reverse();
    let order = by_number(order, |track| f64::from(is_strong(track)));
    let stroke = |track: &Series| {
        let colour = scene.palette.track(track.colour);
        let (colour, width) = match highlighted {
            None => (colour, LINE),
            Some(_) if !is_strong(track) => (colour.fade(FADED), LINE),
            // A track without a colour of its own gets the strongest while it is highlighted.
            Some(_) if colour == scene.palette.other => (scene.palette.text, STRONG_LINE),
            Some(_) => (colour, STRONG_LINE),
        };
        Stroke {
            colour,
            width: fine(width * frame.scale),
            dash: None,
            draft: scene.draft,
        }
    };
    order
        .into_iter()
        .map(|track| (track, stroke(track)))
        .collect()
}

fn draw_track<M: Marks>(
    marks: &mut M,
    frame: &Frame,
    scene: &Scene<'_>,
    track: &Series,
    stroke: Stroke,
) {
    let points = track.window(scene.view);
    let (closed, open) = points.split_at(points.partition_point(|point| !point.is_open()));
    let width = frame.css_width();
    let envelope = match bucket_length(closed.len(), scene.view.span(), width) {
        Some(length) => decimate(closed, length, scene.unit.aggregate()),
        None => every_point(closed),
    };

    let bars = bars(&envelope, frame);
    if !bars.is_empty() {
        marks.fill(&bars, stroke.colour.fade(ENVELOPE));
    }
    let line: Vec<Vertex> = envelope
        .line
        .iter()
        .map(|vertex| vertex.map(|at| frame.place(at)))
        .collect();
    if line.iter().any(Option::is_some) {
        marks.line(&line, stroke);
    }

    let dots = envelope.buckets.is_empty() && is_sparse(points, scene.view, width);
    for (i, vertex) in line.iter().enumerate() {
        let alone =
            |other: Option<usize>| other.and_then(|i| line.get(i)).is_none_or(Option::is_none);
        // A point between two gaps has no line to be seen by.
        if let Some(centre) = vertex
            && (dots || (alone(i.checked_sub(1)) && alone(Some(i + 1))))
        {
            marks.dot(*centre, fine(DOT * frame.scale), stroke.colour, None);
        }
    }
    draw_open(marks, frame, closed.last(), open, stroke);
}

fn bars(envelope: &Envelope, frame: &Frame) -> Vec<Rect> {
    envelope
        .buckets
        .iter()
        .filter(|bucket| bucket.max > bucket.min)
        .map(|bucket| {
            let (x0, x1) = (frame.x(bucket.start), frame.x(bucket.end));
            rect(x0, frame.y(bucket.max), x1, frame.y(bucket.min))
        })
        .collect()
}

fn is_sparse(points: &[Point], view: View, css_width: f64) -> bool {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return false;
    };
    let count = u32::try_from(points.len()).map_or(f64::INFINITY, f64::from);
    (last.end() - first.start()) / count / view.span() * css_width >= DOT_DISTANCE
}

/// Dashed lines to intervals in progress: their value may yet change.
fn draw_open<M: Marks>(
    marks: &mut M,
    frame: &Frame,
    closed: Option<&Point>,
    open: &[Point],
    stroke: Stroke,
) {
    let vertex = |point: &Point| {
        let value = point.value();
        value.map(|value| frame.place((point.middle(), value)))
    };
    let dash = fine(OPEN_DASH * frame.scale);
    let mut previous = closed;
    for point in open {
        if let Some(previous) = previous.filter(|previous| previous.joins(point)) {
            let dashed = Stroke {
                colour: stroke.colour.fade(OPEN_LINE),
                dash: Some((dash, dash)),
                ..stroke
            };
            marks.line(&[vertex(previous), vertex(point)], dashed);
        }
        previous = Some(point);
    }
}

/// Hollow dots on intervals in progress. Not clipped: in a live call they sit on the plot's very
/// edge.
pub(super) fn draw_open_dots<M: Marks>(marks: &mut M, frame: &Frame, scene: &Scene<'_>) {
    let (radius, ring) = (
        fine(OPEN_DOT.0 * frame.scale),
        fine(OPEN_DOT.1 * frame.scale),
    );
    for (track, stroke) in strokes(frame, scene) {
        let points = track.window(scene.view).iter();
        let open = points.filter(|point| point.is_open() && scene.view.contains(point.middle()));
        for point in open {
            if let Some(value) = point.value() {
                let centre = frame.place((point.middle(), value));
                marks.dot(
                    centre,
                    radius,
                    scene.palette.surface,
                    Some((ring, stroke.colour)),
                );
            }
        }
    }
}
