//! What part of a call the charts of a page show, and how it follows a call that goes on.

use super::scale::View;
use crate::order::within;

/// The least span that zooming in leaves: a few intervals.
pub(super) const LEAST_SPAN: f64 = 30_000.0;

/// The least span of a whole call: the first intervals of a call begin at the left and do not fill
/// the plot.
const LEAST_CALL: f64 = 60_000.0;

/// From this share of the view before the end, a view is at the live edge and follows it.
const LIVE_EDGE: f64 = 0.005;

/// The chosen part of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Zoom {
    /// All there is, however much that becomes.
    #[default]
    All,
    /// A span that stays where it is.
    Fixed(View),
    /// The last `span` milliseconds, following a call that goes on.
    Live {
        /// In milliseconds.
        span: f64,
    },
}

impl Zoom {
    /// The zoom that shows `view` of the data's `extent`, as far as that goes.
    #[must_use]
    pub fn of(view: View, extent: View) -> Self {
        let all = whole_call(extent);
        let span = view.span().max(LEAST_SPAN);
        if span >= all.span() * 0.999 {
            return Self::All;
        }
        let middle = f64::midpoint(view.t0, view.t1);
        let t0 = within(middle - span / 2.0, all.t0, all.t1 - span);
        let t1 = t0 + span;
        if t1 >= all.t1 - span * LIVE_EDGE {
            Self::Live { span }
        } else {
            Self::Fixed(View { t0, t1 })
        }
    }

    /// What is to be shown of the data's `extent`.
    #[must_use]
    pub fn view(self, extent: View) -> View {
        let all = whole_call(extent);
        match self {
            Self::All => all,
            Self::Fixed(view) => view,
            Self::Live { span } => View {
                t0: (all.t1 - span).max(all.t0),
                t1: all.t1,
            },
        }
    }
}

fn whole_call(extent: View) -> View {
    View {
        t0: extent.t0,
        t1: extent.t1.max(extent.t0 + LEAST_CALL),
    }
}

impl View {
    /// The view with `factor` times its span in which the time `at` stays where it is.
    #[must_use]
    pub fn zoomed(self, at: f64, factor: f64) -> Self {
        Self {
            t0: at - (at - self.t0) * factor,
            t1: at + (self.t1 - at) * factor,
        }
    }

    /// The view so many milliseconds later.
    #[must_use]
    pub fn panned(self, by: f64) -> Self {
        Self {
            t0: self.t0 + by,
            t1: self.t1 + by,
        }
    }

    /// The view with so many milliseconds more at each side, as far as the `extent` goes. What is outside of it is at its end.
    #[must_use]
    pub fn with_around(self, around: f64, extent: Self) -> Self {
        Self {
            t0: (self.t0.min(extent.t1) - around).max(extent.t0),
            t1: (self.t1.max(extent.t0) + around).min(extent.t1),
        }
    }

    /// The view with a tenth of its span more at each side: a zoom to something shows what was
    /// around it.
    #[must_use]
    pub fn with_surroundings(self) -> Self {
        self.zoomed(f64::midpoint(self.t0, self.t1), 1.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: View = View {
        t0: 0.0,
        t1: 3_600e3,
    };

    #[test]
    fn all_follows_what_arrives() {
        let longer = View {
            t1: 4_000e3,
            ..HOUR
        };
        assert_eq!(Zoom::All.view(longer), longer);
    }

    #[test]
    fn a_zoom_at_the_live_edge_follows_and_one_before_it_stays() {
        let longer = View {
            t1: 4_000e3,
            ..HOUR
        };
        let live = Zoom::of(
            View {
                t0: 3_000e3,
                t1: 3_600e3,
            },
            HOUR,
        );
        assert_eq!(
            live.view(longer),
            View {
                t0: 3_400e3,
                t1: 4_000e3
            }
        );
        let past = View {
            t0: 1_000e3,
            t1: 1_600e3,
        };
        assert_eq!(Zoom::of(past, HOUR).view(longer), past);
    }

    #[test]
    fn the_first_seconds_do_not_fill_the_plot() {
        let extent = View { t0: 0.0, t1: 10e3 };
        assert_eq!(Zoom::All.view(extent), View { t0: 0.0, t1: 60e3 });
    }

    #[test]
    fn around_something_nothing_is_shown_past_the_call() {
        let around = |t0: f64, t1: f64| {
            let view = View { t0, t1 }.with_around(15e3, HOUR);
            Zoom::of(view, HOUR).view(HOUR)
        };
        let view = |t0, t1| View { t0, t1 };
        assert_eq!(around(600e3, 700e3), view(585e3, 715e3));
        // It still stands at the end, or stood from the beginning.
        assert_eq!(around(3_000e3, 3_600e3), view(2_985e3, 3_600e3));
        assert_eq!(around(5e3, 40e3), view(0.0, 55e3));
        // What came after the last interval.
        assert_eq!(around(3_700e3, 3_700e3), view(3_570e3, 3_600e3));
    }

    #[test]
    fn zooming_keeps_the_time_under_the_pointer() {
        let at = HOUR.at(0.25);
        assert!((HOUR.zoomed(at, 0.5).share(at) - 0.25).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn a_zoom_shows_at_most_the_call_and_at_least_some_intervals(
            t0 in -1e8_f64..1e8, span in 1.0_f64..1e8, call in 1.0_f64..1e8,
        ) {
            let extent = View { t0: 0.0, t1: call };
            let shown = Zoom::of(View { t0, t1: t0 + span }, extent).view(extent);
            let all = Zoom::All.view(extent);
            prop_assert!(shown.t0 >= all.t0 - 1e-6 && shown.t1 <= all.t1 + 1e-6);
            prop_assert!(shown.span() >= LEAST_SPAN - 1e-6);
        }
    }
}
