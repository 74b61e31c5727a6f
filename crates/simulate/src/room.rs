//! A room: who is in it, when, with what, and what happens.

use callscope_core::wire::{CallEvent, CallEventType, Event, Kind, Participant, Room, RoomType};

use crate::call::{Call, Place};
use crate::clients::Equipment;
use crate::network::{Line, Trouble};
use crate::plan::{Outline, Plan};
use crate::random::{Random, whole};
use crate::received::{Connection, Remote};
use crate::totals::length;
use crate::track::{Sender, SentTrack};

/// Of how many others one receives pictures: more are not shown.
const SHOWN: usize = 4;

/// In larger rooms it is not told who comes and goes.
const TOLD: u32 = 10;

const NAMES: [&str; 16] = [
    "standup",
    "consultation",
    "interview",
    "support",
    "lesson",
    "checkup",
    "planning",
    "review",
    "onboarding",
    "therapy",
    "tutoring",
    "demo",
    "retro",
    "handover",
    "viewing",
    "class",
];
const PEOPLE: [&str; 24] = [
    "amara", "bjorn", "chen", "dalia", "emre", "fatima", "goran", "hana", "ines", "jonas", "kavya",
    "liam", "mei", "noor", "oskar", "priya", "quinn", "rosa", "sven", "tariq", "uma", "victor",
    "wanda", "yusuf",
];

/// One of a room, before their calls are made.
struct Member {
    sid: String,
    identity: Option<String>,
    joins: i64,
    leaves: i64,
    equipment: Equipment,
    tracks: Remote,
    screen: Option<String>,
}

/// When a room is recorded.
type Recording = Option<(i64, Option<i64>)>;

/// The calls of a room.
pub(crate) fn calls(plan: &Plan, outline: &Outline) -> Vec<Call> {
    // Another time is another call: it has other names.
    let names = [2, u64::from(outline.number), outline.start.unsigned_abs()];
    let mut random = Random::of(plan.seed, &names);
    let r#type = room_type(outline.size, &mut random);
    let room = room(outline, r#type, &mut random);
    let median = if outline.size > 12 {
        46.0
    } else if outline.size > 2 {
        27.0
    } else {
        17.0
    };
    let lasts = random
        .log_normal(median * 60_000.0, 0.75)
        .clamp(60_000.0, 4.0 * 3_600_000.0);
    let end = outline.start + whole(lasts);
    let trouble = Trouble::of_room(&mut random);
    let recording = recording(r#type, outline.start, lasts, &mut random);
    let members: Vec<Member> = (0..outline.size)
        .filter_map(|place| member(outline, place, end, &mut random))
        .collect();
    let mut calls = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let line = Line::of(
            plan.seed,
            outline.region,
            trouble,
            member.equipment.is_mobile,
            &mut random,
        );
        let others: Vec<&Member> = members
            .iter()
            .enumerate()
            .filter(|(it, _)| *it != place)
            .map(|(_, it)| it)
            .collect();
        for (from, to) in attachments(member, &mut random) {
            let place = Place {
                room: room.clone(),
                participant: Participant {
                    sid: Some(member.sid.clone()),
                    identity: member.identity.clone(),
                },
                client: member.equipment.client.clone(),
                from,
                to,
            };
            let sender = sender(member, &mut random);
            let tracks = tracks(member, r#type, (from, to), sender, &mut random);
            let connections = connections(r#type, member, &others);
            let mut events = recorded(recording, from, to);
            if outline.size <= TOLD {
                events.extend(company(&others, from, to));
            }
            calls.push(Call::new(
                plan,
                place,
                (line.clone(), tracks, connections),
                events,
                &mut random,
            ));
        }
    }
    calls
}

fn room_type(size: u32, random: &mut Random) -> RoomType {
    use RoomType::{Go, Group, GroupSmall, PeerToPeer};
    let types: &[(f64, RoomType)] = match size {
        0..=2 => &[
            (25.0, Go),
            (18.0, PeerToPeer),
            (20.0, GroupSmall),
            (37.0, Group),
        ],
        3..=4 => &[(12.0, PeerToPeer), (28.0, GroupSmall), (60.0, Group)],
        5..=10 => &[(4.0, PeerToPeer), (96.0, Group)],
        _ => &[(1.0, Group)],
    };
    random.pick(types).copied().unwrap_or(Group)
}

fn room(outline: &Outline, r#type: RoomType, random: &mut Random) -> Room {
    let name = NAMES
        .get(random.below(16) as usize)
        .copied()
        .unwrap_or("room");
    Room {
        sid: Some(random.sid("RM")),
        name: Some(format!("{name}-{}", outline.number)),
        r#type: Some(r#type),
    }
}

fn recording(r#type: RoomType, start: i64, lasts: f64, random: &mut Random) -> Recording {
    let can_be = matches!(r#type, RoomType::Group | RoomType::GroupSmall);
    if !can_be || !random.chance(0.14) {
        return None;
    }
    let from = if random.chance(0.7) {
        0.0
    } else {
        lasts * random.between(0.0, 0.4)
    };
    let to = random
        .chance(0.4)
        .then(|| start + whole(lasts * random.between(0.6, 0.98)));
    Some((start + whole(from), to))
}

fn member(outline: &Outline, place: u32, end: i64, random: &mut Random) -> Option<Member> {
    let lasts = length(end - outline.start);
    let late = if place == 0 {
        0.0
    } else {
        random.exponential(100_000.0).min(lasts * 0.7)
    };
    let joins = outline.start + whole(late);
    let early = if random.chance(0.82) {
        random.between(0.0, 8_000.0)
    } else {
        random.between(0.0, 0.6) * length(end - joins)
    };
    let equipment = Equipment::of(random)?;
    let camera = if outline.size > 12 { 0.35 } else { 0.88 };
    let name = PEOPLE
        .get(random.below(24) as usize)
        .copied()
        .unwrap_or("guest");
    let number = random.below(10_000);
    Some(Member {
        sid: random.sid("PA"),
        identity: random.chance(0.97).then(|| format!("{name}-{number}")),
        joins,
        leaves: (end - whole(early)).max(joins + 15_000),
        tracks: Remote {
            audio: random.chance(0.97).then(|| random.sid("MT")),
            video: random.chance(camera).then(|| random.sid("MT")),
        },
        screen: (!equipment.is_mobile && random.chance(0.07)).then(|| random.sid("MT")),
        equipment,
    })
}

/// From when to when: who reloads the page is there twice.
fn attachments(member: &Member, random: &mut Random) -> Vec<(i64, i64)> {
    let lasts = length(member.leaves - member.joins);
    if lasts < 180_000.0 || !random.chance(0.015) {
        return vec![(member.joins, member.leaves)];
    }
    let reload = member.joins + whole(lasts * random.between(0.2, 0.8));
    let back = reload + whole(random.between(3_000.0, 20_000.0));
    vec![(member.joins, reload), (back, member.leaves)]
}

fn sender(member: &Member, random: &mut Random) -> Sender {
    Sender {
        engine: member.equipment.engine,
        is_mobile: member.equipment.is_mobile,
        is_slow: random.chance(if member.equipment.is_mobile {
            0.05
        } else {
            0.025
        }),
        is_silent: random.chance(0.012),
    }
}

fn tracks(
    member: &Member,
    r#type: RoomType,
    (from, to): (i64, i64),
    sender: Sender,
    random: &mut Random,
) -> Vec<SentTrack> {
    let mut tracks = Vec::new();
    if let Some(sid) = &member.tracks.audio {
        let kind = (Kind::Audio, false, false);
        tracks.push(SentTrack::new(
            sid.clone(),
            (from, to),
            kind,
            sender,
            random,
        ));
    }
    if let Some(sid) = &member.tracks.video {
        let is_simulcast = r#type == RoomType::Group
            && sender.engine == crate::clients::Engine::Chromium
            && !sender.is_mobile;
        let kind = (Kind::Video, false, is_simulcast);
        tracks.push(SentTrack::new(
            sid.clone(),
            (from, to),
            kind,
            sender,
            random,
        ));
    }
    if let Some(sid) = &member.screen {
        let lasts = length(to - from);
        let start = from + whole(lasts * random.between(0.1, 0.5));
        let end = start + whole(length(to - start) * random.between(0.2, 1.0));
        let kind = (Kind::Video, true, false);
        tracks.push(SentTrack::new(
            sid.clone(),
            (start, end),
            kind,
            sender,
            random,
        ));
    }
    tracks
}

fn connections(r#type: RoomType, member: &Member, others: &[&Member]) -> Vec<Connection> {
    let engine = member.equipment.engine;
    let is_direct = matches!(r#type, RoomType::PeerToPeer | RoomType::Go);
    if is_direct && others.len() > 1 {
        let each = others.iter().zip(1_u32..);
        return each
            .map(|(other, number)| {
                Connection::new(
                    format!("pc{number}"),
                    engine,
                    std::slice::from_ref(&other.tracks),
                )
            })
            .collect();
    }
    let shown: Vec<Remote> = others
        .iter()
        .take(SHOWN)
        .map(|it| it.tracks.clone())
        .collect();
    vec![Connection::new("pc1".to_owned(), engine, &shown)]
}

/// What one is told of a recording: who comes while it goes on is told so at once.
fn recorded(recording: Recording, from: i64, to: i64) -> Vec<Event> {
    let Some((start, end)) = recording else {
        return Vec::new();
    };
    let is_over = end.is_some_and(|end| end <= from);
    if is_over || start >= to {
        return Vec::new();
    }
    let mut events = vec![happened(
        CallEventType::RecordingStarted,
        start.max(from),
        None,
    )];
    if let Some(end) = end.filter(|end| *end < to) {
        events.push(happened(CallEventType::RecordingStopped, end, None));
    }
    events
}

/// Who comes and goes while one is there.
fn company(others: &[&Member], from: i64, to: i64) -> Vec<Event> {
    let each = others.iter().flat_map(|other| {
        [
            (CallEventType::ParticipantConnected, other.joins),
            (CallEventType::ParticipantDisconnected, other.leaves),
        ]
        .map(|(r#type, at)| happened(r#type, at, Some(other.sid.clone())))
    });
    each.filter(|event| (from + 1..to).contains(&event.at()))
        .collect()
}

pub(crate) fn happened(r#type: CallEventType, at: i64, participant: Option<String>) -> Event {
    Event::Call(CallEvent {
        r#type,
        at,
        code: None,
        reason: None,
        participant,
        track: None,
        level: None,
    })
}
