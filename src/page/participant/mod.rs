//! A participant: who, with what, how it went, and why.

mod characteristics;
mod happened;
mod media;
mod spells;
mod stored;
mod words;

use stored::Stored;

use crate::erased::{Read, all, dynamic, effect, nothing, text, when};
use crate::markup::*;
use crate::place::Place;
use crate::stored::keep::Extract;
use crate::stored::words::{length, spell};
use crate::stored::{Asked, Participant, Room, Shelf, answer, trouble};
use crate::view::take_away;

/// How often what goes on is asked for anew, in milliseconds.
pub(super) const REFRESH_MS: u32 = 10_000;

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Context {
    place: Place,
    shelf: Shelf,
    room_sid: StoredValue<String>,
    room: Asked<Room>,
    stored: Stored,
}

impl Context {
    /// Reads the participant. Tracks.
    fn about<T>(self, read: impl FnOnce(&Participant) -> T) -> Option<T> {
        self.stored.about.read(read)
    }
}

/// The page.
pub(crate) fn participant_page(
    place: Place,
    shelf: Shelf,
    room_sid: &str,
    participant: &str,
) -> AnyView {
    let (room_path, sid) = (shelf.room(room_sid, ""), participant.to_owned());
    let room = Asked::new(move || Some(room_path.clone()), Room::read);
    let stored = Stored::new(shelf, room_sid, room, move || Some(sid.clone()));
    let context = Context {
        place,
        shelf,
        room_sid: StoredValue::new(room_sid.to_owned()),
        room,
        stored,
    };
    refresh(context);
    effect(move || {
        // The frame names the page anew whenever the address changes.
        place.parts();
        if let Some(title) = context.about(|it| it.title().to_owned()) {
            document().set_title(&format!("{title} \u{b7} callscope"));
        }
    });
    let is_there = move || stored.about.read(|_| ()).is_some();
    let shown: [Read<AnyView>; 3] = [
        Box::new(move || {
            all([
                when(move || !is_there(), heading),
                trouble(stored.progress()),
            ])
        }),
        Box::new(skeleton),
        Box::new(move || content(context)),
    ];
    let room_link = shelf.room_link(room_sid);
    let room_title = move || {
        room.read(|room| room.title().to_owned())
            .unwrap_or_else(|| "Room".to_owned())
    };
    view! {
        <div class="page participant">
            <nav class="trail" aria-label="Where this is">
                <a href="#/rooms">"Rooms"</a>
                <span aria-hidden="true">"/"</span>
                <a href=room_link data-testid="to-room">{text(room_title)}</a>
            </nav>
            {answer(stored.progress(), Box::new(is_there), shown)}
        </div>
    }
    .into_any()
}

fn content(context: Context) -> AnyView {
    view! {
        {head(context)}
        {dynamic(move || notes(context))}
        {characteristics::issues(context)}
        {characteristics::characteristics(context)}
        {media::quality(context)}
    }
    .into_any()
}

fn head(context: Context) -> AnyView {
    let when = move || {
        context
            .about(|it| {
                let when = spell(it.joined_at, it.left_at);
                format!("{} \u{b7} {when}", length(it.duration_ms))
            })
            .unwrap_or_default()
    };
    let badge = move || match context.about(|it| (it.is_live, it.issues.len())) {
        Some((true, _)) => {
            view! { <span class="badge good" data-testid="going-on">"in the room now"</span> }
                .into_any()
        }
        _ => nothing(),
    };
    let extract = move || {
        context.about(|it| Extract {
            shelf: context.shelf,
            name: format!("callscope-{}", file_name(it.title())),
            room: context.room_sid.get_value(),
            participants: vec![it.sid.clone()],
            is_whole: false,
        })
    };
    view! {
        <header class="page-head">
            <div>
                <h1>
                    {text(move || context.about(|it| it.title().to_owned()).unwrap_or_default())}
                    " "
                    {dynamic(badge)}
                </h1>
                <p class="muted" data-testid="when">{text(when)}</p>
            </div>
            {take_away(extract, move || words::paragraph(context))}
        </header>
    }
    .into_any()
}

/// What is to be known before one trusts the figures.
fn notes(context: Context) -> AnyView {
    let mut notes: Vec<String> = Vec::new();
    if context.shelf == Shelf::File {
        notes.push(
            "This is shown from a file. It holds what was stored when it was saved.".to_owned(),
        );
    }
    let Some(about) = context.about(Clone::clone) else {
        return nothing();
    };
    if about.is_live {
        notes.push("The call goes on: this page asks every ten seconds.".to_owned());
    } else if about.summaries == 0 {
        notes.push(
            "No last words came from their browser: the end is the last that was measured, and the issues are those that stood then."
                .to_owned(),
        );
    }
    if about.summaries > 1 {
        notes.push(format!(
            "They were measured in {} sessions, as after a reload of the page: figures are of all of them together.",
            about.summaries
        ));
    }
    if let Some(dropped) = about.dropped_batches.filter(|&it| it > 0.0) {
        notes.push(format!(
            "{} of what was measured could not be sent: there may be gaps.",
            crate::stored::words::count_of(dropped, "batch", "batches")
        ));
    }
    if notes.is_empty() {
        return nothing();
    }
    view! { <p class="card note" data-testid="notes">{notes.join(" ")}</p> }.into_any()
}

/// Asks anew while the call goes on.
fn refresh(context: Context) {
    use gloo::timers::callback::Interval;

    let timer = StoredValue::new_local(None);
    let is_live = Memo::new(move |_| context.about(|it| it.is_live) == Some(true));
    effect(move || {
        let ticking = is_live.get().then(|| {
            Interval::new(REFRESH_MS, move || {
                context.room.refresh();
                context.stored.refresh();
            })
        });
        timer.set_value(ticking);
    });
}

/// A name that any file system takes.
pub(super) fn file_name(title: &str) -> String {
    let letter = |letter: char| {
        if letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' {
            letter
        } else {
            '-'
        }
    };
    title.chars().take(60).map(letter).collect()
}

/// The page's, while it is not known whose it is.
fn heading() -> AnyView {
    view! { <h1>"Participant"</h1> }.into_any()
}

fn skeleton() -> AnyView {
    view! {
        {heading()}
        <p class="visually-hidden" role="status">"Loading"</p>
        <div class="skeleton" aria-hidden="true"></div>
    }
    .into_any()
}
