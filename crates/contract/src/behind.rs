//! Rooms are found by who was in them.

use callscope_insights::history::{ParticipantQuery, Uses};

use super::*;

/// The values that are asked for one by one: some are used, some are not, one has a quote in it.
const VALUES: [Option<&str>; 6] = [
    None,
    Some("Chrome"),
    Some("Firefox"),
    Some("Win'dows"),
    Some("%"),
    Some("twilio-video"),
];

/// Somebody who uses a browser, on a system, at a time.
fn call(number: u32, room: &str, minutes: i64, client: &serde_json::Value) -> Call {
    let mut call = Call::new(number, room);
    call.start = MONDAY + minutes * 60_000;
    call.client = client.clone();
    call
}

fn client(browser: Option<&str>, os: Option<&str>) -> serde_json::Value {
    json!({
        "os": {"name": os, "version": null},
        "browser": {"name": browser, "version": null},
        "device": {"manufacturer": null, "model": null},
        "sdk": {"name": "twilio-video", "version": "2.34.0"},
        "module": "0.1.0",
    })
}

async fn found<H: History + ?Sized>(store: &Arc<H>, query: RoomQuery) -> Vec<String> {
    let query = RoomQuery {
        limit: 1000,
        ..query
    };
    let page = store.rooms(&account('a'), query.clone()).await.unwrap();
    if query.count {
        assert_eq!(page.total, Some(page.rooms.len()));
    }
    page.rooms.into_iter().map(|(_, sid, _)| sid).collect()
}

fn with(participant: ParticipantQuery) -> RoomQuery {
    RoomQuery {
        // It is counted as it is found.
        count: participant.joined_after.is_some(),
        participant: Some(participant),
        ..RoomQuery::default()
    }
}

fn uses(segment: Segment, values: &[Option<&str>], is_other: bool) -> Option<Uses> {
    Some(Uses {
        segment,
        values: values.iter().map(|it| it.map(str::to_owned)).collect(),
        is_other,
    })
}

/// Whatever is asked of participants, the rooms are those that the model has with such a one.
pub async fn check_participants<H: History + ?Sized>(store: &Arc<H>) {
    let all = store.rooms(&account('a'), everything()).await.unwrap();
    let rooms: Vec<Room> = all
        .rooms
        .iter()
        .filter_map(|(_, sid, sessions)| Room::of(sid, sessions))
        .collect();
    let mut queries = Vec::new();
    for (segment, has_issues, others) in [
        (Segment::Browser, None, &[false, true][..]),
        (Segment::Browser, Some(true), &[false]),
        (Segment::OperatingSystem, Some(false), &[true]),
        (Segment::DeviceManufacturer, None, &[false]),
        (Segment::Sdk, None, &[false]),
    ] {
        for (value, is_other) in VALUES
            .iter()
            .flat_map(|it| others.iter().map(move |o| (*it, *o)))
        {
            queries.push(ParticipantQuery {
                uses: uses(segment, &[value], is_other),
                has_issues,
                ..ParticipantQuery::default()
            });
        }
    }
    let joined: Vec<i64> = rooms
        .iter()
        .flat_map(|room| room.participants.iter().map(|it| it.joined_at))
        .collect();
    // Of many, some.
    let each = joined.len().div_ceil(6).max(1);
    for at in joined.into_iter().step_by(each) {
        let chrome = || uses(Segment::Browser, &[Some("Chrome"), None], false);
        for (after, before, uses) in [
            (Some(at), Some(at + 1), None),
            (Some(at), Some(at + 1), chrome()),
            (None, Some(at), chrome()),
            (Some(at), None, None),
        ] {
            queries.push(ParticipantQuery {
                joined_after: after,
                joined_before: before,
                uses,
                has_issues: None,
            });
        }
    }
    for query in queries {
        let has = |room: &&Room| room.participants.iter().any(|it| query.matches(it));
        let expected: Vec<&String> = rooms.iter().filter(has).map(|room| &room.sid).collect();
        let found = found(store, with(query.clone())).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
    }
}

pub async fn rooms_are_found_by_who_was_in_them<H: History + ?Sized + 'static>(store: Arc<H>) {
    let chrome = client(Some("Chrome"), Some("Win'dows"));
    let firefox = client(Some("Firefox"), None);
    let strange = client(None, None);
    let none = json!([]);
    record(
        &store,
        &[
            call(1, "RM1", 0, &chrome).last(0, &json!([loss("MT1")])),
            call(2, "RM1", 90, &firefox).last(0, &none),
            call(3, "RM2", 60, &chrome).last(0, &none),
            call(4, "RM2", 61, &strange).last(0, &json!([loss("MT4")])),
            call(5, "RM3", 120, &firefox).batch(0),
            call(6, "RM4", 120, &json!(null)).batch(0),
        ],
    )
    .await;
    let browser = |values: &[Option<&str>], is_other| ParticipantQuery {
        uses: uses(Segment::Browser, values, is_other),
        ..ParticipantQuery::default()
    };
    let chrome = || browser(&[Some("Chrome")], false);
    assert_eq!(found(&store, with(chrome())).await, ["RM2", "RM1"]);
    let either = browser(&[Some("Chrome"), Some("Firefox")], false);
    assert_eq!(found(&store, with(either)).await, ["RM3", "RM2", "RM1"]);
    assert_eq!(
        found(&store, with(browser(&[None], false))).await,
        ["RM4", "RM2"]
    );
    let other = browser(&[Some("Chrome"), None], true);
    assert_eq!(found(&store, with(other)).await, ["RM3", "RM1"]);
    // The same participant is to be all of it: in the second room it was somebody else who had an issue.
    for (has_issues, expected) in [(true, "RM1"), (false, "RM2")] {
        let query = ParticipantQuery {
            has_issues: Some(has_issues),
            ..chrome()
        };
        assert_eq!(found(&store, with(query)).await, [expected]);
    }
    // Whenever the room was created.
    let late = ParticipantQuery {
        joined_after: Some(MONDAY + 90 * 60_000),
        joined_before: Some(MONDAY + 120 * 60_000),
        ..ParticipantQuery::default()
    };
    assert_eq!(found(&store, with(late.clone())).await, ["RM1"]);
    let both = RoomQuery {
        created_after: Some(MONDAY + 1),
        ..with(late)
    };
    assert_eq!(found(&store, both).await, [""; 0]);
    let both = RoomQuery {
        issues: Some(IssueFilter::Without),
        search: Some("RM".to_owned()),
        types: vec![RoomType::Group],
        ..with(browser(&[Some("Firefox")], false))
    };
    assert_eq!(found(&store, both).await, ["RM3"]);
    check_participants(&store).await;
}

pub async fn who_was_there_is_as_they_came_to_be<H: History + ?Sized + 'static>(store: Arc<H>) {
    record(&store, &story()).await;
    check_participants(&store).await;
    let (chrome, firefox) = (client(Some("Chrome"), None), client(Some("Firefox"), None));
    // Nobody tells what they use, then they do; an earlier session of the same person uses something else, and tells nothing at first.
    let later = call(20, "RM5", 5, &json!(null));
    let mut first = call(21, "RM5", 3, &json!(null));
    first.participant = later.participant.clone();
    record(&store, &[later.batch(1), first.batch(1)]).await;
    let told = call(20, "RM5", 5, &chrome);
    record(&store, &[told.batch(2)]).await;
    // What they use is what their first session says, which says nothing yet.
    let query = || {
        with(ParticipantQuery {
            uses: uses(Segment::Browser, &[Some("Chrome")], false),
            joined_after: Some(MONDAY + 180_000),
            ..ParticipantQuery::default()
        })
    };
    assert_eq!(found(&store, query()).await, [""; 0]);
    let mut told = first.clone();
    told.client = firefox.clone();
    record(&store, &[told.batch(2)]).await;
    assert_eq!(found(&store, query()).await, [""; 0]);
    // An earlier batch of theirs says something else: the first word stands.
    told.client = chrome.clone();
    record(&store, &[told.batch(0)]).await;
    assert_eq!(found(&store, query()).await, ["RM5"]);
    check_participants(&store).await;
    // They turn out to have been there earlier, then to have been somewhere else.
    let mut early = told.clone();
    early.room = json!(null);
    record(&store, &[begun_earlier(&early, 5, MONDAY - 7_000)]).await;
    assert_eq!(found(&store, query()).await, [""; 0]);
    check_participants(&store).await;
    let mut nameless = call(22, "RM6", 9, &firefox);
    nameless.room = json!(null);
    record(&store, &[nameless.batch(1)]).await;
    record(&store, &[call(22, "RM5", 9, &firefox).batch(0)]).await;
    check_participants(&store).await;
    // An issue that comes and goes.
    for (seq, raised) in [(3, true), (4, false)] {
        let at = MONDAY + i64::from(seq) * 60_000;
        let batch = told.with_events(seq, &json!([change("MT21", at, raised)]));
        record(&store, &[batch]).await;
        let query = with(ParticipantQuery {
            has_issues: Some(raised),
            joined_before: Some(MONDAY),
            ..ParticipantQuery::default()
        });
        assert!(found(&store, query).await.contains(&"RM5".to_owned()));
    }
    check_participants(&store).await;
    // What is old is found by nobody.
    let before = Before {
        rooms: MONDAY + 24 * HOUR_MS,
        go_rooms: MONDAY + 24 * HOUR_MS,
        roll_ups: MONDAY,
    };
    store.purge(before).await.unwrap();
    let anybody = ParticipantQuery {
        joined_after: Some(0),
        ..ParticipantQuery::default()
    };
    assert_eq!(found(&store, with(anybody)).await, [""; 0]);
}

pub async fn pages_of_rooms_with_somebody_go_on_and_back<H: History + ?Sized + 'static>(
    store: Arc<H>,
) {
    let (chrome, firefox) = (client(Some("Chrome"), None), client(Some("Firefox"), None));
    let batches: Vec<Batch> = (0..30)
        .map(|number| {
            let client = if number % 3 == 0 { &chrome } else { &firefox };
            // Two in each room.
            let room = format!("RM{:02}", number / 2);
            call(number, &room, i64::from(number % 7), client).batch(0)
        })
        .collect();
    record(&store, &batches).await;
    for sort in [RoomSort::CreatedAt, RoomSort::Duration] {
        for ascending in [false, true] {
            let query = |from: PageFrom, limit| RoomQuery {
                sort,
                ascending,
                from,
                limit,
                ..with(ParticipantQuery {
                    uses: uses(Segment::Browser, &[Some("Chrome")], false),
                    joined_before: Some(MONDAY + 5 * 60_000),
                    ..ParticipantQuery::default()
                })
            };
            let ask = async |from, limit| store.rooms(&account('a'), query(from, limit)).await;
            let whole = ask(PageFrom::Start, 1000).await.unwrap().rooms;
            assert!(whole.len() > 4 && whole.len() < 10, "{}", whole.len());
            let mut from = PageFrom::Start;
            let mut pages = Vec::new();
            loop {
                let page = ask(from, 2).await.unwrap();
                from = PageFrom::After(page.rooms.last().unwrap().0);
                pages.push(page.rooms);
                if !page.has_more {
                    break;
                }
            }
            assert_eq!(pages.concat(), whole);
            for pair in pages.windows(2) {
                let back = ask(PageFrom::Before(pair[1][0].0), 2).await.unwrap();
                assert_eq!(back.rooms, pair[0]);
            }
        }
    }
}
