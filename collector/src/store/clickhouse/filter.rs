//! What rooms are filtered by, as conditions in SQL.

use clickhouse::query::Query;

use super::rows;
use crate::model::Segment;
use crate::store::{IssueFilter, ParticipantQuery, RoomQuery};

/// A condition with what is put in for its question marks.
#[derive(Clone, Debug)]
pub(super) struct Condition(pub(super) String, pub(super) Vec<Value>);

#[derive(Clone, Debug)]
pub(super) enum Value {
    Number(i64),
    Text(String),
    Texts(Vec<String>),
}

pub(super) fn bound(query: Query, values: Vec<Value>) -> Query {
    values.into_iter().fold(query, |query, value| match value {
        Value::Number(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Texts(texts) => query.bind(texts),
    })
}

/// What is asked of rooms, whatever the page.
pub(super) fn conditions(query: &RoomQuery) -> Vec<Condition> {
    let mut all = Vec::new();
    let mut and = |text: String, values: Vec<Value>| all.push(Condition(text, values));
    if !query.types.is_empty() {
        let types = query
            .types
            .iter()
            .map(|it| rows::type_number(Some(*it)).to_string());
        and(
            format!("type IN ({})", types.collect::<Vec<_>>().join(", ")),
            vec![],
        );
    }
    if query.codecs.bits() != 0 {
        and(
            format!("bitAnd(codecs, {}) != 0", query.codecs.bits()),
            vec![],
        );
    }
    if let Some(name) = &query.name {
        and(
            "is_named AND name = ?".to_owned(),
            vec![Value::Text(name.clone())],
        );
    }
    if let Some(search) = &query.search {
        let values = vec![Value::Text(search.clone()), Value::Text(search.clone())];
        and(
            "(startsWith(sid, ?) OR is_named AND startsWith(name, ?))".to_owned(),
            values,
        );
    }
    if let Some(after) = query.created_after {
        and("created_at >= ?".to_owned(), vec![Value::Number(after)]);
    }
    if let Some(before) = query.created_before {
        and("created_at < ?".to_owned(), vec![Value::Number(before)]);
    }
    match query.issues {
        Some(IssueFilter::With) => and("issues != 0".to_owned(), vec![]),
        Some(IssueFilter::Without) => and("issues = 0".to_owned(), vec![]),
        Some(IssueFilter::Any(bits)) => and(format!("bitAnd(issues, {bits}) != 0"), vec![]),
        None => {}
    }
    all
}

/// What is asked of a participant, of the columns `joined_at`, `client` and `has_issues`.
pub(super) fn participant(query: &ParticipantQuery) -> Condition {
    let mut texts = vec!["1".to_owned()];
    let mut values = Vec::new();
    if let Some(after) = query.joined_after {
        texts.push("joined_at >= ?".to_owned());
        values.push(Value::Number(after));
    }
    if let Some(before) = query.joined_before {
        texts.push("joined_at < ?".to_owned());
        values.push(Value::Number(before));
    }
    if let Some(has_issues) = query.has_issues {
        texts.push(format!("has_issues = {}", u8::from(has_issues)));
    }
    if let Some(uses) = &query.uses {
        let is_in = if uses.is_other { "NOT IN" } else { "IN" };
        texts.push(format!("{} {is_in} ?", value(uses.segment)));
        let of_segment = uses.values.iter();
        let of_segment = of_segment.map(|it| it.clone().unwrap_or_default());
        values.push(Value::Texts(of_segment.collect()));
    }
    Condition(texts.join(" AND "), values)
}

/// What a client says of a segment. Nothing is unknown as nothing.
fn value(segment: Segment) -> String {
    let path = match segment {
        Segment::All => return "''".to_owned(),
        Segment::DeviceManufacturer => "'device', 'manufacturer'",
        Segment::OperatingSystem => "'os', 'name'",
        Segment::Browser => "'browser', 'name'",
        Segment::Sdk => "'sdk', 'name'",
    };
    format!("JSONExtractString(substring(client, 9), {path})")
}
