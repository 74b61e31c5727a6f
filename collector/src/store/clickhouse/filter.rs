//! What rooms are filtered by, as conditions in SQL.

use clickhouse::query::Query;

use super::rows;
use crate::store::{IssueFilter, RoomQuery};

/// A condition with what is put in for its question marks.
pub(super) struct Condition(pub(super) String, pub(super) Vec<Value>);

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
