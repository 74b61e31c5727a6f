//! What can be taken away of stored calls: a paragraph for a ticket, a file to open again, rows for a spreadsheet.

use std::sync::Arc;

use leptos::task::spawn_local;

use super::icon::{Icon, icon};
use crate::erased::{Button, Read, all, dynamic, fixed};
use crate::markup::*;
use crate::stored::keep::{Extract, copy};

#[derive(Clone, Copy)]
enum Way {
    Export,
    Rows,
}

/// The buttons, and what became of them. `words` is the paragraph.
pub(crate) fn take_away(
    extract: impl Fn() -> Option<Extract> + Send + Sync + 'static,
    words: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> AnyView {
    fn erased(extract: Read<Option<Extract>>, words: Read<Option<String>>) -> AnyView {
        let told = RwSignal::new(Ok(String::new()));
        let is_busy = RwSignal::new(false);
        let extract = Arc::new(extract);
        let for_words = Arc::clone(&extract);
        let copied = move || {
            let extract = untrack(|| for_words());
            let Some((words, extract)) = untrack(&words).zip(extract) else {
                return;
            };
            spawn_local(async move {
                let told_now = match copy(&words, extract.shelf).await {
                    Ok(()) => Ok("Copied: paste it into the ticket.".to_owned()),
                    Err(why) => Err(format!("It could not be copied. {why}")),
                };
                let _gone = told.try_set(told_now);
            });
        };
        let button = |way: Way, label: &'static str, title: &'static str, testid: &'static str| {
            let extract = Arc::clone(&extract);
            Button::new(all([icon(Icon::Save), fixed(label)]), move || {
                // Not disabled meanwhile: it would lose the keyboard.
                if !is_busy.get_untracked()
                    && let Some(extract) = untrack(|| extract())
                {
                    save(extract, way, told, is_busy);
                }
            })
            .title(title)
            .testid(testid)
            .view()
        };
        let status = move || match told.get() {
            Ok(words) => {
                view! { <p class="told" role="status" data-testid="told">{words}</p> }.into_any()
            }
            Err(words) => {
                view! { <p class="alert" role="alert" data-testid="told">{words}</p> }.into_any()
            }
        };
        view! {
            <div class="take-away">
                <div class="actions" role="group" aria-label="Take away">
                    {Button::new(fixed("Copy summary"), copied)
                        .title("Copy a paragraph to paste into a ticket")
                        .testid("copy-summary")
                        .view()}
                    {button(Way::Export, "JSON", "Save as a file that the replay page opens again", "save-json")}
                    {button(Way::Rows, "CSV", "Save a row for each ten seconds", "save-csv")}
                </div>
                {dynamic(status)}
            </div>
        }
        .into_any()
    }
    erased(Box::new(extract), Box::new(words))
}

fn save(
    extract: Extract,
    way: Way,
    told: RwSignal<Result<String, String>>,
    is_busy: RwSignal<bool>,
) {
    let all = extract.participants.len();
    let tell = move |done: f64| {
        if all > 1 {
            let at = callscope_core::to_fixed(done + 1.0, 0);
            let _gone = told.try_set(Ok(format!("Reading participant {at} of {all}\u{2026}")));
        }
    };
    is_busy.set(true);
    told.set(Ok("Reading\u{2026}".to_owned()));
    spawn_local(async move {
        let saved = match way {
            Way::Export => extract.save_export(tell).await,
            Way::Rows => extract.save_rows(tell).await,
        };
        let words = match (saved, way) {
            (Ok(()), Way::Export) => Ok("Saved: the replay page opens it again.".to_owned()),
            (Ok(()), Way::Rows) => Ok("Saved.".to_owned()),
            (Err(why), _) => Err(format!("It could not be saved. {why}")),
        };
        let _gone = told.try_set(words);
        let _gone = is_busy.try_set(false);
    });
}
