//! Rooms whose sid or name begins with something.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::store::Result;

/// Of so many each is looked at. Of more than that the newest are found sooner by going back in time.
const FEW: i64 = 2000;

/// How a query finds them.
#[derive(Debug)]
pub(super) struct Search {
    /// The table, with the index that it is to go along.
    pub(super) table: &'static str,
    /// The condition.
    pub(super) condition: String,
    /// Its values.
    pub(super) values: Vec<Value>,
}

/// Looks how many there are, and then how to find them.
pub(super) fn search(on: &Connection, account: i64, prefix: &str) -> Result<Search> {
    let (sid, values) = range("sid", prefix);
    let (name, _) = range("name", prefix);
    let both = |mut first: Vec<Value>, mut second: Vec<Value>| {
        first.append(&mut second);
        first
    };
    let of_account = both(vec![account.into()], values.clone());
    let twice = both(of_account.clone(), of_account);
    let count = format!(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM room WHERE account_id = ? AND {sid} LIMIT {limit}))
         + (SELECT count(*) FROM (SELECT 1 FROM room WHERE account_id = ? AND {name} LIMIT {limit}))",
        limit = FEW + 1
    );
    let found: i64 = on
        .prepare_cached(&count)?
        .query_row(params_from_iter(twice.clone()), |row| row.get(0))?;
    if found > FEW {
        return Ok(Search {
            table: "room INDEXED BY room_by_time",
            condition: format!("({sid} OR {name})"),
            values: both(values.clone(), values),
        });
    }
    Ok(Search {
        // By their number only.
        table: "room NOT INDEXED",
        condition: format!(
            "id IN (SELECT id FROM room WHERE account_id = ? AND {sid}
             UNION ALL SELECT id FROM room WHERE account_id = ? AND {name})"
        ),
        values: twice,
    })
}

/// That a column begins with that.
fn range(column: &str, prefix: &str) -> (String, Vec<Value>) {
    let from = prefix.to_owned().into();
    match after(prefix) {
        Some(to) => (
            format!("{column} >= ? AND {column} < ?"),
            vec![from, to.into()],
        ),
        None => (format!("{column} >= ?"), vec![from]),
    }
}

/// The first text after all that begin with that; `None` if none is.
fn after(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_a_text_lies_before_the_next() {
        for (prefix, next) in [
            ("RM1", Some("RM2")),
            ("a", Some("b")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("", None),
        ] {
            assert_eq!(after(prefix).as_deref(), next, "{prefix:?}");
        }
    }
}
