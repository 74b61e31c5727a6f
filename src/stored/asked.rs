//! What was asked of the source, and how it is shown while it is on its way, when it is there, and when it will not come.

use leptos::task::spawn_local;

use super::json::Json;
use super::source::{self, Failure};
use crate::erased::{Button, Read, dynamic, effect, fixed, nothing, when};
use crate::markup::*;

/// An answer that follows the question. The last one stays until the next is there, so that nothing jumps.
#[derive(Debug)]
pub(crate) struct Asked<T: Send + Sync + 'static> {
    answer: RwSignal<Option<T>>,
    failure: RwSignal<Option<Failure>>,
    is_waiting: RwSignal<bool>,
    again: RwSignal<u32>,
    /// Whether what is asked next is what is shown already, as it stands by now.
    is_quiet: StoredValue<bool>,
}

impl<T: Send + Sync + 'static> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Asked<T> {}

impl<T: Send + Sync + 'static> Asked<T> {
    /// Asks for a path of the read API, and anew whenever that changes; nothing is asked while there is none.
    pub(crate) fn new(
        path: impl Fn() -> Option<String> + Send + Sync + 'static,
        parse: fn(&Json) -> T,
    ) -> Self {
        let this = Self {
            answer: RwSignal::new(None),
            failure: RwSignal::new(None),
            is_waiting: RwSignal::new(true),
            again: RwSignal::new(0),
            is_quiet: StoredValue::new(false),
        };
        let path = Memo::new(move |_| path());
        let turn = StoredValue::new(0_u32);
        let quiet = this.is_quiet;
        effect(move || {
            this.again.get();
            let is_quiet = quiet.get_value();
            quiet.set_value(false);
            let Some(path) = path.get() else {
                return;
            };
            let mine = turn.get_value() + 1;
            turn.set_value(mine);
            this.is_waiting.set(!is_quiet);
            spawn_local(async move {
                let answer = source::ask(&path).await;
                // The page may be gone by now, or have asked for something else.
                if turn.try_get_value() != Some(mine) {
                    return;
                }
                match answer {
                    Ok(json) => {
                        this.failure.set(None);
                        this.answer.set(Some(parse(&json)));
                    }
                    Err(failure) => this.failure.set(Some(failure)),
                }
                this.is_waiting.set(false);
            });
        });
        this
    }

    /// Reads the answer; `None` while there is none. Tracks.
    pub(crate) fn read<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.answer.with(|answer| answer.as_ref().map(read))
    }

    /// Whether the next one will not come. Tracks.
    pub(crate) fn has_failed(self) -> bool {
        self.failure.with(Option::is_some)
    }

    /// Why it will not come and what to try, if it will not.
    pub(crate) fn trouble(self) -> AnyView {
        fn shown(failure: RwSignal<Option<Failure>>, again: RwSignal<u32>) -> AnyView {
            dynamic(move || failure_view(failure.get(), move || again.update(|it| *it += 1)))
        }
        shown(self.failure, self.again)
    }

    /// Asks the same again.
    pub(crate) fn again(self) {
        self.again.update(|again| *again += 1);
    }

    /// As [`Asked::again`], for what goes on: nothing on the page says that it is on its way.
    pub(crate) fn refresh(self) {
        self.is_quiet.set_value(true);
        self.again();
    }

    /// What is shown of it: something that takes its place while it is on its way for the first time; why it will not come; or itself. `view` is made
    /// once, when the first answer is there, and follows it by [`Asked::read`].
    pub(crate) fn view(
        self,
        place: impl Fn() -> AnyView + Send + Sync + 'static,
        view: impl Fn() -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        fn erased(
            [is_there, has_failed, is_waiting]: [Read<bool>; 3],
            failure: Read<AnyView>,
            place: Read<AnyView>,
            view: Read<AnyView>,
        ) -> AnyView {
            let has_failed = Memo::new(move |_| has_failed());
            let is_there = Memo::new(move |_| is_there());
            let busy = move || is_waiting().then(|| "true".to_owned());
            view! {
                <div class="answer" aria-busy=crate::erased::attribute(busy)>
                    {when(move || has_failed.get(), failure)}
                    {when(move || !is_there.get() && !has_failed.get(), place)}
                    {when(move || is_there.get(), view)}
                </div>
            }
            .into_any()
        }
        erased(
            [
                Box::new(move || self.answer.with(Option::is_some)),
                Box::new(move || self.has_failed()),
                Box::new(move || self.is_waiting.get()),
            ],
            Box::new(move || self.trouble()),
            Box::new(place),
            Box::new(view),
        )
    }
}

/// What happened, and what to try.
fn failure_view(failure: Option<Failure>, again: impl Fn() + Send + Sync + 'static) -> AnyView {
    let Some(failure) = failure else {
        return nothing();
    };
    let hint = if failure.is_refused() {
        "Enter a read key in the settings: `callscope keys add --kind read` makes one."
    } else if failure.is_missing() {
        "It may have been deleted: rooms are kept for a week as a rule. Or it is in another source: see the settings."
    } else {
        "Try again, or choose another source in the settings."
    };
    view! {
        <div class="alert" role="alert" data-testid="failure">
            <p>{failure.message}</p>
            <p class="hint">{hint}</p>
            <p class="actions">
                {Button::new(fixed("Try again"), again).testid("again").view()}
                <a class="button" href="#/settings">"Settings"</a>
            </p>
        </div>
    }
    .into_any()
}
