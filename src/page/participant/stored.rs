//! What is stored of a participant, as the call that the views show.

use crate::erased::effect;
use crate::markup::*;
use crate::model::{Call, Tagged, Told};
use crate::stored::{
    Asked, Event, Happening, Intervals, Participant, Progress, Room, Shelf, has_failed, is_waiting,
};

use super::happened;

/// A participant, what was measured of them, and what happened to them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    pub(super) about: Asked<Participant>,
    pub(super) intervals: Asked<Intervals>,
    pub(super) events: Asked<Vec<Event>>,
    /// The same as the live page has it.
    pub(super) call: RwSignal<Call>,
    /// The sid of whose call it is; `None` until all of it is there.
    pub(super) told: RwSignal<Option<String>>,
    room: Asked<Room>,
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
            told: RwSignal::new(None),
            room,
        };
        effect(move || {
            if let Some((sid, call)) = this.tell() {
                this.call.set(call);
                this.told.set(Some(sid));
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

    /// How all that was asked for stands.
    pub(super) fn progress(self) -> Vec<Progress> {
        vec![
            self.about.progress(),
            self.room.progress(),
            self.intervals.progress(),
            self.events.progress(),
        ]
    }

    /// Whose call it is and the call, once all is there. Tracks.
    fn tell(self) -> Option<(String, Call)> {
        // Until then some of it may be of whoever was asked for before.
        let all = self.progress();
        if is_waiting(&all) || has_failed(&all) {
            return None;
        }
        let room = self.room;
        let (is_live, own, tags) = self.about.read(|it| {
            let tags = it.issues.iter().map(|tag| Tagged {
                name: tag.kind.clone(),
                tracks: tag.tracks.clone(),
                threshold: tag.threshold,
            });
            (it.is_live, it.sid.clone(), tags.collect::<Vec<_>>())
        })?;
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
            tags,
            happened: Vec::new(),
            labels,
            is_over: !is_live,
        })?;
        let mut call = Call::told(told);
        call.happened = room.read(|room| happened::lanes(&events, &call, room, &own))?;
        Some((own, call))
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
