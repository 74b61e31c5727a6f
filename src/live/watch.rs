//! The calls of the page that opened this one, as they are shown.

use leptos::prelude::*;

use super::fed::Fed;
use super::feed::{self, News, Told};
use super::{Live, Stage};
use crate::model::Call;

/// A call that was not heard of for so long is over: its page is gone, or was loaded again.
const FORGOTTEN_MS: f64 = 6_000.0;
/// So many calls of the other page can be chosen from.
const MOST_CALLS: usize = 64;

impl Live {
    /// Shows the calls of the page that opened this one, if it was opened for that.
    pub fn watch(self) {
        if feed::is_wanted() {
            feed::listen(move |told| self.hear(told));
        }
    }

    /// Whether the shown call is another page's. Tracks.
    #[must_use]
    pub fn is_watched(self) -> bool {
        self.chosen.get() > 0
    }

    /// The room, the participant and what the shown call of another page is.
    #[must_use]
    pub fn about(self) -> [Option<String>; 3] {
        self.call.track();
        let place = self.chosen.get().wrapping_sub(1);
        let about = |fed: &Fed| [fed.room.clone(), fed.participant.clone(), fed.about.clone()];
        self.fed
            .with_value(|calls| Some(about(calls.get(place)?)))
            .unwrap_or_default()
    }

    /// What that call of the other page is called.
    #[must_use]
    pub fn title(self, number: usize) -> String {
        let of = |calls: &Vec<Fed>| Some(calls.get(number.checked_sub(1)?)?.title());
        self.fed.with_value(of).unwrap_or_default()
    }

    /// Shows that call of the other page.
    pub fn choose(self, number: usize) {
        let before = self.chosen.get_untracked();
        if before == number {
            return;
        }
        let mut shown = self.take_shown();
        let mut started = 0.0;
        let mut is_over = false;
        self.fed.update_value(|calls| {
            if let Some(fed) = calls.get_mut(before.wrapping_sub(1)) {
                fed.call = std::mem::take(&mut shown);
            }
            if let Some(fed) = calls.get_mut(number.wrapping_sub(1)) {
                shown = std::mem::take(&mut fed.call);
                started = fed.started;
                is_over = shown.is_over;
            }
        });
        self.connection.set(None);
        self.started.set(started);
        self.call.set(shown);
        self.chosen.set(number);
        let stage = if is_over {
            Stage::Ended
        } else {
            Stage::Running
        };
        self.stage.set(stage);
    }

    fn hear(self, told: Told) {
        match told {
            Told::Note(words) => self.note.set(Some(words)),
            Told::Over => self.end_all(f64::INFINITY),
            Told::Call(news) => self.learn(*news),
        }
    }

    fn learn(self, news: News) {
        let now = js_sys::Date::now();
        self.note.set(None);
        self.now.set(now);
        self.end_all(now - FORGOTTEN_MS);
        let place = self.fed.try_update_value(|calls| {
            let known = calls.iter().position(|fed| fed.session == news.session);
            known.or_else(|| {
                (calls.len() < MOST_CALLS).then(|| {
                    calls.push(Fed::new(&news, now));
                    calls.len() - 1
                })
            })
        });
        let Some(place) = place.flatten() else {
            return;
        };
        self.calls.set(self.fed.with_value(Vec::len));
        self.change(place, Some(news));
        self.show_if_free(place);
    }

    /// Ends the calls that were last heard of before that.
    fn end_all(self, before: f64) {
        let count = self.fed.with_value(Vec::len);
        for place in 0..count {
            let is_gone = |calls: &Vec<Fed>| {
                calls
                    .get(place)
                    .is_some_and(|fed| fed.heard < before && !fed.is_over)
            };
            if self.fed.with_value(is_gone) {
                self.change(place, None);
            }
        }
    }

    /// Adds what is new to a call, wherever it is; or it is over.
    fn change(self, place: usize, news: Option<News>) {
        let is_shown = self.chosen.get_untracked() == place + 1;
        let mut call = if is_shown {
            self.take_shown()
        } else {
            Call::default()
        };
        let mut is_over = false;
        self.fed.update_value(|calls| {
            if let Some(fed) = calls.get_mut(place) {
                if !is_shown {
                    call = std::mem::take(&mut fed.call);
                }
                match news {
                    Some(news) => fed.take(news, &mut call, self.now.get_untracked()),
                    None => fed.end(&mut call),
                }
                is_over = fed.is_over;
                if !is_shown {
                    fed.call = std::mem::take(&mut call);
                }
            }
        });
        if is_shown {
            self.call.set(call);
            if is_over {
                self.stage.set(Stage::Ended);
            }
        }
    }

    /// The shown call, which is set again before anybody looks.
    fn take_shown(self) -> Call {
        self.call
            .try_update_untracked(std::mem::take)
            .unwrap_or_default()
    }

    /// A call is shown when nothing else goes on.
    fn show_if_free(self, place: usize) {
        let is_free = matches!(self.stage.get_untracked(), Stage::Idle | Stage::Ended);
        let goes_on = |calls: &Vec<Fed>| calls.get(place).is_some_and(|fed| !fed.is_over);
        if is_free && self.fed.with_value(goes_on) {
            self.choose(place + 1);
        }
    }
}
