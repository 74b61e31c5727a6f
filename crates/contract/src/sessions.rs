//! Batches become sessions.

use super::*;

pub async fn what_was_sent_is_given_back<H: History + ?Sized + 'static>(store: Arc<H>) {
    let call = Call::new(1, "RM1");
    let sent = [
        call.batch(0),
        call.with_events(
            1,
            &json!([
                change("MT1", MONDAY + 40_000, true),
                recording(MONDAY + 45_000, true)
            ]),
        ),
        call.last(2, &json!([loss("MT1")])),
    ];
    for batch in &sent {
        let recorded = store.record(&account('a'), batch.clone()).await.unwrap();
        assert_eq!(recorded, Recorded::New);
    }
    let sessions = store.sessions(&account('a'), "RM1").await.unwrap();
    assert_eq!(sessions.len(), 1);
    let session = &sessions[0];
    assert_eq!(session.id, id(1));
    assert_eq!(session.ended_at, Some(MONDAY + 90_000));
    let (mut intervals, events) = contents(&sent);
    intervals.sort_by_key(|it| (it.start(), matches!(it, Interval::Connection(_))));
    assert_eq!(
        store.intervals(&account('a'), session).await.unwrap(),
        intervals
    );
    assert_eq!(store.events(&account('a'), session).await.unwrap(), events);
    assert_eq!(
        store.summary(&account('a'), session).await.unwrap(),
        sent[2].end.clone().map(|end| end.summary)
    );
    let participant = only_participant(&store, "RM1").await;
    assert_eq!(participant.identity.as_deref(), Some("person 1"));
    assert_eq!(participant.client.browser.name.as_deref(), Some("Firefox"));
    assert_eq!(participant.codecs.names(), ["VP8"]);
    assert_eq!(participant.issues.len(), 1);
    assert_eq!(participant.recorded_ms(), Some(45_000));
}

pub async fn a_repeated_batch_changes_nothing<H: History + ?Sized + 'static>(store: Arc<H>) {
    let call = Call::new(1, "RM1");
    let batches = [call.batch(0), call.batch(1), call.last(2, &json!([]))];
    record(&store, &batches).await;
    let before = all_there_is(&store, &account('a')).await;
    for batch in &batches {
        // As a client sends it once more.
        let mut again = batch.clone();
        again.sent_at += 60_000;
        let recorded = store.record(&account('a'), again).await.unwrap();
        assert_eq!(recorded, Recorded::Repeated);
    }
    assert_eq!(all_there_is(&store, &account('a')).await, before);
}

pub async fn the_last_batch_may_come_first<H: History + ?Sized + 'static>(store: Arc<H>) {
    let call = Call::new(1, "RM1");
    record(&store, &[call.last(2, &json!([loss("MT1")]))]).await;
    let early = only_participant(&store, "RM1").await;
    assert!(early.is_over && early.tags().any());
    record(&store, &[call.batch(0), call.batch(1)]).await;
    let late = only_participant(&store, "RM1").await;
    assert_eq!(late, early);
    let sessions = store.sessions(&account('a'), "RM1").await.unwrap();
    let intervals = store.intervals(&account('a'), &sessions[0]).await.unwrap();
    assert_eq!(intervals.len(), 18);
}

pub async fn a_session_without_an_end_has_the_tags_that_stood<H: History + ?Sized + 'static>(
    store: Arc<H>,
) {
    let call = Call::new(1, "RM1");
    let raised = call.with_events(0, &json!([change("MT1", MONDAY + 10_000, true)]));
    let cleared = call.with_events(1, &json!([change("MT1", MONDAY + 40_000, false)]));
    // Whatever comes first, the later change stands.
    record(&store, &[cleared, raised]).await;
    let participant = only_participant(&store, "RM1").await;
    assert!(!participant.tags().any());
    assert!(!participant.is_over);
    assert!(participant.is_live(MONDAY + 61_000, 300_000));
    assert!(!participant.is_live(MONDAY + 360_001, 300_000));
    let again = call.with_events(2, &json!([change("MT1", MONDAY + 70_000, true)]));
    record(&store, &[again]).await;
    let participant = only_participant(&store, "RM1").await;
    assert_eq!(participant.issues.len(), 1);
    assert_eq!(participant.issues[0].r#type, IssueType::PacketLoss);
    assert_eq!(participant.issues[0].tracks, ["MT1"]);
}

pub async fn a_room_that_is_named_late_takes_its_session_along<H: History + ?Sized + 'static>(
    store: Arc<H>,
) {
    let mut call = Call::new(1, "RM1");
    call.room = json!(null);
    call.participant = json!(null);
    record(&store, &[call.batch(0)]).await;
    let own = format!("RM{}", id(1).simple());
    let alone = only_participant(&store, &own).await;
    assert_eq!(alone.sid, format!("PA{}", id(1).simple()));
    let named = Call::new(1, "RM1");
    record(&store, &[named.batch(1)]).await;
    assert_eq!(room(&store, &own).await, None);
    assert_eq!(only_participant(&store, "RM1").await.sid, "PA1");
    let found = all_there_is(&store, &account('a')).await;
    assert_eq!(found.roll_ups[0].rooms, [(MONDAY / HOUR_MS, false, 1)]);
    assert_eq!(
        found.roll_ups[0].participants,
        [(MONDAY / HOUR_MS, None, 1, 0)]
    );
    assert_eq!(found.roll_ups[0].time, [(MONDAY / HOUR_MS, 60_000, 0)]);
}

pub async fn many_at_once_are_each_kept_once<H: History + ?Sized + 'static>(store: Arc<H>) {
    let mut waiting = Vec::new();
    for number in 0..40_u32 {
        let call = Call::new(number, &format!("RM{}", number / 4));
        for seq in [0, 1, 0, 2, 1] {
            let (store, batch) = (Arc::clone(&store), call.batch(seq));
            waiting.push(tokio::spawn(async move {
                store.record(&account('a'), batch).await
            }));
        }
    }
    let mut new = 0;
    for recorded in waiting {
        new += usize::from(recorded.await.unwrap().unwrap() == Recorded::New);
    }
    assert_eq!(new, 120);
    let found = all_there_is(&store, &account('a')).await;
    assert_eq!(found.sessions.len(), 40);
    assert!(found.sessions.iter().all(|session| session.2.len() == 18));
    let hour = MONDAY / HOUR_MS;
    assert_eq!(found.roll_ups[0].rooms, [(hour, false, 10)]);
    assert_eq!(found.roll_ups[0].participants, [(hour, None, 40, 0)]);
    assert_eq!(found.roll_ups[0].time, [(hour, 40 * 90_000, 0)]);
}
