//! Counts of steps of time: as stacked bars, as stacked areas, or as lines.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::drawing::DrawingAreaErrorKind;
use plotters::prelude::DrawingBackend;

use super::backend::OpList;
use super::draw::{draw_axes, draw_words};
use super::frame::{Frame, MARGIN};
use super::ink::{Ink, Pattern};
use super::layers;
use super::marks::Marks;
use super::measure::Measure;
use super::offsets::Offsets;
use super::plate::{Look, Plate, PlateKey, Sheet, Spot};
use super::scale::{Axis, DAY, Tick, View};
use super::spans;
use super::time::{clock, date, iso_utc, weekday};

/// How steps are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bar for each step, its layers one upon the other.
    Bars,
    /// Layers one upon the other through the middles of the steps.
    Areas,
    /// A line for each layer through the middles of the steps.
    Lines,
}

/// What is counted of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What it is called.
    pub name: String,
    /// What it is drawn with.
    pub ink: Ink,
    /// A value for each step; what those have of which nothing is known is not shown.
    pub values: Vec<f64>,
}

/// Layers over steps of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// How they are drawn.
    pub kind: Kind,
    /// What is counted.
    pub measure: Measure,
    /// The steps, in order.
    pub spans: Vec<View>,
    /// Of so many of the first ones nothing is known any more.
    pub unknown: usize,
    /// The layers, from the bottom.
    pub layers: Vec<Layer>,
    /// How far the clock that is shown is ahead of UTC.
    pub offsets: Offsets,
    /// Whether the last step is still going on.
    pub is_open: bool,
}

/// What is said of steps of which nothing is known any more.
const NOT_KEPT: &str = "not kept";
/// Room for that, in CSS pixels.
const NOT_KEPT_LABEL: f64 = 60.0;
/// Room for `17 Nov` and for `Tue 17 Nov`, in CSS pixels.
const SHORT_LABEL: f64 = 50.0;
const LONG_LABEL: f64 = 76.0;

/// What a step is called: `Tue 17 Nov`, or `Tue 17 Nov, 14:00 – 15:00`.
#[must_use]
pub fn step_name(span: View, offsets: &Offsets) -> String {
    let day = day_name(span.t0, offsets);
    if span.span() > DAY / 2.0 {
        return day;
    }
    let time = |t| clock(t, offsets.at(t), false);
    format!("{day}, {} \u{2013} {}", time(span.t0), time(span.t1))
}

fn day_name(t: f64, offsets: &Offsets) -> String {
    let offset = offsets.at(t);
    format!("{} {}", weekday(t, offset), date(t, offset))
}

/// A count as a number.
pub(super) fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

impl Steps {
    /// The value of a layer in a step.
    #[must_use]
    pub fn value(&self, layer: usize, column: usize) -> f64 {
        let layer = self.layers.get(layer);
        let value = layer.and_then(|layer| layer.values.get(column));
        value.copied().unwrap_or_default()
    }

    /// All that its steps span.
    fn view(&self) -> Option<View> {
        View::new(self.spans.first()?.t0, self.spans.last()?.t1)
    }

    /// The time of which nothing is known any more.
    fn gap(&self) -> Option<View> {
        let last = self.unknown.min(self.spans.len()).checked_sub(1)?;
        View::new(self.spans.first()?.t0, self.spans.get(last)?.t1)
    }

    /// The places of the layers that are drawn.
    pub(super) fn shown(&self, isolated: Option<usize>) -> impl Iterator<Item = usize> + use<> {
        let count = self.layers.len();
        let isolated = isolated.filter(|only| *only < count);
        (0..count).filter(move |place| isolated.is_none_or(|only| only == *place))
    }

    /// The largest that is drawn.
    fn max(&self, isolated: Option<usize>) -> Option<f64> {
        let of_step = |column: usize| {
            let values = self.shown(isolated).map(|layer| self.value(layer, column));
            match self.kind {
                Kind::Lines => values.fold(0.0, f64::max),
                _ => values.sum(),
            }
        };
        (self.unknown..self.spans.len())
            .map(of_step)
            .reduce(f64::max)
    }

    /// The time axis: days are named below their middle, hours where they begin.
    fn axis(&self, view: View, width: f64) -> Axis {
        let is_day = |span: &View| span.span() > DAY / 2.0;
        if !self.spans.first().is_some_and(is_day) {
            return Axis::time(view, width, MARGIN.right, &|t| self.offsets.at(t));
        }
        let slot = width / number(self.spans.len()).max(1.0);
        let is_long = slot >= LONG_LABEL;
        let mut rest = 0.0;
        let mut ticks: Vec<Tick> = Vec::new();
        // Backwards, so that the latest day has its name.
        for span in self.spans.iter().rev() {
            let at = span.at(0.5);
            let label = match () {
                () if rest > 0.0 => String::new(),
                () if is_long => day_name(at, &self.offsets),
                () => date(at, self.offsets.at(at)),
            };
            if !label.is_empty() {
                rest = if is_long { LONG_LABEL } else { SHORT_LABEL };
            }
            rest -= slot;
            ticks.push(Tick { at, label });
        }
        ticks.reverse();
        Axis::prepared(view.t0, view.t1, ticks)
    }

    /// Draws them on any backend, as [`Plate::draw`] does.
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
        let Some(view) = self.view() else {
            return Ok(None);
        };
        let width = f64::from(size.0) / look.scale - MARGIN.left - MARGIN.right;
        let x_axis = self.axis(view, width);
        let measure = self.measure;
        let y_axis = Axis::quantity(
            self.max(look.isolated),
            measure.min_range(),
            &|value, step, top| measure.tick(value, step, top),
        );
        let Some(frame) = Frame::new(size, look.scale, view, y_axis.top()) else {
            return Ok(None);
        };
        let gap = self.gap();
        if let Some(gap) = gap {
            spans::draw_gap(&mut *backend.borrow_mut(), &frame, look.palette, gap);
        }
        draw_axes(backend, look.scale, look.palette, &x_axis, y_axis)?;
        if let Some(gap) =
            gap.filter(|gap| frame.x(gap.t1) - frame.x(gap.t0) >= NOT_KEPT_LABEL * frame.scale)
        {
            let middle = (gap.at(0.5), frame.top_value / 2.0);
            draw_words(
                backend,
                look.scale,
                look.palette,
                NOT_KEPT,
                frame.place(middle),
            )?;
        }
        let mut marks = backend.borrow_mut();
        marks.clip(frame.clip());
        layers::draw(&mut *marks, &frame, self, look);
        marks.unclip();
        spans::draw_base_line(&mut *marks, &frame, look.palette, &x_axis);
        Ok(Some(frame))
    }

    /// The layer that covers a value in a column, at a share of the column's width.
    fn layer_at(
        &self,
        isolated: Option<usize>,
        value: f64,
        t: f64,
        column: usize,
    ) -> Option<usize> {
        if self.kind == Kind::Lines || value < 0.0 || column < self.unknown {
            return None;
        }
        let mut sum = 0.0;
        self.shown(isolated).find(|&layer| {
            sum += match self.kind {
                Kind::Areas => layers::between(self, layer, t),
                _ => self.value(layer, column),
            };
            value < sum
        })
    }
}

impl Plate for Steps {
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
        let rows = match self.kind {
            Kind::Lines => 0,
            _ if self.layers.len() < 2 => 0,
            _ => self.layers.len(),
        };
        (self.spans.len(), rows)
    }

    fn is_grid(&self) -> bool {
        false
    }

    fn hit(&self, frame: &Frame, isolated: Option<usize>, (x, y): (f64, f64)) -> Option<Spot> {
        let share = (x - frame.left) / (frame.right - frame.left);
        let t = frame.view.at(share);
        let column = self
            .spans
            .iter()
            .position(|span| t >= span.t0 && t < span.t1)?;
        let value = (frame.bottom - y) / (frame.bottom - frame.top) * frame.top_value;
        let in_bar = match self.kind {
            Kind::Bars => {
                let (left, right) = layers::bar(frame, self.spans[column]);
                (left..=right).contains(&x)
            }
            _ => true,
        };
        let row = in_bar
            .then(|| self.layer_at(isolated, value, t, column))
            .flatten();
        let (_, rows) = self.size();
        Some(Spot {
            column,
            row: row.filter(|_| rows > 0),
        })
    }

    fn outline(&self, frame: &Frame, spot: Spot) -> Option<[f64; 4]> {
        let span = self.spans.get(spot.column)?;
        Some([frame.x(span.t0), frame.top, frame.x(span.t1), frame.bottom])
    }

    fn keys(&self, at: Option<Spot>) -> Vec<PlateKey> {
        let value = |place: usize, layer: &Layer| match at {
            Some(spot) => (spot.column >= self.unknown).then(|| self.value(place, spot.column)),
            None => Some(layer.values.iter().skip(self.unknown).sum()),
        };
        let key = |(place, layer): (usize, &Layer)| PlateKey {
            name: layer.name.clone(),
            ink: match (self.kind, layer.ink.pattern) {
                (Kind::Lines, Pattern::Solid) => layer.ink.with(Pattern::Line),
                _ => layer.ink,
            },
            value: value(place, layer),
        };
        self.layers.iter().enumerate().map(key).collect()
    }

    fn sheet(&self) -> Sheet {
        let row = |(column, span): (usize, &View)| {
            let is_known = column >= self.unknown;
            let value = |layer| is_known.then(|| self.value(layer, column));
            let values = (0..self.layers.len()).map(value);
            let mut name = step_name(*span, &self.offsets);
            if self.is_open && column + 1 == self.spans.len() {
                name.push_str(", so far");
            }
            if !is_known {
                name.push_str(", ");
                name.push_str(NOT_KEPT);
            }
            (iso_utc(span.t0), name, values.collect())
        };
        Sheet {
            corner: "time".to_owned(),
            heads: self.layers.iter().map(|layer| layer.name.clone()).collect(),
            rows: self.spans.iter().enumerate().map(row).collect(),
        }
    }
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
