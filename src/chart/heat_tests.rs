use super::*;
use crate::chart::palette::{DARK, LIGHT};
use crate::chart::recording::{Call, Recording};

fn map() -> Heat {
    let mut values = vec![Some(0.0); 7 * 24];
    // Monday, 9:00; Sunday, 23:00 is still to come.
    values[9] = Some(480.0);
    values[24 + 9] = Some(40.0);
    values[6 * 24 + 23] = None;
    Heat {
        measure: Measure::Minutes,
        values,
    }
}

fn draw(heat: &Heat, palette: &'static Palette, size: (u32, u32)) -> (Recording, Option<Frame>) {
    let backend = Rc::new(RefCell::new(Recording::new(size)));
    let look = Look {
        scale: 1.0,
        palette,
        isolated: None,
    };
    let frame = heat.draw_on(&backend, &look).unwrap();
    (Rc::try_unwrap(backend).unwrap().into_inner(), frame)
}

const WIDE: (u32, u32) = (1_200, 232);

#[test]
fn the_more_the_stronger_and_the_unknown_not_at_all() {
    for palette in [&LIGHT, &DARK] {
        let (drawn, _) = draw(&map(), palette, WIDE);
        let strength = |call: &Call| match call {
            Call::Fill(_, colour) if colour.rgb == palette.tracks[0].rgb => Some(colour.alpha),
            _ => None,
        };
        let strengths: Vec<f32> = drawn.calls.iter().filter_map(strength).collect();
        let [nine, tuesday] = strengths[..] else {
            panic!("two hours with calls, not {strengths:?}")
        };
        assert!(nine > 0.95 && (0.4..0.5).contains(&tuesday));
        assert_eq!(drawn.fills(palette.grid).len(), 7 * 24 - 3);
    }
}

#[test]
fn days_and_hours_are_named_as_far_as_there_is_room() {
    let (drawn, _) = draw(&map(), &LIGHT, WIDE);
    let texts = drawn.texts();
    for label in ["Mon", "Sun", "00:00", "23:00"] {
        assert!(texts.contains(&label), "{label} is not among {texts:?}");
    }
    let (drawn, _) = draw(&map(), &LIGHT, (362, 232));
    let texts = drawn.texts();
    assert!(texts.contains(&"06:00") && !texts.contains(&"01:00"));
    assert_eq!(texts.len(), 7 + 4);
}

#[test]
fn cells_do_not_touch_and_stay_in_the_plot() {
    let (drawn, frame) = draw(&map(), &LIGHT, WIDE);
    let frame = frame.unwrap();
    let cells = drawn.fills(LIGHT.grid);
    for cell in &cells {
        assert!(f64::from(cell.x) >= frame.left && cell.width >= 10.0);
        assert!(f64::from(cell.x + cell.width) <= frame.right + 1.0);
        assert!(f64::from(cell.y) >= frame.top && f64::from(cell.y + cell.height) <= frame.bottom);
        let meets = |other: &&Rect| {
            *other != cell
                && other.x < cell.x + cell.width
                && cell.x < other.x + other.width
                && other.y < cell.y + cell.height
                && cell.y < other.y + other.height
        };
        assert_eq!(cells.iter().find(meets), None);
    }
}

#[test]
fn a_pointer_finds_the_hour_and_its_outline_holds_it() {
    let heat = map();
    let (_, frame) = draw(&heat, &LIGHT, WIDE);
    let frame = frame.unwrap();
    for (day, hour) in [(0, 0), (1, 9), (6, 23)] {
        let spot = Spot {
            column: hour,
            row: Some(day),
        };
        let [left, top, right, bottom] = heat.outline(&frame, spot).unwrap();
        let middle = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        assert_eq!(heat.hit(&frame, None, middle), Some(spot));
    }
    assert_eq!(heat.hit(&frame, None, (frame.left - 5.0, frame.top)), None);
}

#[test]
fn the_legend_counts_up_to_the_most_and_one_busy_hour_makes_no_other_pale() {
    let names: Vec<String> = map().keys(None).into_iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "none",
            "up to 20 min",
            "up to 50 min",
            "up to 100 min",
            "up to 200 min",
            "up to 500 min"
        ]
    );
    let small = Heat {
        measure: Measure::Count,
        values: vec![Some(0.5), Some(3.0)],
    };
    let names: Vec<String> = small.keys(None).into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["none", "up to 1", "up to 2", "up to 5"]);
}

#[test]
fn the_table_leaves_the_unknown_open() {
    let csv = map().sheet().csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 8);
    assert!(lines[0].starts_with("day,00:00,01:00"));
    assert!(lines[1].starts_with("Mon,0,0,0,0,0,0,0,0,0,480,0"));
    assert!(lines[7].ends_with(",0,"));
    assert_eq!(hour_name(9), "09:00 \u{2013} 10:00");
}
