//! Accounts and age.

use super::*;

pub async fn accounts_do_not_see_each_other<H: History + ?Sized + 'static>(store: Arc<H>) {
    let call = Call::new(1, "RM1");
    let batch = call.last(0, &json!([loss("MT1")]));
    record(&store, std::slice::from_ref(&batch)).await;
    let before = all_there_is(&store, &account('a')).await;
    // Another account with the same sids, the same session and the same batch.
    let mut other = call.clone();
    other.participant["identity"] = json!("somebody else");
    other.start += 1_000;
    let recorded = store.record(&account('b'), other.batch(0)).await.unwrap();
    assert_eq!(recorded, Recorded::New);
    assert_eq!(all_there_is(&store, &account('a')).await, before);
    let theirs = store.sessions(&account('b'), "RM1").await.unwrap();
    assert_eq!(
        Room::of("RM1", &theirs).unwrap().participants[0]
            .identity
            .as_deref(),
        Some("somebody else")
    );
    assert_eq!(
        store.summary(&account('b'), &theirs[0]).await.unwrap(),
        None
    );
    assert!(
        store
            .sessions(&account('c'), "RM1")
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .intervals(&account('c'), &theirs[0])
            .await
            .unwrap()
            .is_empty()
    );
    let counted = RoomQuery {
        count: true,
        ..everything()
    };
    let none = store.rooms(&account('c'), counted).await.unwrap();
    assert_eq!((none.rooms.len(), none.total), (0, Some(0)));
    assert_eq!(
        store
            .roll_ups(&account('c'), all_of(Segment::All))
            .await
            .unwrap(),
        RollUps::default()
    );
}

pub async fn purging_keeps_what_is_to_be_kept<H: History + ?Sized + 'static>(store: Arc<H>) {
    const DAY: i64 = 86_400_000;
    let mut batches = Vec::new();
    for (number, days, kind) in [
        (1, 15, "group"),
        (2, 8, "group"),
        (3, 3, "go"),
        (4, 3, "group"),
        (5, 1, "go"),
    ] {
        let mut call = Call::new(number, &format!("RM{number}"));
        call.start = MONDAY - days * DAY;
        call.room["type"] = json!(kind);
        batches.push(call.last(0, &json!([])));
    }
    // A room that goes on for days is not old.
    let mut long = Call::new(6, "RM6");
    long.start = MONDAY - 9 * DAY;
    let mut last = long.json(1);
    last["intervals"][0]["start"] = json!(MONDAY - DAY);
    batches.push(long.batch(0));
    batches.push(read(last));
    record(&store, &batches).await;
    let before = Before {
        rooms: MONDAY - 7 * DAY,
        go_rooms: MONDAY - 2 * DAY,
        roll_ups: MONDAY - 14 * DAY,
    };
    let purged = store.purge(before).await.unwrap();
    assert_eq!((purged.rooms, purged.sessions, purged.batches), (3, 3, 3));
    let left = store.rooms(&account('a'), everything()).await.unwrap();
    let left: Vec<String> = left.rooms.into_iter().map(|room| room.1).collect();
    assert_eq!(left, ["RM5", "RM4", "RM6"]);
    let counted = store
        .roll_ups(&account('a'), all_of(Segment::All))
        .await
        .unwrap();
    let mut hours: Vec<i64> = counted
        .rooms
        .iter()
        .map(|it| (MONDAY / HOUR_MS - it.0) / 24)
        .collect();
    hours.sort();
    // The one of 8 days ago is counted still, the `go` room of 3 days ago no more.
    assert_eq!(hours, [1, 3, 8, 9]);
    assert_eq!(store.purge(before).await.unwrap().rooms, 0);
}

pub async fn purging_goes_through_many<H: History + ?Sized + 'static>(store: Arc<H>) {
    let batches: Vec<Batch> = (0..250)
        .map(|number| Call::new(number, &format!("RM{number}")).batch(0))
        .collect();
    record_at_once(std::slice::from_ref(&store), batches).await;
    let before = Before {
        rooms: MONDAY + 60_000,
        go_rooms: MONDAY + 60_000,
        roll_ups: MONDAY + 2 * HOUR_MS,
    };
    let purged = store.purge(before).await.unwrap();
    assert_eq!((purged.rooms, purged.batches), (250, 250));
    assert!(
        store
            .rooms(&account('a'), everything())
            .await
            .unwrap()
            .rooms
            .is_empty()
    );
    assert_eq!(
        store
            .roll_ups(&account('a'), all_of(Segment::Sdk))
            .await
            .unwrap(),
        RollUps::default()
    );
}
