//! Changes to batches: of their structure, and of their bytes.

use fastrand::Rng;
use serde_json::{Value, json};

/// How many of each there are, so that batches meet: in sessions, rooms and participants, and as repetitions.
const POOL: u32 = 6;

/// How many batches a session has at most.
const BATCHES: u32 = 100;

/// Makes a batch one of a few sessions, with one of a few numbers, in one of a few rooms.
pub(crate) fn settle(batch: &mut Value, rng: &mut Rng) {
    let mut number = |most: u32| rng.u32(0..most);
    let (session, seq) = (number(POOL), number(BATCHES));
    batch["session"] = json!(format!("{session:08x}-0000-4000-8000-000000000000"));
    batch["batch_id"] = json!(format!("{session:08x}-0000-4000-9000-{seq:012x}"));
    batch["seq"] = json!(seq);
    let types = ["go", "group", "group_small", "peer_to_peer"];
    let (room, participant, kind) = (number(POOL), number(POOL), number(POOL) as usize);
    batch["room"] = match room {
        0 => Value::Null,
        room => {
            json!({"sid": format!("RM{}", room % 2), "name": format!("room {room}"), "type": types.get(kind)})
        }
    };
    batch["participant"] = match participant {
        0 => Value::Null,
        it => json!({"sid": format!("PA{it}"), "identity": format!("person {it}")}),
    };
}

/// Changes some of its parts; `other` is where parts are taken from.
pub(crate) fn structure(batch: &mut Value, other: &Value, rng: &mut Rng) {
    for _ in 0..rng.usize(0..3) {
        let place = rng.usize(0..count(batch));
        let donor = rng.usize(0..count(other));
        let mut given = Value::Null;
        at(&mut other.clone(), donor, &mut |it| given = it.clone());
        at(batch, place, &mut |it| change(it, &given, rng));
    }
}

fn count(tree: &Value) -> usize {
    1 + match tree {
        Value::Object(members) => members.values().map(count).sum::<usize>(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

/// Calls with the part of that number; how many parts there were before it was reached is taken off.
fn at(tree: &mut Value, place: usize, with: &mut dyn FnMut(&mut Value)) -> usize {
    let Some(mut left) = place.checked_sub(1) else {
        with(tree);
        return usize::MAX;
    };
    let parts: Box<dyn Iterator<Item = &mut Value>> = match tree {
        Value::Object(members) => Box::new(members.values_mut()),
        Value::Array(items) => Box::new(items.iter_mut()),
        _ => return left,
    };
    for part in parts {
        left = at(part, left, with);
        if left == usize::MAX {
            break;
        }
    }
    left
}

fn change(part: &mut Value, given: &Value, rng: &mut Rng) {
    match (rng.u8(0..6), &mut *part) {
        (0, _) => *part = given.clone(),
        (1, Value::Object(members)) => {
            let name = rng.choice(members.keys().cloned().collect::<Vec<_>>());
            if let Some(name) = name {
                let gone = members.remove(&name);
                if rng.bool() {
                    members.insert(format!("{name}s"), gone.unwrap_or_default());
                }
            }
        }
        (1 | 2, Value::Array(items)) if !items.is_empty() => {
            let item = items[rng.usize(0..items.len())].clone();
            for _ in 0..rng.usize(0..5) {
                items.insert(rng.usize(0..=items.len()), item.clone());
            }
            rng.shuffle(items);
        }
        (3, Value::Array(items)) => {
            items.pop();
        }
        (_, Value::Number(number)) => *part = near(number.as_f64().unwrap_or_default(), rng),
        (_, Value::String(text)) => *part = json!(like(text, rng)),
        _ => *part = odd(rng),
    }
}

/// A number that is not quite that one, or not at all.
#[expect(clippy::cast_possible_truncation, reason = "any number will do")]
fn near(number: f64, rng: &mut Rng) -> Value {
    match rng.u8(0..9) {
        0 => json!((number as i64).saturating_add(1)),
        1 => json!((number as i64).saturating_sub(1)),
        2 => json!(-number),
        3 => json!(number + 0.5),
        4 => json!(number * 1e6),
        5 => json!((number as i64).saturating_add(rng.i64(-90_000..90_000))),
        6 => json!(0),
        7 => rng
            .choice([
                json!(i64::MIN),
                json!(i64::MAX),
                json!(u64::MAX),
                json!(f64::MAX),
                json!(5e-324),
                json!(-0.0),
                json!(9_007_199_254_740_993_i64),
            ])
            .unwrap_or_default(),
        _ => json!(rng.f64()),
    }
}

/// A text that is not quite that one.
fn like(text: &str, rng: &mut Rng) -> String {
    match rng.u8(0..7) {
        0 => String::new(),
        1 => format!("{text} "),
        2 => text.repeat(rng.usize(2..200)),
        3 => text.chars().rev().collect(),
        4 => format!("{text}\u{0}\u{202e}'; DROP TABLE room; --"),
        5 => text.to_uppercase(),
        _ => (0..rng.usize(0..30)).map(|_| rng.char(..)).collect(),
    }
}

fn odd(rng: &mut Rng) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!([[[[{}]]]]),
        json!(-1),
        json!(1e300),
        json!("x"),
        json!({"sid": 1}),
    ];
    rng.choice(odd).unwrap_or_default()
}

/// Changes some bytes.
pub(crate) fn bytes(bytes: &mut Vec<u8>, rng: &mut Rng) {
    for _ in 0..rng.usize(1..4) {
        if bytes.is_empty() {
            return;
        }
        let place = rng.usize(0..bytes.len());
        let end = rng.usize(place..bytes.len().min(place + 64));
        match rng.u8(0..7) {
            0 => bytes[place] ^= 1 << rng.u8(0..8),
            1 => bytes[place] = rng.u8(..),
            2 => bytes.insert(place, rng.u8(..)),
            3 => drop(bytes.drain(place..end)),
            4 => bytes.truncate(place),
            5 => {
                let some = bytes[place..end].to_vec();
                bytes.splice(place..place, some);
            }
            _ => bytes[place] = rng.choice(*b"{}[]\",:0-e.\\").unwrap_or_default(),
        }
    }
}
