//! When an issue stood, in words.

use crate::model::Call;
use crate::stored::words::length;

/// More spells than that are summed up.
const LISTED: usize = 3;

/// Each spell, or the first with how many there were and how long they were together. `clock` has the time of day of a moment.
pub(super) fn in_words(
    spells: &[(f64, Option<f64>)],
    call: &Call,
    clock: impl Fn(f64) -> String,
) -> Option<String> {
    let (first, _) = spells.first()?;
    if spells.len() <= LISTED {
        let spell = |(start, end): &(f64, Option<f64>)| match end {
            Some(end) => format!("{} \u{2013} {}", clock(*start), clock(*end)),
            None if call.is_over => format!("{} \u{2013} end", clock(*start)),
            None => format!("since {}", clock(*start)),
        };
        return Some(spells.iter().map(spell).collect::<Vec<_>>().join(", "));
    }
    let latest = call.latest();
    let all = spells.iter().try_fold(0.0, |all, (start, end)| {
        let end = end.or(latest)?;
        Some(all + (end - start).max(0.0))
    });
    Some(format!(
        "first {}, {} times, {} in all",
        clock(*first),
        spells.len(),
        length(all)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(spells: &[(f64, Option<f64>)], is_over: bool) -> Option<String> {
        let call = Call {
            is_over,
            ..Call::default()
        };
        in_words(spells, &call, |at| format!("at {at}"))
    }

    #[test]
    fn few_are_listed() {
        assert_eq!(said(&[], true), None);
        let two = [(1.0, Some(2.0)), (8.0, None)];
        assert_eq!(
            said(&two, true).unwrap(),
            "at 1 \u{2013} at 2, at 8 \u{2013} end"
        );
        assert_eq!(said(&two, false).unwrap(), "at 1 \u{2013} at 2, since at 8");
    }

    #[test]
    fn many_are_summed_up() {
        let mut four: Vec<_> = [0.0, 100e3, 200e3, 300e3]
            .map(|start| (start, Some(start + 30e3)))
            .to_vec();
        assert_eq!(
            said(&four, false).unwrap(),
            "first at 0, 4 times, 2 min in all"
        );
        // How long the last stood is not known where nothing was measured.
        four[3].1 = None;
        assert_eq!(
            said(&four, true).unwrap(),
            "first at 0, 4 times, \u{2014} in all"
        );
    }
}
