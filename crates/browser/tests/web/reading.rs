//! Reports that no browser gives, and reports that are larger than any.

use callscope_browser::Reader;
use callscope_core::report::{Row, Rows, codec, inbound, outbound, pair, remote_inbound};
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::{hostile, report, streams};

fn only_row(rows: &[f64]) -> Row<'_> {
    let mut rows = Rows::new(rows);
    let row = rows.next().unwrap();
    assert!(rows.next().is_none() && !rows.remains());
    row
}

fn count(rows: &[f64]) -> usize {
    let mut rows = Rows::new(rows);
    let count = rows.by_ref().count();
    assert!(!rows.remains());
    count
}

#[wasm_bindgen_test]
fn members_arrive_in_their_columns() {
    let mut reader = Reader::new();
    let report = report(
        r#"[{"id":"O","type":"outbound-rtp","timestamp":1.5,"ssrc":7,"kind":"video","mid":"1","rid":"q","mediaSourceId":"SV1",
            "contentType":"screenshare","bytesSent":0,"qualityLimitationDurations":{"cpu":2,"other":0}},
            {"id":"X","type":"certificate"},
            {"id":"R","type":"remote-inbound-rtp","localId":"O","packetsLost":-3},
            {"id":"P","type":"candidate-pair","state":"succeeded","nominated":true,"selected":false},
            {"id":"I","type":"inbound-rtp","mediaType":"audio","mid":"2"}]"#,
    );
    let rows = reader.pack(&report).to_vec();
    let rows: Vec<_> = Rows::new(&rows).collect();
    let [sent, remote, path, received] = rows[..] else {
        panic!("{} rows", rows.len())
    };
    for (row, column, value) in [
        (sent, outbound::TIMESTAMP, 1.5),
        (sent, outbound::SSRC, 7.0),
        (sent, outbound::KIND, 1.0),
        (sent, outbound::CONTENT, 0.0),
        (sent, outbound::BYTES, 0.0),
        (sent, outbound::LIMITED_CPU, 2.0),
        (sent, outbound::LIMITED_OTHER, 0.0),
        (remote, remote_inbound::LOST, -3.0),
        (path, pair::STATE, 4.0),
        (path, pair::NOMINATED, 1.0),
        (path, pair::SELECTED, 0.0),
        (received, inbound::KIND, 0.0),
    ] {
        assert_eq!(row.raw(column), value, "tag {}, column {column}", row.tag());
    }
    for (row, column) in [
        (sent, outbound::PACKETS),
        (sent, outbound::CODEC),
        (sent, outbound::LIMITED_NONE),
        (received, inbound::BYTES),
    ] {
        assert!(
            row.raw(column).is_nan(),
            "tag {}, column {column}",
            row.tag()
        );
    }
    let name = |row: Row<'_>, column| reader.name(row.atom(column).unwrap()).unwrap();
    assert_eq!(name(sent, outbound::SOURCE), "SV1");
    assert_eq!(name(sent, outbound::RID), "q");
    assert_eq!(name(received, inbound::TRACK), "2");
    assert_eq!(sent.atom(outbound::ID), remote.atom(remote_inbound::LOCAL));
    assert_eq!((reader.skipped(), reader.broken()), (1, 0));
}

#[wasm_bindgen_test]
fn null_is_unknown_and_zero_is_zero() {
    let mut reader = Reader::new();
    let report = report(
        r#"[{"type":"inbound-rtp","ssrc":null,"bytesReceived":null,"packetsReceived":0,"kind":null,"trackIdentifier":null,"mid":"2"}]"#,
    );
    let rows = reader.pack(&report).to_vec();
    let row = only_row(&rows);
    for column in [inbound::SSRC, inbound::BYTES, inbound::KIND] {
        assert!(row.raw(column).is_nan(), "column {column}");
    }
    assert_eq!(row.raw(inbound::PACKETS), 0.0);
    assert_eq!(row.atom(inbound::TRACK), Some(reader.intern("2")));
}

#[wasm_bindgen_test]
fn a_hostile_report_gives_what_can_be_read_of_it() {
    let reports = hostile();
    // Rows, types that are not needed, entries that cannot be read.
    for (which, rows, skipped, broken) in [
        ("bigint", 1, 0, 0),
        ("symbol", 1, 0, 0),
        ("objects", 1, 0, 0),
        ("strings", 1, 0, 0),
        ("types", 0, 4, 0),
        ("getters", 2, 0, 2),
        ("proxy", 1, 0, 1),
        ("nothing", 1, 0, 2),
        ("record", 2, 0, 0),
        ("walk", 0, 0, 1),
        ("array", 1, 0, 0),
        ("number", 0, 0, 1),
        ("null", 0, 0, 1),
    ] {
        let mut reader = Reader::new();
        let report = Reflect::get(&reports, &JsValue::from_str(which)).unwrap();
        assert_eq!(count(reader.pack(&report)), rows, "{which}");
        assert_eq!(
            (reader.skipped(), reader.broken()),
            (skipped, broken),
            "{which}"
        );
    }
}

#[wasm_bindgen_test]
fn what_is_no_number_is_unknown() {
    let reports = hostile();
    for which in ["bigint", "symbol", "objects", "strings"] {
        let mut reader = Reader::new();
        let report = Reflect::get(&reports, &JsValue::from_str(which)).unwrap();
        let rows = reader.pack(&report);
        let row = only_row(rows);
        assert_eq!(row.raw(inbound::TIMESTAMP), 5.0, "{which}");
        assert!(row.raw(inbound::SSRC).is_nan(), "{which}");
        assert!(row.raw(inbound::JITTER).is_nan(), "{which}");
        if which != "bigint" {
            assert!(row.raw(inbound::TRACK).is_nan(), "{which}");
        }
    }
}

#[wasm_bindgen_test]
fn ten_thousand_entries_fit_and_stay_in_order() {
    let mut reader = Reader::new();
    let report = streams(10_000, "t");
    for _ in 0..2 {
        let rows = reader.pack(&report).to_vec();
        assert_eq!(count(&rows), 10_000);
        for (place, row) in (0_u32..).zip(Rows::new(&rows)) {
            assert_eq!(row.number(inbound::BYTES), Some(f64::from(place)));
        }
        let last = Rows::new(&rows).last().unwrap();
        let name = reader.name(last.atom(inbound::TRACK).unwrap());
        assert_eq!(name.as_deref(), Some("t9999"));
    }
}

#[wasm_bindgen_test]
fn a_smaller_report_leaves_nothing_of_a_larger_one() {
    let mut reader = Reader::new();
    reader.pack(&streams(500, "t"));
    assert_eq!(count(reader.pack(&streams(3, "t"))), 3);
    assert_eq!(count(reader.pack(&streams(0, "t"))), 0);
}

#[wasm_bindgen_test]
fn a_report_that_no_call_has_is_not_read() {
    let mut reader = Reader::new();
    assert!(reader.pack(&streams(60_000, "t")).is_empty());
    assert_eq!(count(reader.pack(&streams(3, "t"))), 3);
}

#[wasm_bindgen_test]
fn a_name_keeps_its_atom_and_names_are_bounded() {
    let mut reader = Reader::new();
    let own = reader.intern("call");
    for batch in 0..7 {
        reader.pack(&streams(10_000, &format!("{batch}-")));
    }
    let tracks = |reader: &mut Reader, names: &str| -> Vec<_> {
        let rows = reader.pack(&streams(1, names)).to_vec();
        Rows::new(&rows)
            .map(|row| row.atom(inbound::TRACK))
            .collect()
    };
    let known = tracks(&mut reader, "0-")[0].unwrap();
    assert_eq!(reader.name(known).as_deref(), Some("0-0"));
    assert_eq!(tracks(&mut reader, "new-"), [None]);
    // The application's own names always find room.
    assert_eq!(reader.intern("call"), own);
    let late = reader.intern("late");
    assert_eq!(reader.name(late).as_deref(), Some("late"));
}

#[wasm_bindgen_test]
fn names_are_told_apart_whatever_their_order_was_before() {
    let mut reader = Reader::new();
    for order in ["ab", "ba", "b", "cab", "", "aa"] {
        let entries: Vec<_> = order
            .chars()
            .map(|id| format!(r#"{{"type":"codec","id":"{id}"}},{{"type":"codec"}}"#))
            .collect();
        let rows = reader
            .pack(&report(&format!("[{}]", entries.join(","))))
            .to_vec();
        let names: String = Rows::new(&rows)
            .filter_map(|row| reader.name(row.atom(codec::ID)?))
            .collect();
        assert_eq!(names, order);
        assert_eq!(count(&rows), 2 * order.len());
    }
}

#[wasm_bindgen_test]
fn a_name_that_is_too_long_is_unknown() {
    let mut reader = Reader::new();
    let report = |length| {
        report(&format!(
            r#"[{{"type":"codec","id":"{}"}}]"#,
            "x".repeat(length)
        ))
    };
    assert!(
        only_row(reader.pack(&report(256)))
            .atom(codec::ID)
            .is_some()
    );
    assert!(
        only_row(reader.pack(&report(257)))
            .atom(codec::ID)
            .is_none()
    );
}
