//! What is stored of a participant, as the call that the views show.

use crate::erased::effect;
use crate::markup::*;
use crate::model::{Call, Told};
use crate::stored::{Asked, Event, Happening, Intervals, Participant, Room, Shelf};

use super::happened;

/// A participant, what was measured of them, and what happened to them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    pub(super) about: Asked<Participant>,
    pub(super) intervals: Asked<Intervals>,
    pub(super) events: Asked<Vec<Event>>,
    /// The same as the live page has it.
    pub(super) call: RwSignal<Call>,
}

impl Stored {
    /// What is stored of the participant that `sid` says; nothing is asked while it says none.
    pub(super) fn new(
        shelf: Shelf,
        room_sid: &str,
        room: Asked<Room>,
        sid: impl Fn() -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let sid = Memo::new(move |_| sid());
        let room_sid = StoredValue::new(room_sid.to_owned());
        let path = move |below: &'static str| {
            move || {
                let sid = sid.get()?;
                Some(shelf.participant(&room_sid.get_value(), &sid, below))
            }
        };
        let this = Self {
            about: Asked::new(path(""), Participant::read),
            intervals: Asked::new(path("/intervals"), Intervals::read),
            events: Asked::new(path("/events"), Event::read_events),
            call: RwSignal::default(),
        };
        effect(move || {
            if let Some(call) = this.tell(room) {
                this.call.set(call);
            }
        });
        this
    }

    /// Asks for what has become of it.
    pub(super) fn refresh(self) {
        self.about.refresh();
        self.intervals.refresh();
        self.events.refresh();
    }

    /// The call, once all is there. Tracks.
    fn tell(self, room: Asked<Room>) -> Option<Call> {
        let (is_live, own) = self.about.read(|it| (it.is_live, it.sid.clone()))?;
        let labels = room.read(|room| whose_tracks(room, &own))?;
        let events = self.events.read(Clone::clone)?;
        let found = events.iter().filter_map(|event| match &event.what {
            Happening::Found(found) => Some(found.clone()),
            Happening::Call { .. } => None,
        });
        let told = self.intervals.read(|it| Told {
            intervals: it.intervals.clone(),
            names: it.names.clone(),
            found: found.collect(),
            happened: Vec::new(),
            labels,
            is_over: !is_live,
        })?;
        let mut call = Call::told(told);
        call.happened = room.read(|room| happened::lanes(&events, &call, room, &own))?;
        Some(call)
    }
}

/// Whose the tracks of the others are.
fn whose_tracks(room: &Room, own: &str) -> Vec<(String, String)> {
    let others = room.participants.iter().filter(|it| it.sid != own);
    let of = |it: &Participant| {
        let title = it.title().to_owned();
        let tracks = it.tracks.clone().into_iter();
        tracks
            .map(|track| (track, title.clone()))
            .collect::<Vec<_>>()
    };
    others.flat_map(of).collect()
}
