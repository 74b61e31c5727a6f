//! A room: what is known of it, what went wrong in it and for whom, and who was in it.

mod details;
mod issues;
mod people;
mod timeline;
mod words;

use crate::erased::{Read, all, dynamic, effect, nothing, text, when};
use crate::markup::*;
use crate::place::Place;
use crate::stored::keep::Extract;
use crate::stored::words::{count_of, length, room_kind, spell};
use crate::stored::{Asked, Event, Room, Shelf, answer};
use crate::view::take_away;

use super::participant::{REFRESH_MS, file_name};

/// What the parts of the page share.
#[derive(Clone, Copy)]
struct Context {
    place: Place,
    shelf: Shelf,
    room: Asked<Room>,
    timeline: Asked<Vec<Event>>,
}

impl Context {
    /// Reads the room. Tracks.
    fn about<T>(self, read: impl FnOnce(&Room) -> T) -> Option<T> {
        self.room.read(read)
    }
}

/// The page.
pub(crate) fn room_page(place: Place, shelf: Shelf, sid: &str) -> AnyView {
    let (path, timeline) = (shelf.room(sid, ""), shelf.room(sid, "/timeline"));
    let context = Context {
        place,
        shelf,
        room: Asked::new(move || Some(path.clone()), Room::read),
        timeline: Asked::new(move || Some(timeline.clone()), Event::read_timeline),
    };
    refresh(context);
    effect(move || {
        // The frame names the page anew whenever the address changes.
        place.parts();
        if let Some(title) = context.about(|room| room.title().to_owned()) {
            document().set_title(&format!("{title} \u{b7} callscope"));
        }
    });
    let is_there = move || context.about(|_| ()).is_some();
    let failure = move || all([when(move || !is_there(), heading), context.room.trouble()]);
    let shown: [Read<AnyView>; 3] = [
        Box::new(failure),
        Box::new(skeleton),
        Box::new(move || content(context)),
    ];
    view! {
        <div class="page room">
            <nav class="trail" aria-label="Where this is">
                <a href="#/rooms">"Rooms"</a>
            </nav>
            {answer(vec![context.room.progress()], Box::new(is_there), shown)}
        </div>
    }
    .into_any()
}

fn content(context: Context) -> AnyView {
    view! {
        {head(context)}
        {dynamic(move || note(context))}
        {issues::issues(context)}
        {timeline::timeline(context)}
        {people::people(context)}
        {details::details(context)}
    }
    .into_any()
}

fn head(context: Context) -> AnyView {
    let title = move || {
        context
            .about(|room| room.title().to_owned())
            .unwrap_or_default()
    };
    let when = move || {
        let when = context.about(|room| {
            format!(
                "{} \u{b7} {} \u{b7} {} \u{b7} {}",
                room_kind(room.kind.as_deref()),
                count_of(room.size, "participant", "participants"),
                length(room.duration_ms),
                spell(room.created_at, room.ended_at)
            )
        });
        when.unwrap_or_default()
    };
    let badge = move || match context.about(|room| room.is_live) {
        Some(true) => {
            view! { <span class="badge good" data-testid="going-on">"going on"</span> }.into_any()
        }
        _ => nothing(),
    };
    let extract = move || {
        context.about(|room| Extract {
            shelf: context.shelf,
            room: room.sid.clone(),
            participants: room.participants.iter().map(|it| it.sid.clone()).collect(),
            is_whole: true,
            name: format!("callscope-room-{}", file_name(room.title())),
        })
    };
    view! {
        <header class="page-head">
            <div>
                <h1>{text(title)} " " {dynamic(badge)}</h1>
                <p class="muted" data-testid="when">{text(when)}</p>
            </div>
            {take_away(extract, move || context.about(|room| words::paragraph(context, room)))}
        </header>
    }
    .into_any()
}

fn note(context: Context) -> AnyView {
    let is_file = context.shelf == Shelf::File;
    let words = match context.about(|room| room.is_live) {
        _ if is_file => "This is shown from a file. It holds what was stored when it was saved.",
        Some(true) => "The call goes on: this page asks every ten seconds.",
        _ => return nothing(),
    };
    view! { <p class="card note" data-testid="notes">{words}</p> }.into_any()
}

/// Asks anew while somebody is in the room.
fn refresh(context: Context) {
    use gloo::timers::callback::Interval;

    let timer = StoredValue::new_local(None);
    let is_live = Memo::new(move |_| context.about(|room| room.is_live) == Some(true));
    effect(move || {
        let ticking = is_live.get().then(|| {
            Interval::new(REFRESH_MS, move || {
                context.room.refresh();
                context.timeline.refresh();
            })
        });
        timer.set_value(ticking);
    });
}

/// The page's, while it is not known which room it is.
fn heading() -> AnyView {
    view! { <h1>"Room"</h1> }.into_any()
}

fn skeleton() -> AnyView {
    view! {
        {heading()}
        <p class="visually-hidden" role="status">"Loading"</p>
        <div class="skeleton" aria-hidden="true"></div>
    }
    .into_any()
}
