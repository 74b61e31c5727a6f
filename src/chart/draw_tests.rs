use super::*;
use crate::chart::frame::fine;
use crate::chart::marks::Vertex;
use crate::chart::model::{Point, Severity, unknown_spans};
use crate::chart::palette::LIGHT;
use crate::chart::recording::{Call, Recording};

const HOUR: f64 = 3_600e3;
/// 2026-11-22T07:00:00Z.
const START: f64 = 1_795_330_800_000.0;

fn tens(values: impl IntoIterator<Item = Option<f64>>) -> Vec<Point> {
    (0_u32..)
        .zip(values)
        .map(|(i, value)| {
            let start = START + f64::from(i) * 10e3;
            Point::new(start, start + 10e3, value)
        })
        .collect()
}

/// Eight hours with peaks and an outage.
fn eight_hours(seed: u32) -> Vec<Point> {
    tens((0..2_880_u32).map(|i| {
        let noise = f64::from((i * 7_919 + seed * 104_729) % 101) / 101.0;
        let peak = if i % 337 == seed { 8.0 } else { 0.0 };
        (!(1_400..1_450).contains(&i)).then_some(noise + peak)
    }))
}

struct Setup {
    series: Vec<Series>,
    bands: Vec<Band>,
    thresholds: Vec<Threshold>,
    view: View,
    size: (u32, u32),
    scale: f64,
    isolated: Option<&'static str>,
    highlighted: Option<&'static str>,
    unit: Unit,
}

impl Setup {
    fn new(series: Vec<Series>) -> Self {
        Self {
            series,
            bands: Vec::new(),
            thresholds: Vec::new(),
            view: View {
                t0: START,
                t1: START + 8.0 * HOUR,
            },
            size: (1_200, 220),
            scale: 1.0,
            isolated: None,
            highlighted: None,
            unit: Unit::Percent,
        }
    }

    fn of(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let points = tens(values);
        let view = points.first().zip(points.last());
        let view = view.map(|(first, last)| View {
            t0: first.start(),
            t1: last.end(),
        });
        let mut setup = Self::new(vec![Series::new("camera", 0, points)]);
        setup.view = view.unwrap_or(setup.view);
        setup
    }

    fn draw(&self) -> (Recording, Option<Frame>) {
        let backend = Rc::new(RefCell::new(Recording::new(self.size)));
        let unknown = unknown_spans(&self.series);
        let scene = Scene {
            scale: self.scale,
            view: self.view,
            unit: self.unit,
            min_range: self.unit.min_range(),
            series: &self.series,
            unknown: &unknown,
            bands: &self.bands,
            thresholds: &self.thresholds,
            isolated: self.isolated,
            highlighted: self.highlighted,
            palette: &LIGHT,
            offset: &|_| HOUR,
            draft: false,
        };
        let frame = draw(&backend, &scene).unwrap();
        (Rc::try_unwrap(backend).unwrap().into_inner(), frame)
    }
}

/// The stretches of a line between which the pen is up.
fn strokes(line: &[Vertex]) -> Vec<Vec<(f32, f32)>> {
    line.split(Option::is_none)
        .map(|run| run.iter().flatten().copied().collect())
        .filter(|run: &Vec<_>| !run.is_empty())
        .collect()
}

#[test]
fn the_axes_say_local_times_and_values_with_units() {
    let (drawn, _) = Setup::new(vec![Series::new("camera", 0, eight_hours(1))]).draw();
    let texts = drawn.texts();
    for label in ["08:00", "09:00", "15:00", "0 %", "2 %", "10 %"] {
        assert!(texts.contains(&label), "{label} is not among {texts:?}");
    }
    assert_eq!(texts.len(), 9 + 6);
}

#[test]
fn the_pen_goes_up_at_the_unknown_and_zero_is_drawn() {
    let (drawn, frame) = Setup::of([Some(2.0), Some(0.0), None, None, Some(1.0), Some(3.0)]).draw();
    let lines = drawn.lines(LIGHT.tracks[0]);
    let [(line, _)] = lines[..] else {
        panic!("one line, not {lines:?}")
    };
    let runs = strokes(line);
    assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
    // 0 is at the bottom and the unknown nowhere.
    let bottom = fine(frame.unwrap().bottom);
    let at_bottom = runs
        .iter()
        .flatten()
        .filter(|(_, y)| (y - bottom).abs() < 0.01)
        .count();
    assert_eq!(at_bottom, 1);
}

#[test]
fn a_span_without_any_value_is_shaded() {
    let (drawn, frame) = Setup::of([Some(2.0), None, None, Some(1.0)]).draw();
    let frame = frame.unwrap();
    let [shade] = drawn.fills(LIGHT.muted)[..] else {
        panic!("one shade")
    };
    assert!((shade.x - fine(frame.x(START + 10e3))).abs() <= 0.5);
    assert!((shade.width - fine(frame.x(START + 30e3) - frame.x(START + 10e3))).abs() <= 1.0);
}

#[test]
fn nothing_leaves_the_plot() {
    let mut setup = Setup::new(vec![
        Series::new("camera", 0, eight_hours(1)),
        Series::new("audio", 1, eight_hours(2)),
    ]);
    setup.bands = vec![Band {
        t0: START - HOUR,
        t1: None,
        severity: Severity::Poor,
        label: String::new(),
    }];
    setup.thresholds.push(Threshold {
        value: 3.0,
        label: String::new(),
        severity: Severity::Poor,
    });
    setup.view = View {
        t0: START + HOUR,
        t1: START + 2.0 * HOUR,
    };
    for (scale, size) in [(1.0, (1_200, 220)), (2.0, (780, 440))] {
        (setup.scale, setup.size) = (scale, size);
        let (drawn, frame) = setup.draw();
        let frame = frame.unwrap();
        let spare = fine(4.0 * scale);
        let inside = |x: f32, y: f32| {
            // Half a line more, for a tick at the very edge.
            (fine(frame.left - scale / 2.0)..=fine(frame.right + 1.0 + scale / 2.0)).contains(&x)
                && (fine(frame.top) - spare..=fine(frame.bottom) + 2.0 * spare).contains(&y)
        };
        let mut clip = None;
        for call in &drawn.calls {
            match call {
                Call::Clip(rect) => clip = Some(*rect),
                Call::Unclip => clip = None,
                // What the clip cuts off may be anywhere.
                _ if clip.is_some() => {}
                Call::Fill(rects, _) => {
                    for rect in rects {
                        assert!(
                            inside(rect.x, rect.y)
                                && inside(rect.x + rect.width, rect.y + rect.height),
                            "{rect:?}"
                        );
                    }
                }
                Call::Line(line, _) => {
                    assert!(
                        line.iter().flatten().all(|(x, y)| inside(*x, *y)),
                        "{line:?}"
                    );
                }
                Call::Path(path, _) => {
                    let fits =
                        |(x, y): &(i32, i32)| inside(fine(f64::from(*x)), fine(f64::from(*y)));
                    assert!(path.iter().all(fits), "{path:?}");
                }
                Call::Dot((x, y), _) => assert!(inside(*x, *y)),
                Call::Polygon(corners, _) => {
                    assert!(corners.iter().all(|(x, y)| inside(*x, *y)), "{corners:?}");
                }
                Call::Text(..) | Call::Pixel => {}
            }
        }
        let clips: Vec<&Call> = drawn
            .calls
            .iter()
            .filter(|call| matches!(call, Call::Clip(_)))
            .collect();
        assert_eq!(clips, [&Call::Clip(frame.clip())]);
    }
}

#[test]
fn every_peak_of_eight_hours_is_drawn() {
    let points = eight_hours(1);
    let (drawn, frame) = Setup::new(vec![Series::new("camera", 0, points.clone())]).draw();
    let frame = frame.unwrap();
    let bars = drawn.fills(LIGHT.tracks[0]);
    let [(line, _)] = drawn.lines(LIGHT.tracks[0])[..] else {
        panic!("one line")
    };
    assert!(
        bars.len() <= 480 && line.len() < 600,
        "{} bars, {} vertices",
        bars.len(),
        line.len()
    );
    for point in points
        .iter()
        .filter(|point| point.value().is_some_and(|value| value > 8.0))
    {
        let (x, y) = frame.place((point.middle(), point.value().unwrap()));
        let covered = |bar: &crate::chart::marks::Rect| {
            bar.x <= x && x <= bar.x + bar.width && (bar.y - y).abs() < 0.01
        };
        assert!(bars.iter().any(covered), "no bar reaches {y} at {x}");
        // And the line itself, because loss shows maxima.
        assert!(line.iter().flatten().any(|(_, top)| (top - y).abs() < 0.01));
    }
}

#[test]
fn the_outage_of_eight_hours_is_a_gap_between_exact_ends() {
    let (drawn, frame) = Setup::new(vec![Series::new("camera", 0, eight_hours(1))]).draw();
    let frame = frame.unwrap();
    let [(line, _)] = drawn.lines(LIGHT.tracks[0])[..] else {
        panic!("one line")
    };
    let runs = strokes(line);
    assert_eq!(runs.len(), 2);
    let at = |i: u32| fine(frame.x(START + f64::from(i) * 10e3 + 5e3));
    assert_eq!(runs[0].last().unwrap().0, at(1_399));
    assert_eq!(runs[1][0].0, at(1_450));
}

#[test]
fn an_interval_in_progress_is_dashed_and_hollow() {
    let mut points = tens([Some(1.0), Some(2.0)]);
    points.push(Point::in_progress(START + 20e3, START + 30e3, Some(4.0)));
    let mut setup = Setup::new(vec![Series::new("camera", 0, points)]);
    setup.view = View {
        t0: START,
        t1: START + 60e3,
    };
    let (drawn, frame) = setup.draw();
    let lines = drawn.lines(LIGHT.tracks[0]);
    let [(closed, solid), (open, dashed)] = lines[..] else {
        panic!("two lines, not {lines:?}")
    };
    assert_eq!((closed.len(), open.len()), (2, 2));
    assert!(solid.dash.is_none() && dashed.dash.is_some());
    assert!(dashed.colour.alpha < solid.colour.alpha);
    let end = frame.unwrap().place((START + 25e3, 4.0));
    assert!(drawn.dots().contains(&(end, true)));
}

#[test]
fn a_point_between_gaps_is_a_dot() {
    let values = (0..400).map(|i| (i == 200).then_some(3.0));
    let (drawn, frame) = Setup::of(values).draw();
    let at = frame.unwrap().place((START + 2_005e3, 3.0));
    assert_eq!(drawn.dots(), [(at, false)]);
}

#[test]
fn one_point_alone_is_a_dot() {
    let (drawn, _) = Setup::of([Some(3.0)]).draw();
    assert_eq!(drawn.dots().len(), 1);
}

#[test]
fn charts_without_anything_known_still_have_axes() {
    for setup in [Setup::new(vec![]), Setup::of([None, None, None])] {
        let (drawn, frame) = setup.draw();
        assert!(frame.is_some());
        assert!(drawn.texts().contains(&"5 %"));
        assert!(drawn.lines(LIGHT.tracks[0]).is_empty() && drawn.dots().is_empty());
    }
}

#[test]
fn huge_values_stay_finite() {
    let mut setup = Setup::of([Some(1e18), Some(3.0), Some(f64::MAX / 4.0)]);
    setup.unit = Unit::BitsPerSecond;
    let (drawn, _) = setup.draw();
    let [(line, _)] = drawn.lines(LIGHT.tracks[0])[..] else {
        panic!("one line")
    };
    assert!(
        line.iter()
            .flatten()
            .all(|(x, y)| x.is_finite() && y.is_finite())
    );
}

#[test]
fn a_canvas_without_room_is_left_blank() {
    let mut setup = Setup::of([Some(1.0)]);
    setup.size = (60, 20);
    let (drawn, frame) = setup.draw();
    assert!(frame.is_none() && drawn.calls.is_empty());
}

#[test]
fn mesh_and_marks_agree_on_where_values_are() {
    for (scale, size) in [
        (1.0, (1_200, 220)),
        (1.5, (1_801, 331)),
        (2.0, (2_400, 440)),
    ] {
        let mut setup = Setup::of([Some(5.0), Some(0.0)]);
        (setup.scale, setup.size) = (scale, size);
        let (drawn, frame) = setup.draw();
        let frame = frame.unwrap();
        let rows: Vec<i32> = drawn
            .calls
            .iter()
            .filter_map(|call| match call {
                Call::Path(path, width) => {
                    assert_eq!(*width, frame_line(scale));
                    Some(path[0].1)
                }
                _ => None,
            })
            .collect();
        let expected: Vec<i32> = (0..=5)
            .map(|value| whole(frame.y(f64::from(value))))
            .collect();
        assert_eq!(rows, expected);
    }
}

#[test]
fn a_threshold_is_one_dashed_line_on_the_pixel_grid() {
    let mut setup = Setup::of([Some(1.0), Some(4.0)]);
    setup.thresholds.push(Threshold {
        value: 3.0,
        label: "Poor above 3 %".to_owned(),
        severity: Severity::Poor,
    });
    for (scale, fraction) in [(1.0, 0.5), (2.0, 0.0)] {
        setup.scale = scale;
        let (drawn, _) = setup.draw();
        let [(line, stroke)] = drawn.lines(LIGHT.poor)[..] else {
            panic!("one line")
        };
        assert!(stroke.dash.is_some());
        assert_eq!(line[0].unwrap().1.fract(), fraction);
    }
    setup.thresholds[0].value = 30.0;
    assert!(setup.draw().0.lines(LIGHT.poor).is_empty());
}

#[test]
fn an_isolated_track_is_alone_and_fills_the_plot() {
    let mut setup = Setup::new(vec![
        Series::new("camera", 0, tens([Some(2e6), Some(3e6)])),
        Series::new("audio", 1, tens([Some(40e3), Some(46e3)])),
    ]);
    setup.unit = Unit::BitsPerSecond;
    setup.isolated = Some("audio");
    let (drawn, frame) = setup.draw();
    assert!(drawn.lines(LIGHT.tracks[0]).is_empty() && !drawn.lines(LIGHT.tracks[1]).is_empty());
    assert!(frame.unwrap().top_value < 200e3);
    // A name that only another chart of the page knows hides nothing here.
    setup.isolated = Some("screen");
    assert!(!setup.draw().0.lines(LIGHT.tracks[0]).is_empty());
}

#[test]
fn a_highlighted_track_is_last_and_the_others_fade() {
    let mut setup = Setup::new(
        (0..6_usize)
            .map(|i| Series::new(format!("track {i}"), i, tens([Some(1.0), Some(2.0)])))
            .collect(),
    );
    let (plain, _) = setup.draw();
    assert_eq!(plain.lines(LIGHT.other).len(), 2);
    setup.highlighted = Some("track 5");
    let (drawn, _) = setup.draw();
    assert!(drawn.lines(LIGHT.tracks[0])[0].1.colour.alpha < 0.5);
    let last = drawn.calls.iter().rev().find_map(|call| match call {
        Call::Line(_, stroke) => Some(stroke.colour),
        _ => None,
    });
    assert_eq!(last, Some(LIGHT.text));
}
