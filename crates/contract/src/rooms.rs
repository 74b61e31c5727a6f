//! Rooms are found and counted.

use super::*;

pub async fn rooms_are_found_by_each_filter<H: History + ?Sized + 'static>(store: Arc<H>) {
    let mut batches = Vec::new();
    for number in 0..10_u32 {
        let mut call = Call::new(number, &format!("RM{number}"));
        call.start = MONDAY + i64::from(number) * 60_000;
        call.room["type"] =
            json!(["group", "go", "peer_to_peer", "group_small"][number as usize % 4]);
        let issues = if number < 3 {
            json!([loss("MT")])
        } else {
            json!([])
        };
        batches.push(call.last(0, &issues));
    }
    record(&store, &batches).await;
    let mut opus = Call::new(99, "RM99").json(0);
    opus["intervals"][0]["codec"] = json!("audio/opus (111, minptime=10)");
    opus["started_at"] = json!(MONDAY - 1);
    record(&store, &[read(opus)]).await;
    let ask = async |query: RoomQuery| -> Vec<String> {
        let query = RoomQuery {
            limit: 100,
            ..query
        };
        let page = store.rooms(&account('a'), query).await.unwrap();
        page.rooms.into_iter().map(|(_, sid, _)| sid).collect()
    };
    let all: Vec<String> = (0..10)
        .rev()
        .map(|it| format!("RM{it}"))
        .chain(["RM99".to_owned()])
        .collect();
    assert_eq!(ask(RoomQuery::default()).await, all);
    let types = vec![RoomType::Go, RoomType::PeerToPeer];
    assert_eq!(
        ask(RoomQuery {
            types,
            ..RoomQuery::default()
        })
        .await,
        ["RM9", "RM6", "RM5", "RM2", "RM1"]
    );
    let codecs = Codecs::named("opus").unwrap();
    assert_eq!(
        ask(RoomQuery {
            codecs,
            ..RoomQuery::default()
        })
        .await,
        ["RM99"]
    );
    let name = Some("name of RM4".to_owned());
    assert_eq!(
        ask(RoomQuery {
            name,
            ..RoomQuery::default()
        })
        .await,
        ["RM4"]
    );
    for (search, found) in [
        ("name of RM4", &["RM4"][..]),
        ("RM4", &["RM4"]),
        ("RM9", &["RM9", "RM99"]),
        ("name of RM9", &["RM9", "RM99"]),
        ("RM999", &[]),
        ("rm4", &[]),
        ("ame", &[]),
        ("%", &[]),
    ] {
        let search = Some(search.to_owned());
        let query = RoomQuery {
            search,
            ..RoomQuery::default()
        };
        assert_eq!(ask(query).await, found);
    }
    let query = RoomQuery {
        search: Some("name".to_owned()),
        issues: Some(IssueFilter::With),
        created_before: Some(MONDAY + 60_001),
        ..RoomQuery::default()
    };
    assert_eq!(ask(query).await, ["RM1", "RM0"]);
    let created_after = Some(MONDAY + 480_000);
    assert_eq!(
        ask(RoomQuery {
            created_after,
            ..RoomQuery::default()
        })
        .await,
        ["RM9", "RM8"]
    );
    let created_before = Some(MONDAY + 60_000);
    assert_eq!(
        ask(RoomQuery {
            created_before,
            ..RoomQuery::default()
        })
        .await,
        ["RM0", "RM99"]
    );
    for (issues, expected) in [
        (IssueFilter::With, 3),
        (IssueFilter::Without, 8),
        (IssueFilter::Any(1), 3),
        (IssueFilter::Any(2), 0),
    ] {
        let issues = Some(issues);
        assert_eq!(
            ask(RoomQuery {
                issues,
                ..RoomQuery::default()
            })
            .await
            .len(),
            expected
        );
    }
    let search = Some("' OR 1=1 --".to_owned());
    assert!(
        ask(RoomQuery {
            search,
            ..RoomQuery::default()
        })
        .await
        .is_empty()
    );
}

pub async fn pages_go_on_and_back<H: History + ?Sized + 'static>(store: Arc<H>) {
    let batches: Vec<Batch> = (0..7)
        .map(|number| Call::new(number, &format!("RM{number}")).batch(0))
        .collect();
    // All at the same time: then it is the store's number that orders them.
    record(&store, &batches).await;
    let ask = async |from: PageFrom| {
        let query = RoomQuery {
            from,
            limit: 3,
            ..RoomQuery::default()
        };
        let page = store.rooms(&account('a'), query).await.unwrap();
        let sids: Vec<String> = page.rooms.iter().map(|room| room.1.clone()).collect();
        let cursors: Vec<Cursor> = page.rooms.iter().map(|room| room.0).collect();
        (sids, cursors, page.has_more)
    };
    let (first, cursors, has_more) = ask(PageFrom::Start).await;
    assert!(has_more && first.len() == 3);
    let (second, next, has_more) = ask(PageFrom::After(cursors[2])).await;
    assert!(has_more && second.len() == 3);
    let (third, _, has_more) = ask(PageFrom::After(next[2])).await;
    assert!(!has_more && third.len() == 1);
    let mut all = [first.clone(), second.clone(), third.clone()].concat();
    all.sort();
    assert_eq!(all, (0..7).map(|it| format!("RM{it}")).collect::<Vec<_>>());
    let (back, _, has_more) = ask(PageFrom::Before(next[0])).await;
    assert_eq!(back, first);
    assert!(!has_more);
    assert_eq!(ask(PageFrom::Offset(6)).await.0, third);
}

pub async fn roll_ups_are_what_the_rooms_say<H: History + ?Sized + 'static>(store: Arc<H>) {
    let mut batches = Vec::new();
    for number in 0..6_u32 {
        let mut call = Call::new(number, if number < 4 { "RM1" } else { "RM2" });
        call.start = MONDAY + HOUR_MS - 45_000;
        batches.push(call.batch(0));
        batches.push(call.with_events(
            1,
            &json!([
                recording(call.start + 30_000, true),
                recording(call.start + 50_000, false)
            ]),
        ));
        let issues = if number == 5 {
            json!([loss("MT5")])
        } else {
            json!([])
        };
        batches.push(call.last(2, &issues));
    }
    record(&store, &batches).await;
    let hour = MONDAY / HOUR_MS;
    let all = store
        .roll_ups(&account('a'), all_of(Segment::Browser))
        .await
        .unwrap();
    let mut rooms = all.rooms;
    rooms.sort();
    assert_eq!(rooms, [(hour, false, 1), (hour, true, 1)]);
    let mut participants = all.participants;
    participants.sort();
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(
        participants,
        [
            (hour, named("Chrome"), 3, 0),
            (hour, named("Firefox"), 3, 1)
        ]
    );
    let mut time = all.time;
    time.sort();
    assert_eq!(
        time,
        [
            (hour, 6 * 45_000, 6 * 15_000),
            (hour + 1, 6 * 45_000, 6 * 5_000)
        ]
    );
    let ask = async |query: RollUpQuery| store.roll_ups(&account('a'), query).await.unwrap();
    let unknown = ask(all_of(Segment::DeviceManufacturer)).await;
    assert_eq!(unknown.participants, [(hour, None, 6, 1)]);
    let later = ask(RollUpQuery {
        from: hour + 1,
        ..all_of(Segment::All)
    })
    .await;
    assert_eq!(
        (
            later.rooms.len(),
            later.participants.len(),
            later.time.len()
        ),
        (0, 0, 1)
    );
    let go = ask(RollUpQuery {
        types: vec![RoomType::Go],
        ..all_of(Segment::All)
    })
    .await;
    assert_eq!(go, RollUps::default());
}

pub async fn the_type_of_a_room_decides_once_it_is_known<H: History + ?Sized + 'static>(
    store: Arc<H>,
) {
    let hour = MONDAY / HOUR_MS;
    let untyped = |number| {
        let mut call = Call::new(number, "RM1");
        call.room["type"] = json!(null);
        call
    };
    // Two who do not tell come first, then one who does, then one more who does not.
    record(&store, &[untyped(1).batch(0), untyped(2).batch(0)]).await;
    let mut go = Call::new(3, "RM1");
    go.room["type"] = json!("go");
    go.start += 1_000;
    record(
        &store,
        &[go.batch(0), untyped(4).batch(0), untyped(1).batch(1)],
    )
    .await;
    record(&store, &[untyped(2).last(1, &json!([loss("MT2")]))]).await;
    let found = room(&store, "RM1").await.unwrap();
    assert!(
        found
            .participants
            .iter()
            .all(|it| it.room_type == Some(RoomType::Go))
    );
    let all = store
        .roll_ups(&account('a'), all_of(Segment::All))
        .await
        .unwrap();
    let only_go = RollUpQuery {
        types: vec![RoomType::Go],
        ..all_of(Segment::All)
    };
    assert_eq!(store.roll_ups(&account('a'), only_go).await.unwrap(), all);
    assert_eq!(all.rooms, [(hour, true, 1)]);
    assert_eq!(all.participants, [(hour, None, 4, 1)]);
    assert_eq!(all.time, [(hour, 6 * 30_000, 0)]);
    // All of it is kept for as long as of a `go` room.
    let after = MONDAY + 3 * 24 * HOUR_MS;
    let before = Before {
        rooms: after - 7 * 24 * HOUR_MS,
        go_rooms: after - 2 * 24 * HOUR_MS,
        roll_ups: after - 14 * 24 * HOUR_MS,
    };
    assert_eq!(store.purge(before).await.unwrap().sessions, 4);
    let left = store
        .roll_ups(&account('a'), all_of(Segment::All))
        .await
        .unwrap();
    assert_eq!(left, RollUps::default());
}

pub async fn a_batch_costs_the_same_in_a_large_room<H: History + ?Sized + 'static>(store: Arc<H>) {
    const HUNDREDS: usize = 10;
    let mut typical = Vec::new();
    for hundred in 0..HUNDREDS {
        let mut times = Vec::new();
        for number in 0..100 {
            let number = u32::try_from(hundred * 100 + number).unwrap();
            let call = Call::new(number, "RM1");
            // New, changed, and longer.
            let issue = call.with_events(1, &json!([change("MT1", MONDAY + 33_000, true)]));
            let batches = [call.batch(0), issue, call.batch(2)];
            let begun = std::time::Instant::now();
            record(&store, &batches).await;
            times.push(begun.elapsed() / 3);
        }
        // Of a quarter of them a machine that is busy took nothing.
        times.sort();
        typical.push(times[times.len() / 4]);
    }
    println!("a batch in a room of 100, 200, … participants: {typical:.1?}");
    assert!(typical[HUNDREDS - 1] < 3 * typical[0], "{typical:?}");
    let found = room(&store, "RM1").await.unwrap();
    assert_eq!(found.participants.len(), HUNDREDS * 100);
}

pub async fn rooms_are_found_among_many<H: History + ?Sized + 'static>(store: Arc<H>) {
    const MANY: u32 = 5200;
    let mut waiting = Vec::new();
    for number in 0..MANY {
        let mut call = Call::new(number, &format!("RM{number:04}"));
        call.start = MONDAY + i64::from(number);
        let mut batch = call.json(0);
        batch["intervals"] = json!([]);
        let (store, batch) = (Arc::clone(&store), read(batch));
        waiting.push(tokio::spawn(async move {
            store.record(&account('a'), batch).await
        }));
    }
    for recorded in waiting {
        recorded.await.unwrap().unwrap();
    }
    let ask = async |search: &str, from: PageFrom| {
        let query = RoomQuery {
            search: Some(search.to_owned()),
            from,
            limit: 3,
            ..RoomQuery::default()
        };
        let page = store.rooms(&account('a'), query).await.unwrap();
        let last = page.rooms.last().map(|room| room.0);
        let sids: Vec<String> = page.rooms.into_iter().map(|room| room.1).collect();
        (sids, last, page.has_more)
    };
    // The newest first, of however many.
    for (search, first, second) in [
        (
            "RM",
            ["RM5199", "RM5198", "RM5197"],
            ["RM5196", "RM5195", "RM5194"],
        ),
        (
            "name of RM",
            ["RM5199", "RM5198", "RM5197"],
            ["RM5196", "RM5195", "RM5194"],
        ),
        (
            "RM012",
            ["RM0129", "RM0128", "RM0127"],
            ["RM0126", "RM0125", "RM0124"],
        ),
        (
            "name of RM3",
            ["RM3999", "RM3998", "RM3997"],
            ["RM3996", "RM3995", "RM3994"],
        ),
    ] {
        let (sids, last, has_more) = ask(search, PageFrom::Start).await;
        assert_eq!((&sids[..], has_more), (&first.map(str::to_owned)[..], true));
        let (sids, _, _) = ask(search, PageFrom::After(last.unwrap())).await;
        assert_eq!(sids, second);
    }
    assert_eq!(ask("RM0001", PageFrom::Start).await.0, ["RM0001"]);
    assert!(ask("RM6", PageFrom::Start).await.0.is_empty());
}

/// What a room is sorted by, as its sessions say.
fn sorted_by(sort: RoomSort, room: &Room) -> i64 {
    let with_issues = room.participants.iter().filter(|it| it.tags().any());
    let length = |length: usize| i64::try_from(length).unwrap();
    match sort {
        RoomSort::CreatedAt => room.facts.created_at,
        RoomSort::Duration => room.until() - room.facts.created_at,
        RoomSort::Participants => length(room.participants.len()),
        RoomSort::ParticipantsWithIssues => length(with_issues.count()),
    }
}

/// Every order of the rooms, by pages of three, there and back, is the one that their sessions say.
pub async fn check_orders<H: History + ?Sized>(store: &Arc<H>) {
    let query = |sort, ascending, from, limit| RoomQuery {
        sort,
        ascending,
        from,
        limit,
        count: true,
        ..RoomQuery::default()
    };
    for sort in RoomSort::ALL {
        for ascending in [false, true] {
            let whole = query(sort, ascending, PageFrom::Start, 1000);
            let whole = store.rooms(&account('a'), whole).await.unwrap();
            let rooms = whole.rooms.iter();
            let values: Vec<i64> = rooms
                .map(|(_, sid, sessions)| sorted_by(sort, &Room::of(sid, sessions).unwrap()))
                .collect();
            let mut expected = values.clone();
            expected.sort_by_key(|value| if ascending { *value } else { -value });
            assert_eq!(values, expected, "{sort:?}");
            assert!(values.iter().any(|it| *it != values[0]), "{sort:?}");
            assert_eq!(whole.total, Some(values.len()));
            let mut from = PageFrom::Start;
            let mut pages = Vec::new();
            loop {
                let page = query(sort, ascending, from, 3);
                let page = store.rooms(&account('a'), page).await.unwrap();
                from = PageFrom::After(page.rooms.last().unwrap().0);
                pages.push(page.rooms);
                if !page.has_more {
                    break;
                }
            }
            assert_eq!(pages.concat(), whole.rooms, "{sort:?}");
            for pair in pages.windows(2) {
                let back = query(sort, ascending, PageFrom::Before(pair[1][0].0), 3);
                let back = store.rooms(&account('a'), back).await.unwrap();
                assert_eq!(back.rooms, pair[0], "{sort:?}");
            }
        }
    }
}

pub async fn rooms_are_sorted_by_each<H: History + ?Sized + 'static>(store: Arc<H>) {
    let mut number = 0;
    for room in 0..8_u32 {
        for participant in 0..=room % 3 {
            let mut call = Call::new(number, &format!("RM{room}"));
            call.start = MONDAY + i64::from(room / 2) * 60_000;
            let seq = (room * 5 + participant) % 7;
            // Some end, with issues or without; some go on.
            let batch = match (room + participant) % 3 {
                0 => call.batch(seq),
                1 => call.last(seq, &json!([loss("MT")])),
                _ => call.last(seq, &json!([])),
            };
            record(&store, &[batch]).await;
            number += 1;
        }
    }
    check_orders(&store).await;
    // Those that go on are longer, some are over; one began before, and one comes to have been over sooner than it was known to begin.
    record(&store, &[Call::new(0, "RM0").batch(9)]).await;
    let last = Call::new(number - 1, "RM7");
    record(
        &store,
        &[last.batch(12), begun_earlier(&last, 13, MONDAY - 90_000)],
    )
    .await;
    check_orders(&store).await;
    let odd = Call::new(99, "RM3");
    let mut over: serde_json::Value = serde_json::to_value(odd.last(0, &json!([]))).unwrap();
    over["final"]["ended_at"] = json!(MONDAY - 30_000);
    record(
        &store,
        &[read(over), begun_earlier(&odd, 1, MONDAY - 50_000)],
    )
    .await;
    check_orders(&store).await;
    let go = RoomQuery {
        types: vec![RoomType::Go],
        count: true,
        limit: 1,
        ..RoomQuery::default()
    };
    assert_eq!(store.rooms(&account('a'), go).await.unwrap().total, Some(0));
}
