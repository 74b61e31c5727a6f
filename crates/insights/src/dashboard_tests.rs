use super::*;

/// 10:00 on a Monday, UTC.
const MONDAY: i64 = 1_795_428_000_000;

const KEPT: Settings = Settings {
    session_timeout_ms: 300_000,
    dashboard_ms: 14 * DAY_MS,
    rooms_ms: 7 * DAY_MS,
};

fn asked(query: &str) -> Result<Asked, Problem> {
    Asked::new(&Parameters::new(Some(query)), Vec::new(), MONDAY, KEPT)
}

#[test]
fn without_a_period_it_is_the_last_seven_days_by_day() {
    let asked = asked("").unwrap();
    assert_eq!((asked.to - asked.from, asked.to), (7 * DAY_MS, MONDAY));
    assert_eq!(asked.steps(asked.from, asked.to).len(), 8);
    let (current, previous) = asked.queries();
    assert_eq!(
        (current.from, previous.to),
        (MONDAY / HOUR_MS - 168, current.from)
    );
}

#[test]
fn days_begin_at_midnight_where_one_is() {
    let asked = asked("utc_offset_minutes=120").unwrap();
    let midnight = MONDAY - 12 * HOUR_MS;
    assert_eq!(asked.step_of(MONDAY / HOUR_MS), midnight);
    assert_eq!(asked.clock(MONDAY / HOUR_MS), (0, 12));
    assert_eq!(asked.clock(MONDAY / HOUR_MS - 13), (6, 23));
}

#[test]
fn figures_are_put_together() {
    let asked = asked("segment=browser").unwrap();
    let hour = MONDAY / HOUR_MS - 1;
    let named = |name: &str| Some(name.to_owned());
    let current = RollUps {
        rooms: vec![(hour, true, 2), (hour, false, 3), (hour - 24, false, 1)],
        participants: vec![
            (hour, named("Chrome"), 4, 1),
            (hour, None, 1, 0),
            (hour - 24, named("Chrome"), 2, 2),
        ],
        time: vec![(hour, 90_000, 30_000), (hour - 24, 60_000, 0)],
    };
    let answer = answer(&asked, &current, &RollUps::default());
    assert_eq!(answer["rooms"][7]["with_issues"], 2);
    assert_eq!(answer["rooms"][6]["without_issues"], 1);
    assert_eq!(
        answer["participants"]["values"],
        json!([{"value": "Chrome", "count": 6}, {"value": null, "count": 1}])
    );
    assert_eq!(answer["participants"]["points"][7]["counts"], json!([4, 1]));
    assert_eq!(answer["minutes"]["current"][7]["participant_minutes"], 1.5);
    assert_eq!(answer["totals"]["current"]["recording_minutes"], 0.5);
    assert_eq!(answer["by_day_of_week"][0]["participant_minutes"], 1.5);
    assert_eq!(answer["by_hour_of_day"][9]["participant_minutes"], 2.5);
    assert_eq!(answer["minutes"]["previous"].as_array().unwrap().len(), 8);
    assert_eq!(answer["totals"]["current"]["participants"], 7);
    assert_eq!(answer["totals"]["current"]["participants_with_issues"], 3);
    let with = asked_with("segment=browser&issues=with", &current);
    assert_eq!(
        with["participants"]["values"],
        json!([{"value": "Chrome", "count": 3}])
    );
    assert_eq!(with["totals"], answer["totals"]);
}

fn asked_with(query: &str, current: &RollUps) -> Value {
    answer(&asked(query).unwrap(), current, &RollUps::default())
}

#[test]
fn what_is_not_kept_any_more_is_unknown() {
    let nothing = RollUps::default();
    for (query, is_known) in [
        ("period=24h", true),
        ("period=7d", true),
        ("period=14d", false),
    ] {
        let answer = asked_with(query, &nothing);
        assert_eq!(
            answer["totals"]["previous"].is_object(),
            is_known,
            "{query}"
        );
        assert_eq!(
            answer["minutes"]["previous"].is_array(),
            is_known,
            "{query}"
        );
        let sunday = &answer["by_day_of_week"][6]["previous_participant_minutes"];
        assert_eq!(sunday.is_number(), is_known, "{query}");
        assert_eq!(answer["kept_from"], MONDAY - 14 * DAY_MS);
        assert_eq!(answer["rooms_kept_from"], MONDAY - 7 * DAY_MS);
    }
    assert_eq!(asked("period=24h").unwrap().step, HOUR_MS);
}

#[test]
fn an_hour_that_is_not_wholly_kept_is_not_kept() {
    let parameters = Parameters::new(None);
    let asked = Asked::new(&parameters, Vec::new(), MONDAY + 1, KEPT).unwrap();
    assert_eq!(asked.kept_from, MONDAY - 14 * DAY_MS + HOUR_MS);
    assert_eq!(asked.rooms_kept_from, MONDAY - 7 * DAY_MS + HOUR_MS);
    // Seven days and the seven before: all of them are kept still.
    assert!(asked.has_previous());
}

#[test]
fn days_have_as_many_hours_as_clocks_show() {
    // Summer time in Berlin ended at 01:00 UTC on 25 October 2026.
    let set = 1_792_890_000_000;
    let midnight = set - 3 * HOUR_MS;
    let query = format!(
        "from={}&to={}&step=day&utc_offset_minutes=120&utc_offset_minutes=60@{set}",
        midnight - DAY_MS,
        midnight + 3 * DAY_MS
    );
    let asked = asked(&query).unwrap();
    let lengths: Vec<i64> = asked
        .steps(asked.from, asked.to)
        .iter()
        .map(|(start, end)| (end - start) / HOUR_MS)
        .collect();
    assert_eq!(lengths, [24, 25, 24, 24]);
    let starts: Vec<i64> = asked
        .steps(asked.from, asked.to)
        .iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(starts[2], midnight + 25 * HOUR_MS);
    // Clocks show two o'clock twice, on a Sunday.
    let hour = set / HOUR_MS;
    assert_eq!([hour - 1, hour].map(|it| asked.clock(it)), [(6, 2), (6, 2)]);
    let hours = Asked {
        step: HOUR_MS,
        ..asked
    };
    let of_day = hours.steps(midnight, midnight + 25 * HOUR_MS);
    assert_eq!(of_day.len(), 25);
    assert!(of_day.iter().all(|(start, end)| end - start == HOUR_MS));
}

#[test]
fn days_begin_once_where_clocks_are_set_back_to_midnight() {
    // As in Havana, at 05:00 UTC on 1 November 2026.
    let set = 1_793_509_200_000;
    let (from, to) = (set - 25 * HOUR_MS, set + 48 * HOUR_MS);
    let zone = format!("utc_offset_minutes=-240&utc_offset_minutes=-300@{set}");
    let asked = asked(&format!("from={from}&to={to}&step=day&{zone}")).unwrap();
    let steps = asked.steps(from, to).into_iter();
    let hours: Vec<i64> = steps.map(|it| (it.1 - it.0) / HOUR_MS).collect();
    assert_eq!(hours, [24, 25, 24]);
}

#[test]
fn what_is_asked_wrongly_is_said() {
    for (query, sentence) in [
        ("from=2026-11-23&to=2026-11-23", "an hour before"),
        ("from=2020-01-01", "400 days"),
        ("step=minute", "must be one of hour, day"),
        ("segment=country", "must be one of all, device_manufacturer"),
        ("issues=some", "must be one of with, without"),
        ("utc_offset_minutes=9999", "from -840 to 840"),
        ("utc_offset_minutes=60@soon", "from -840 to 840"),
        ("period=1y", "must be one of 24h, 7d, 14d"),
        ("period=7d&from=2026-11-20", "say one of them"),
        ("from=-9223372036854775808", "400 days"),
    ] {
        let problem = asked(query).unwrap_err();
        assert!(
            problem.message.contains(sentence),
            "{query}: {}",
            problem.message
        );
    }
}
