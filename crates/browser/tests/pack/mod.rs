//! Renders `src/pack.js` from the engine's tables, so that the tables and the reader cannot disagree.

use std::collections::BTreeSet;

use callscope_core::report::{Column, ROW_TYPES, RowType};

/// What is not made from the tables.
const FRAME: &str = include_str!("frame.js");
/// Names that reports may bring; a call has a few hundred.
const MOST_NAMES: usize = 65_536;
/// Characters of a name; the longest that browsers use have a hundred.
const LONGEST_NAME: usize = 256;
/// What a large room's report has most of comes first: the cases are compared one after another.
const FREQUENT: [&str; 4] = ["inbound-rtp", "remote-inbound-rtp", "outbound-rtp", "codec"];

/// The whole of `pack.js`.
pub(crate) fn render() -> String {
    let mut row_types: Vec<_> = ROW_TYPES.iter().collect();
    row_types.sort_by_key(|row_type| {
        let place = FREQUENT
            .iter()
            .position(|name| row_type.types.contains(name));
        place.unwrap_or(FREQUENT.len())
    });
    let cases: String = row_types.iter().map(|row_type| case(row_type)).collect();
    let rows: Vec<_> = row_types.iter().map(|row_type| row(row_type)).collect();
    FRAME
        .replace("/*LONGEST_NAME*/", &LONGEST_NAME.to_string())
        .replace("/*MOST_NAMES*/", &MOST_NAMES.to_string())
        .replace("/*CASES*/\n", &cases)
        .replace("/*LISTS*/\n", &lists(&row_types))
        .replace("/*ROWS*/\n", &rows.join("\n"))
}

fn case(row_type: &RowType) -> String {
    let labels = row_type.types.iter();
    let labels: String = labels
        .map(|name| format!("      case {name:?}:\n"))
        .collect();
    let (length, function) = (row_type.columns.len() + 1, function(row_type));
    format!("{labels}        if ((at += {length}) <= room) {function}(s, o);\n        break;\n")
}

fn row(row_type: &RowType) -> String {
    let mut body = String::new();
    let mut record = None;
    for column in row_type.columns {
        if let Column::Keyed(of, _) = column
            && record.replace(of) != Some(of)
        {
            body += &format!("  const r = s.{of} ?? {{}};\n");
        }
        body += &format!("  f[o++] = {};\n", value(column));
    }
    format!(
        "// {}\nfunction {}(s, o) {{\n  const f = out;\n  f[o++] = {};\n{body}}}\n",
        row_type.types.join(", "),
        function(row_type),
        row_type.tag,
    )
}

/// `remoteInboundRtp` for `remote-inbound-rtp`.
fn function(row_type: &RowType) -> String {
    let mut words = row_type
        .types
        .iter()
        .take(1)
        .flat_map(|name| name.split('-'));
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(1);
        name + &initial.to_uppercase() + rest
    })
}

fn value(column: &Column) -> String {
    match column {
        Column::Number(member) => format!("number(s.{member})"),
        Column::Keyed(_, key) => format!("number(r.{key})"),
        Column::Name(members) => format!("atom({})", first(members)),
        Column::OneOf(members, _) => {
            format!("place({}, {})", first(members), list_name(members))
        }
    }
}

/// The lists of words that members can be, each once.
fn lists(row_types: &[&RowType]) -> String {
    let columns = row_types.iter().flat_map(|row_type| row_type.columns);
    let lists: BTreeSet<_> = columns
        .filter_map(|column| match column {
            Column::OneOf(members, values) => {
                Some(format!("const {} = {values:?};\n", list_name(members)))
            }
            _ => None,
        })
        .collect();
    lists.into_iter().collect()
}

/// `ICE_STATE` for `iceState`.
fn list_name(members: &[&str]) -> String {
    let letters = members.iter().take(1).flat_map(|name| name.chars());
    letters.fold(String::new(), |name, letter| {
        let gap = if letter.is_uppercase() { "_" } else { "" };
        name + gap + &letter.to_uppercase().to_string()
    })
}

/// The first member that is present.
fn first(members: &[&str]) -> String {
    let members: Vec<_> = members.iter().map(|member| format!("s.{member}")).collect();
    members.join(" ?? ")
}
