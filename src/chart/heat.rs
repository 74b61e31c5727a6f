//! Counts by day of the week and hour of the day, as a heat map.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::DrawingBackend;

use super::backend::OpList;
use super::draw::draw_axes;
use super::frame::{Frame, MARGIN, rect};
use super::ink::{Ink, Tone};
use super::marks::{Marks, Rect};
use super::measure::Measure;
use super::palette::Palette;
use super::plate::{Look, Plate, PlateKey, Sheet, Spot};
use super::scale::{Axis, Tick, View, nice};
use super::steps::number;
use super::time::WEEKDAYS;

/// The hours of a day.
const HOURS: usize = 24;
/// The days of a week.
const DAYS: usize = WEEKDAYS.len();
/// At most so many steps of colour.
const LEVELS: usize = 5;
/// What the palest of them covers.
const PALEST: f64 = 0.28;
/// What nothing covers.
const NOTHING: f32 = 0.6;
/// Between two cells, in CSS pixels.
const GAP: f64 = 1.0;
/// The least distance between two hours that are named, in CSS pixels.
const LABEL: f64 = 44.0;

/// A value for each hour of each day of the week.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    /// What is counted.
    pub measure: Measure,
    /// By day, from Monday, then by hour; `None` where nothing is known.
    pub values: Vec<Option<f64>>,
}

const NONE: Ink = Ink::solid(Tone::None).fade(NOTHING);

/// `14:00 – 15:00`.
#[must_use]
pub fn hour_name(hour: usize) -> String {
    format!("{hour:02}:00 \u{2013} {:02}:00", hour + 1)
}

impl Heat {
    /// The value of an hour of a day.
    #[must_use]
    pub fn value(&self, day: usize, hour: usize) -> Option<f64> {
        self.values.get(day * HOURS + hour).copied().flatten()
    }

    /// Up to where each step of colour reaches: 1, 2, 5, 10 and so on, so that one busy hour does not make all others pale.
    fn levels(&self) -> Vec<f64> {
        let most = self.values.iter().flatten().copied().fold(1.0, f64::max);
        let mut levels = vec![nice(most)];
        while levels.len() < LEVELS
            && let Some(least) = levels.first().filter(|least| **least > 1.0)
        {
            levels.insert(0, nice(least * 0.35));
        }
        levels
    }

    fn ink(value: f64, levels: &[f64]) -> Ink {
        if value <= 0.0 {
            return NONE;
        }
        let last = levels.len().saturating_sub(1);
        let place = levels.iter().position(|level| value <= *level);
        let share = number(place.unwrap_or(last)) / number(last).max(1.0);
        let share = if last == 0 { 1.0 } else { share };
        let alpha = super::frame::fine(PALEST + (1.0 - PALEST) * share);
        Ink::solid(Tone::Track(0)).fade(alpha)
    }

    /// Draws it on any backend, as [`Plate::draw`] does.
    ///
    /// # Errors
    ///
    /// When the backend fails or is already borrowed.
    pub fn draw_on<B: DrawingBackend + Marks>(
        &self,
        backend: &Rc<RefCell<B>>,
        look: &Look,
    ) -> Result<Option<Frame>, DrawingAreaErrorKind<B::ErrorType>> {
        let size = backend.borrow().get_size();
        let width = f64::from(size.0) / look.scale - MARGIN.left - MARGIN.right;
        let view = View {
            t0: 0.0,
            t1: number(HOURS),
        };
        let Some(frame) = Frame::new(size, look.scale, view, number(DAYS)) else {
            return Ok(None);
        };
        let hours = Axis::prepared(view.t0, view.t1, hour_ticks(width));
        let days = Axis::prepared(0.0, number(DAYS), day_ticks());
        // The cells are the mesh.
        let palette = Palette {
            grid: look.palette.surface,
            ..*look.palette
        };
        draw_axes(backend, look.scale, &palette, &hours, days)?;
        let levels = self.levels();
        let mut marks = backend.borrow_mut();
        for day in 0..DAYS {
            for hour in 0..HOURS {
                if let Some(value) = self.value(day, hour) {
                    let colour = Self::ink(value, &levels).colour(look.palette);
                    let cell = cell(&frame, day, hour);
                    // Whatever mesh lies below does not shine through.
                    marks.fill(&[cell], look.palette.surface);
                    marks.fill(&[cell], colour);
                }
            }
        }
        Ok(Some(frame))
    }
}

fn hour_ticks(width: f64) -> Vec<Tick> {
    let step = [1, 2, 3, 6]
        .into_iter()
        .find(|step| width / number(HOURS) * number(*step) >= LABEL)
        .unwrap_or(12);
    let tick = |hour: usize| Tick {
        at: number(hour),
        label: format!("{hour:02}:00"),
    };
    (0..HOURS).step_by(step).map(tick).collect()
}

fn day_ticks() -> Vec<Tick> {
    let tick = |(day, name): (usize, &&str)| Tick {
        at: number(DAYS - day) - 0.5,
        label: (*name).to_owned(),
    };
    WEEKDAYS.iter().enumerate().map(tick).collect()
}

/// Left, top, right and bottom of an hour of a day.
fn edges(frame: &Frame, day: usize, hour: usize) -> [f64; 4] {
    [
        frame.x(number(hour)),
        frame.y(number(DAYS - day)),
        frame.x(number(hour + 1)),
        frame.y(number(DAYS - day) - 1.0),
    ]
}

fn cell(frame: &Frame, day: usize, hour: usize) -> Rect {
    let [left, top, right, bottom] = edges(frame, day, hour).map(f64::round);
    let gap = (GAP * frame.scale).round().max(1.0);
    rect(left, top, right - gap, bottom - gap)
}

impl Plate for Heat {
    fn draw(&self, list: &Rc<RefCell<OpList>>, look: &Look) -> Result<Option<Frame>, String> {
        match self.draw_on(list, look) {
            Ok(frame) => Ok(frame),
            Err(reason) => Err(reason.to_string()),
        }
    }

    fn measure(&self) -> Measure {
        self.measure
    }

    fn size(&self) -> (usize, usize) {
        (HOURS, DAYS)
    }

    fn is_grid(&self) -> bool {
        true
    }

    fn hit(&self, frame: &Frame, _isolated: Option<usize>, (x, y): (f64, f64)) -> Option<Spot> {
        let cells = (0..DAYS).flat_map(|day| (0..HOURS).map(move |hour| (day, hour)));
        let mut found = cells.filter(|(day, hour)| {
            let [left, top, right, bottom] = edges(frame, *day, *hour);
            x >= left && x < right && y >= top && y < bottom
        });
        found.next().map(|(day, hour)| Spot {
            column: hour,
            row: Some(day),
        })
    }

    fn outline(&self, frame: &Frame, spot: Spot) -> Option<[f64; 4]> {
        let day = spot.row.filter(|day| *day < DAYS)?;
        (spot.column < HOURS).then(|| edges(frame, day, spot.column))
    }

    fn keys(&self, _at: Option<Spot>) -> Vec<PlateKey> {
        let levels = self.levels();
        let none = PlateKey {
            name: "none".to_owned(),
            ink: NONE,
            value: None,
        };
        let level = |level: &f64| PlateKey {
            name: format!("up to {}", self.measure.format(*level)),
            ink: Self::ink(*level, &levels),
            value: None,
        };
        std::iter::once(none)
            .chain(levels.iter().map(level))
            .collect()
    }

    fn sheet(&self) -> Sheet {
        let row = |(day, name): (usize, &&str)| {
            let name = (*name).to_owned();
            let values = (0..HOURS).map(|hour| self.value(day, hour)).collect();
            (name.clone(), name, values)
        };
        Sheet {
            corner: "day".to_owned(),
            heads: (0..HOURS).map(|hour| format!("{hour:02}:00")).collect(),
            rows: WEEKDAYS.iter().enumerate().map(row).collect(),
        }
    }
}

#[cfg(test)]
#[path = "heat_tests.rs"]
mod tests;
