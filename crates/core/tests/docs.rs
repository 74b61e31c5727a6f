//! Holds `docs/metrics.md` to the code: run with `UPDATE_DOCS=1` to write its tables anew.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;
use std::{env, fs, path::Path};

use callscope_core::issue::Issue;
use callscope_core::metric::Unit;
use callscope_core::signal::Signal;
use callscope_core::{Config, Metric};

fn tables() -> String {
    let mut text = String::from("| metric | unit | sent | received |\n|---|---|---|---|\n");
    for &metric in Metric::ALL {
        let (send, receive) = (
            metric.send_formula().unwrap_or("—"),
            metric.receive_formula().unwrap_or("—"),
        );
        writeln!(
            text,
            "| `{}` | {} | {send} | {receive} |",
            metric.name(),
            unit(metric.unit())
        )
        .unwrap();
    }
    text.push_str("\n## Issues\n\n| issue | found on a sent track whose figure over the whole call is |\n|---|---|\n");
    for issue in Issue::ALL {
        writeln!(
            text,
            "| `{}` | {} {} |",
            issue.name(),
            match issue {
                Issue::PacketLoss => "`packet_loss_pct` ≥",
                Issue::RoundTripTime => "`rtt_ms`, on average, >",
            },
            issue.threshold(&Config::default())
        )
        .unwrap();
    }
    text.push_str("\n## Signals\n\n| signal | there in each interval of |\n|---|---|\n");
    for signal in Signal::ALL {
        let rule = signal.rule().map_or_else(
            || "connection: from the moment its ICE is `disconnected` or `failed` until it is connected".to_owned(),
            |rule| rule.to_string(),
        );
        writeln!(text, "| `{}` | {rule} |", signal.name()).unwrap();
    }
    text
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::BitsPerSecond => "bit/s",
        Unit::Count => "",
        Unit::FramesPerSecond => "1/s",
        Unit::Milliseconds => "ms",
        Unit::Percent => "%",
        Unit::Pixels => "px",
        Unit::Ratio => "0 to 1",
        Unit::Seconds => "s",
    }
}

#[test]
fn the_document_lists_exactly_what_there_is() {
    const MARK: &str =
        "<!-- from the code: UPDATE_DOCS=1 cargo test -p callscope-core --test docs -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
    let document = fs::read_to_string(&path).unwrap();
    let (head, tail) = document.split_once(MARK).unwrap();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{head}{MARK}{}", tables())).unwrap();
    } else {
        assert_eq!(tail, tables(), "docs/metrics.md is out of date");
    }
}
