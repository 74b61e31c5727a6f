//! What pointers on a plot mean: pan, select, pinch. Positions are shares of the plot's width, 0 to
//! 1.

use super::scale::View;

/// Below this share of the plot a selection is a click.
const LEAST_SELECTION: f64 = 0.01;

/// How a pointer went down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Press {
    /// What the plot shows.
    pub(super) view: View,
    /// Whether that is a part of the call.
    pub(super) zoomed: bool,
    /// Whether the shift key is down.
    pub(super) shift: bool,
    /// Whether it is a finger.
    pub(super) touch: bool,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Action {
    /// Nothing.
    None,
    /// Put the crosshair there.
    Point(f64),
    /// Show another part.
    Show(View),
    /// Mark a selection in progress.
    Mark(f64, f64),
    /// Zoom to the finished selection.
    Take(f64, f64),
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Mode {
    /// Pointers move the crosshair.
    #[default]
    Point,
    Pan {
        from: f64,
        view: View,
    },
    Select {
        from: f64,
    },
    Pinch {
        from: (f64, f64),
        view: View,
    },
}

/// The pointers that are down and what they are doing.
#[derive(Clone, Debug, Default)]
pub(super) struct Gesture {
    down: Vec<(i32, f64)>,
    mode: Mode,
}

impl Gesture {
    /// A pointer goes down. Where there is nothing to pan, a mouse selects without the shift key,
    /// and a finger points.
    pub(super) fn press(&mut self, pointer: i32, at: f64, press: Press) {
        self.down.retain(|(id, _)| *id != pointer);
        self.down.push((pointer, at));
        self.mode = match self.down[..] {
            [(_, a), (_, b)] => Mode::Pinch {
                from: (a, b),
                view: press.view,
            },
            [(_, from)] if press.shift || (!press.zoomed && !press.touch) => Mode::Select { from },
            [(_, from)] if press.zoomed => Mode::Pan {
                from,
                view: press.view,
            },
            _ => Mode::Point,
        };
    }

    /// A pointer moves, down or not.
    pub(super) fn moved(&mut self, pointer: i32, at: f64) -> Action {
        if let Some(known) = self.down.iter_mut().find(|(id, _)| *id == pointer) {
            known.1 = at;
        }
        match self.mode {
            Mode::Point => Action::Point(at),
            Mode::Pan { from, view } => Action::Show(view.panned((from - at) * view.span())),
            Mode::Select { from } => Action::Mark(from.min(at), from.max(at)),
            Mode::Pinch { from, view } => match self.down[..] {
                [(_, a), (_, b)] => pinched(view, from, (a, b)).map_or(Action::None, Action::Show),
                _ => Action::None,
            },
        }
    }

    /// A pointer goes up, or is lost.
    pub(super) fn release(&mut self, pointer: i32, at: f64) -> Action {
        self.down.retain(|(id, _)| *id != pointer);
        match std::mem::take(&mut self.mode) {
            Mode::Select { from } if (from - at).abs() >= LEAST_SELECTION => {
                Action::Take(from.min(at), from.max(at))
            }
            _ => Action::None,
        }
    }

    /// Whether a pointer is down.
    pub(super) fn is_active(&self) -> bool {
        !self.down.is_empty()
    }
}

/// The view in which both fingers are still on the times that they were put on.
fn pinched(view: View, from: (f64, f64), to: (f64, f64)) -> Option<View> {
    let (a, b) = (view.at(from.0), view.at(from.1));
    let span = (b - a) / (to.1 - to.0);
    let t0 = a - to.0 * span;
    // Fingers that have crossed or met show nothing sensible.
    View::new(t0, t0 + span)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        t0: 0.0,
        t1: 1_000.0,
    };
    const ZOOMED: Press = Press {
        view: VIEW,
        zoomed: true,
        shift: false,
        touch: false,
    };

    #[test]
    fn dragging_moves_the_view_against_the_pointer() {
        let mut gesture = Gesture::default();
        gesture.press(1, 0.5, ZOOMED);
        assert_eq!(
            gesture.moved(1, 0.6),
            Action::Show(VIEW.panned((0.5 - 0.6) * 1_000.0))
        );
        assert_eq!(gesture.release(1, 0.6), Action::None);
        assert_eq!(gesture.moved(1, 0.7), Action::Point(0.7));
    }

    #[test]
    fn shift_selects_and_so_does_a_mouse_where_nothing_can_be_panned() {
        for press in [
            Press {
                shift: true,
                ..ZOOMED
            },
            Press {
                zoomed: false,
                ..ZOOMED
            },
        ] {
            let mut gesture = Gesture::default();
            gesture.press(1, 0.6, press);
            assert_eq!(gesture.moved(1, 0.2), Action::Mark(0.2, 0.6));
            assert_eq!(gesture.release(1, 0.2), Action::Take(0.2, 0.6));
            gesture.press(1, 0.6, press);
            assert_eq!(
                gesture.release(1, 0.601),
                Action::None,
                "a click selects nothing"
            );
        }
    }

    #[test]
    fn one_finger_points_and_two_keep_their_times() {
        let finger = Press {
            zoomed: false,
            touch: true,
            ..ZOOMED
        };
        let mut gesture = Gesture::default();
        gesture.press(1, 0.4, finger);
        assert_eq!(gesture.moved(1, 0.4), Action::Point(0.4));
        gesture.press(2, 0.6, finger);
        let Action::Show(view) = gesture.moved(2, 0.8) else {
            panic!("a pinch")
        };
        assert!((view.at(0.4) - 400.0).abs() < 1e-9 && (view.at(0.8) - 600.0).abs() < 1e-9);
        assert_eq!(gesture.moved(2, 0.3), Action::None, "crossed fingers");
        gesture.release(2, 0.3);
        assert!(gesture.is_active());
        gesture.release(1, 0.4);
        assert!(!gesture.is_active());
    }
}
