//! The charts of all pages.
//!
//! A page makes one [`ChartGroup`] and passes it to each [`time_series_chart`] and [`timeline()`]: they
//! show the same part of the call, and the same crosshair goes through all of them.
//!
//! [`draw()`] puts a chart on any backend: plotters lays it out and draws mesh and labels, and what
//! plotters cannot draw (lines with gaps, dashes, envelopes) is a trait of ours, [`Marks`]. In the
//! browser that backend is [`OpList`], which writes the operations down for one call of JavaScript;
//! in tests it is one that keeps them to be looked at. A canvas is painted at most once in an
//! animation frame, and only when its view, data, theme or size has changed; the crosshair is not
//! on it.
//!
//! Usage is drawn by [`usage_chart`]: [`Steps`] of time as stacked bars, stacked areas or lines, and a [`Heat`] map. Both are a [`Plate`] of
//! parts that are looked at one by one, and lead to what is behind them.
//!
//! Nothing here knows a metric: a chart gets points, `None` where nothing is known, and shows those
//! as gaps.
//!
//! The style is in `style/app/chart.css`, that of the timeline in `style/call/timeline.css`, and that of usage in `style/overview/usage.css`.
//!
//! ```no_run
//! use callscope_app::chart::{
//!     Backdrop, ChartGroup, Point, Series, Severity, Threshold, TimeSeries, Unit, time_series_chart,
//! };
//! use leptos::prelude::*;
//!
//! fn loss() -> AnyView {
//!     let points = vec![
//!         Point::new(0.0, 10_000.0, Some(1.3)),
//!         Point::new(10_000.0, 20_000.0, None),
//!         Point::in_progress(20_000.0, 24_000.0, Some(0.4)),
//!     ];
//!     let threshold = Threshold {
//!         value: 5.0,
//!         label: "Poor above 5 %".to_owned(),
//!         severity: Severity::Poor,
//!     };
//!     let backdrop = Backdrop {
//!         thresholds: vec![threshold],
//!         bands: Vec::new(),
//!     };
//!     time_series_chart(TimeSeries {
//!         group: ChartGroup::new(),
//!         title: "Packet loss".to_owned(),
//!         unit: Unit::Percent,
//!         series: RwSignal::new(vec![Series::new("Camera", 0, points)]).into(),
//!         backdrop: RwSignal::new(backdrop).into(),
//!         beside: None,
//!         empty: "No RTCP report has told of loss yet".to_owned(),
//!         height: 220,
//!     })
//! }
//! ```

mod backend;
mod bands;
mod canvas;
mod component;
mod crosshair;
mod csv;
mod cursor;
mod decimate;
mod display;
mod draw;
mod export;
mod frame;
mod frames;
mod gesture;
mod group;
mod heat;
mod ink;
mod input;
mod layers;
mod legend;
mod marks;
mod measure;
mod model;
mod offsets;
mod paint;
mod palette;
mod plate;
mod plot;
mod presence;
mod rows;
mod scale;
mod spans;
mod state;
mod steps;
mod table;
mod time;
mod timeline;
mod tracks;
mod unit;
mod usage;
mod usage_table;
mod view;
mod watch;
mod wheel;

#[cfg(test)]
mod recording;

pub use backend::{OpList, TextStyle};
pub use component::{TimeSeries, time_series_chart};
pub use csv::csv;
pub use cursor::Cursor;
pub use decimate::{Bucket, Envelope, bucket_length, decimate, every_point};
pub use draw::{Scene, draw};
pub use frame::{Frame, MARGIN, Margin};
pub use group::ChartGroup;
pub use heat::{Heat, hour_name};
pub use ink::{Ink, Pattern, Tone};
pub use marks::{Marks, Rect, Stroke, Vertex};
pub use measure::Measure;
pub use model::{Backdrop, Band, Point, Series, Severity, Threshold, unknown_spans};
pub use offsets::Offsets;
pub use palette::{Colour, DARK, LIGHT, Palette};
pub use plate::{Look, Plate, PlateKey, Sheet, Spot};
pub use presence::{PresenceRow, presence};
pub use rows::{Cell, Row, row_length, rows};
pub use scale::{Axis, Tick, View};
pub use steps::{Kind, Layer, Steps, step_name};
pub(crate) use time::{WEEKDAYS, day_of_week};
pub use time::{clock, date, iso_utc, weekday};
pub use timeline::{TimelineRow, TimelineSpan, timeline};
pub use unit::{Aggregate, UNKNOWN, Unit};
pub use usage::{Lead, Say, Usage, Way, usage_chart};
pub use view::Zoom;
