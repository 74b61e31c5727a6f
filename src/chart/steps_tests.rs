use super::*;
use crate::chart::ink::Tone;
use crate::chart::marks::Vertex;
use crate::chart::palette::LIGHT;
use crate::chart::recording::{Call, Recording};

const HOUR: f64 = 3_600e3;
/// Monday, 23 November 2026, 00:00 UTC.
const START: f64 = 1_795_392_000_000.0;

fn days(count: u32) -> Vec<View> {
    (0..count)
        .map(|i| View {
            t0: START + f64::from(i) * DAY,
            t1: START + f64::from(i + 1) * DAY,
        })
        .collect()
}

fn layer(name: &str, tone: Tone, values: &[f64]) -> Layer {
    Layer {
        name: name.to_owned(),
        ink: Ink::solid(tone),
        values: values.to_vec(),
    }
}

fn rooms(kind: Kind) -> Steps {
    Steps {
        kind,
        measure: Measure::Count,
        spans: days(4),
        unknown: 0,
        layers: vec![
            layer("with", Tone::Poor, &[2.0, 0.0, 5.0, 1.0]),
            layer("without", Tone::Track(0), &[8.0, 4.0, 15.0, 3.0]),
        ],
        offsets: Offsets::fixed(0.0),
        is_open: false,
    }
}

fn look(scale: f64) -> Look {
    Look {
        scale,
        palette: &LIGHT,
        isolated: None,
    }
}

fn draw(steps: &Steps, look: Look, size: (u32, u32)) -> (Recording, Option<Frame>) {
    let backend = Rc::new(RefCell::new(Recording::new(size)));
    let frame = steps.draw_on(&backend, &look).unwrap();
    (Rc::try_unwrap(backend).unwrap().into_inner(), frame)
}

const WIDE: (u32, u32) = (1_200, 240);

#[test]
fn bars_stand_one_upon_the_other_and_reach_their_values() {
    let (drawn, frame) = draw(&rooms(Kind::Bars), look(1.0), WIDE);
    let frame = frame.unwrap();
    let (with, without) = (drawn.fills(LIGHT.poor), drawn.fills(LIGHT.tracks[0]));
    // A day without issues has no bar of them.
    assert_eq!((with.len(), without.len()), (3, 4));
    for (rect, value) in with.iter().zip([2.0, 5.0, 1.0]) {
        assert!(
            (rect.height - height(&frame, value)).abs() <= 1.0,
            "{rect:?}"
        );
        assert_eq!(f64::from(rect.y + rect.height), frame.bottom + 1.0);
    }
    // The third day: upon the five with issues, and both together as high as twenty.
    let (below, above) = (with[1], without[2]);
    assert_eq!((above.x, above.width), (below.x, below.width));
    assert_eq!(above.y + above.height, below.y);
    assert!((above.height + below.height - height(&frame, 20.0)).abs() <= 2.0);
}

fn height(frame: &Frame, value: f64) -> f32 {
    crate::chart::frame::fine(frame.bottom - frame.y(value))
}

#[test]
fn one_room_of_a_thousand_is_still_seen() {
    let mut steps = rooms(Kind::Bars);
    steps.layers[0].values = vec![1.0, 0.0, 0.0, 0.0];
    steps.layers[1].values = vec![2_000.0; 4];
    for scale in [1.0, 2.0] {
        let size = (2_400, 480);
        let (drawn, _) = draw(&steps, look(scale), size);
        let [sliver] = drawn.fills(LIGHT.poor)[..] else {
            panic!("one bar")
        };
        assert!(f64::from(sliver.height) >= 2.0 * scale);
    }
}

#[test]
fn nothing_leaves_the_plot() {
    for kind in [Kind::Bars, Kind::Areas, Kind::Lines] {
        for (scale, size) in [(1.0, WIDE), (2.0, (780, 480)), (3.0, (3_600, 720))] {
            let (drawn, frame) = draw(&rooms(kind), look(scale), size);
            let frame = frame.unwrap();
            let clip = frame.clip();
            for call in &drawn.calls {
                match call {
                    Call::Fill(rects, _) => {
                        for rect in rects {
                            assert!(rect.x >= clip.x - 2.0, "{kind:?} {rect:?}");
                            assert!(rect.x + rect.width <= clip.x + clip.width + 2.0);
                        }
                    }
                    Call::Polygon(corners, _) => {
                        for (x, y) in corners {
                            assert!((clip.x..=clip.x + clip.width).contains(x));
                            assert!((clip.y..=clip.y + clip.height).contains(y));
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn areas_lie_upon_each_other_without_a_gap() {
    let (drawn, frame) = draw(&rooms(Kind::Areas), look(1.0), WIDE);
    let frame = frame.unwrap();
    let [lower] = drawn.polygons(LIGHT.poor)[..] else {
        panic!("one area")
    };
    let [upper] = drawn.polygons(LIGHT.tracks[0])[..] else {
        panic!("one area")
    };
    // Four middles and two ends, there and back.
    assert_eq!((lower.len(), upper.len()), (12, 12));
    let back: Vec<_> = upper[6..].iter().rev().copied().collect();
    assert_eq!(
        lower[..6],
        back[..],
        "the upper begins where the lower ends"
    );
    let third = START + 2.5 * DAY;
    assert!(upper.contains(&frame.place((third, 20.0))));
    assert!(lower.contains(&frame.place((third, 5.0))));
    // To both edges of the plot.
    assert_eq!(upper[0].0, frame.place((START, 0.0)).0);
    assert_eq!(upper[5].0, frame.place((START + 4.0 * DAY, 0.0)).0);
}

#[test]
fn a_striped_area_has_gaps_from_its_lower_to_its_upper_edge() {
    let mut steps = rooms(Kind::Areas);
    steps.layers[1].ink = steps.layers[1].ink.with(Pattern::Striped);
    let (drawn, _) = draw(&steps, look(1.0), WIDE);
    let (solid, _) = draw(&rooms(Kind::Areas), look(1.0), WIDE);
    let lines = |drawn: &Recording| drawn.lines(LIGHT.surface).len();
    assert_eq!(lines(&drawn), lines(&solid) + 1);
    let longest = drawn.lines(LIGHT.surface);
    let stripes = longest.iter().map(|(line, _)| line.len()).max().unwrap();
    assert!(stripes > 300, "{stripes} vertices of stripes");
}

#[test]
fn the_period_before_is_dashed_and_behind() {
    let mut steps = rooms(Kind::Lines);
    steps.layers[1].ink = Ink::solid(Tone::Other).with(Pattern::Dashed);
    steps.is_open = true;
    let (drawn, _) = draw(&steps, look(1.0), WIDE);
    let order: Vec<u32> = drawn
        .calls
        .iter()
        .filter_map(|call| match call {
            Call::Line(_, stroke) => Some(stroke.colour.rgb),
            _ => None,
        })
        .collect();
    assert_eq!(order[0], LIGHT.other.rgb);
    assert_eq!(*order.last().unwrap(), LIGHT.poor.rgb);
    assert!(
        drawn
            .lines(LIGHT.other)
            .iter()
            .all(|(_, it)| it.dash.is_some())
    );
    // What goes on is dashed, and its dot hollow.
    let now: Vec<(&[Vertex], _)> = drawn.lines(LIGHT.poor);
    assert_eq!(now.len(), 2);
    assert_eq!((now[0].0.len(), now[0].1.dash), (3, None));
    assert!(now[1].1.dash.is_some());
    let rings: Vec<bool> = drawn.dots().iter().map(|(_, has_ring)| *has_ring).collect();
    assert_eq!(rings, [false, false, false, true]);
}

#[test]
fn days_are_named_below_their_middle_as_far_as_there_is_room() {
    let labels = |count: u32, width: u32| -> Vec<String> {
        let mut steps = rooms(Kind::Bars);
        steps.spans = days(count);
        for layer in &mut steps.layers {
            layer.values = vec![1.0; count as usize];
        }
        let (drawn, _) = draw(&steps, look(1.0), (width, 240));
        let texts = drawn.texts().into_iter().map(str::to_owned);
        texts
            .filter(|text| text.contains("Nov") || text.contains("Dec"))
            .collect()
    };
    assert_eq!(
        labels(4, 1_200),
        ["Mon 23 Nov", "Tue 24 Nov", "Wed 25 Nov", "Thu 26 Nov"]
    );
    let narrow = labels(7, 360);
    assert_eq!(narrow.last().unwrap(), "29 Nov");
    assert_eq!(narrow, ["23 Nov", "25 Nov", "27 Nov", "29 Nov"]);
    assert_eq!(labels(14, 360).len(), 5);
}

#[test]
fn hours_are_named_where_they_begin_in_the_zone_that_is_shown() {
    let mut steps = rooms(Kind::Bars);
    steps.offsets = Offsets::fixed(5.5 * HOUR);
    steps.spans = (0..4)
        .map(|i| View {
            t0: START + f64::from(i) * HOUR - 0.5 * HOUR,
            t1: START + f64::from(i + 1) * HOUR - 0.5 * HOUR,
        })
        .collect();
    let (drawn, _) = draw(&steps, look(1.0), WIDE);
    assert!(drawn.texts().contains(&"05:00"), "{:?}", drawn.texts());
    assert_eq!(
        step_name(steps.spans[0], &steps.offsets),
        "Mon 23 Nov, 05:00 \u{2013} 06:00"
    );
}

#[test]
fn a_pointer_finds_the_bar_the_layer_and_the_day() {
    let steps = rooms(Kind::Bars);
    let (_, frame) = draw(&steps, look(1.0), WIDE);
    let frame = frame.unwrap();
    let at = |day: f64, value: f64| {
        let place = (frame.x(START + day * DAY), frame.y(value));
        steps.hit(&frame, None, place)
    };
    let spot = |column, row| Some(Spot { column, row });
    assert_eq!(at(2.5, 3.0), spot(2, Some(0)));
    assert_eq!(at(2.5, 12.0), spot(2, Some(1)));
    assert_eq!(at(2.5, 20.5), spot(2, None), "above the bar");
    assert_eq!(at(2.02, 3.0), spot(2, None), "beside the bar");
    assert_eq!(at(-0.1, 3.0), None);
    let outline = steps
        .outline(
            &frame,
            Spot {
                column: 2,
                row: None,
            },
        )
        .unwrap();
    assert_eq!(outline[0], frame.x(START + 2.0 * DAY));
}

#[test]
fn a_pointer_finds_the_area_between_two_middles() {
    let steps = rooms(Kind::Areas);
    let (_, frame) = draw(&steps, look(1.0), WIDE);
    let frame = frame.unwrap();
    let row = |day: f64, value: f64| {
        let place = (frame.x(START + day * DAY), frame.y(value));
        steps.hit(&frame, None, place).unwrap().row
    };
    // Between none of the second day and five of the third.
    assert_eq!(row(1.9, 1.5), Some(0));
    assert_eq!(row(1.9, 3.0), Some(1));
    assert_eq!(row(1.9, 19.0), None);
}

#[test]
fn an_isolated_layer_stands_on_the_ground_and_fills_the_plot() {
    let mut look = look(1.0);
    look.isolated = Some(1);
    let (drawn, frame) = draw(&rooms(Kind::Bars), look, WIDE);
    let frame = frame.unwrap();
    assert!(drawn.fills(LIGHT.poor).is_empty());
    assert_eq!(frame.top_value, 15.0);
    for rect in drawn.fills(LIGHT.tracks[0]) {
        assert_eq!(f64::from(rect.y + rect.height), frame.bottom + 1.0);
    }
}

#[test]
fn the_step_that_goes_on_is_paler() {
    let mut steps = rooms(Kind::Bars);
    steps.is_open = true;
    let (drawn, _) = draw(&steps, look(1.0), WIDE);
    let faded = drawn.calls.iter().filter(|call| match call {
        Call::Fill(_, colour) => colour.rgb == LIGHT.poor.rgb && colour.alpha < 1.0,
        _ => false,
    });
    assert_eq!(faded.count(), 1);
}

#[test]
fn the_table_has_every_number() {
    let mut steps = rooms(Kind::Bars);
    steps.is_open = true;
    let sheet = steps.sheet();
    assert_eq!(sheet.rows[3].1, "Thu 26 Nov, so far");
    assert_eq!(
        sheet.csv().lines().nth(3).unwrap(),
        "2026-11-25T00:00:00.000Z,5,15"
    );
    let keys = steps.keys(Some(Spot {
        column: 2,
        row: None,
    }));
    assert_eq!(keys[1].value, Some(15.0));
    assert_eq!(steps.keys(None)[0].value, Some(8.0));
}

#[test]
fn nothing_and_no_room_are_left_blank() {
    let mut steps = rooms(Kind::Areas);
    steps.spans = Vec::new();
    let (drawn, frame) = draw(&steps, look(1.0), WIDE);
    assert!(frame.is_none() && drawn.calls.is_empty());
    let (_, frame) = draw(&rooms(Kind::Lines), look(1.0), (60, 20));
    assert!(frame.is_none());
    steps.spans = days(1);
    steps.layers = vec![layer("a", Tone::Poor, &[0.0])];
    for kind in [Kind::Bars, Kind::Areas, Kind::Lines] {
        steps.kind = kind;
        let (drawn, _) = draw(&steps, look(1.0), WIDE);
        assert!(drawn.texts().contains(&"5"), "{:?}", drawn.texts());
    }
}

/// The same, of whose first two days nothing is known, whatever their values are.
fn half(kind: Kind) -> Steps {
    Steps {
        unknown: 2,
        ..rooms(kind)
    }
}

#[test]
fn days_of_which_nothing_is_known_are_a_gap_with_words() {
    for kind in [Kind::Bars, Kind::Areas, Kind::Lines] {
        let (drawn, frame) = draw(&half(kind), look(1.0), WIDE);
        let frame = frame.unwrap();
        let edge = frame.x(START + 2.0 * DAY);
        assert!(drawn.texts().contains(&"not kept"), "{:?}", drawn.texts());
        let gap = drawn.fills(LIGHT.muted)[0];
        assert!(
            (f64::from(gap.x + gap.width) - edge).abs() <= 1.0,
            "{gap:?}"
        );
        for tone in [LIGHT.poor, LIGHT.tracks[0]] {
            let bars = drawn.fills(tone).into_iter().map(|rect| rect.x);
            let areas = drawn.polygons(tone).into_iter().flatten().map(|at| at.0);
            let lines = drawn.lines(tone);
            let lines = lines.iter().flat_map(|(line, _)| line.iter().flatten());
            let mut marks: Vec<f32> = bars.chain(areas).chain(lines.map(|at| at.0)).collect();
            marks.sort_by(f32::total_cmp);
            let first = f64::from(*marks.first().expect("the other two days are drawn"));
            assert!(first >= edge - 1.0, "{kind:?} begins at {first}");
        }
        // What is not known is not what the axis reaches to, either.
        let mut steps = half(kind);
        steps.layers[0].values[0] = 9_000.0;
        assert_eq!(draw(&steps, look(1.0), WIDE).1, Some(frame));
    }
    let (drawn, _) = draw(&rooms(Kind::Bars), look(1.0), WIDE);
    assert!(!drawn.texts().contains(&"not kept"));
}

#[test]
fn what_is_not_known_has_no_number() {
    let steps = half(Kind::Bars);
    let sheet = steps.sheet();
    assert_eq!(sheet.rows[1].1, "Tue 24 Nov, not kept");
    assert_eq!(sheet.rows[1].2, [None, None]);
    assert_eq!(sheet.rows[2].2, [Some(5.0), Some(15.0)]);
    assert_eq!(
        sheet.csv().lines().nth(1).unwrap(),
        "2026-11-23T00:00:00.000Z,,"
    );
    let value = |column| steps.keys(Some(Spot { column, row: None }))[0].value;
    assert_eq!((value(1), value(2)), (None, Some(5.0)));
    assert_eq!(steps.keys(None)[0].value, Some(6.0));
    let (_, frame) = draw(&steps, look(1.0), WIDE);
    let frame = frame.unwrap();
    let at = (frame.x(START + 0.5 * DAY), frame.y(1.0));
    let spot = Spot {
        column: 0,
        row: None,
    };
    assert_eq!(steps.hit(&frame, None, at), Some(spot));
}

#[test]
fn where_nothing_is_known_at_all_nothing_is_drawn() {
    for kind in [Kind::Bars, Kind::Areas, Kind::Lines] {
        let mut steps = rooms(kind);
        steps.unknown = 4;
        let (drawn, _) = draw(&steps, look(1.0), WIDE);
        assert!(drawn.texts().contains(&"not kept"));
        for tone in [LIGHT.poor, LIGHT.tracks[0]] {
            assert!(drawn.fills(tone).is_empty() && drawn.polygons(tone).is_empty());
            assert!(drawn.lines(tone).is_empty());
        }
    }
}
