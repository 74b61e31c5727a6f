//! The committed words are those of the engine's tables, in the order in which they are handed out.

use callscope_core::issue::Issue;
use callscope_core::metric::Unit;
use callscope_core::signal::Signal;
use callscope_core::{CandidateType, Kind, Metric, Scope, Transport};

const DIRECTION_SENT: u8 = 1;
const DIRECTION_RECEIVED: u8 = 2;

/// To how many decimals values are given, as in `callscope replay`.
const fn decimals(unit: Unit) -> u8 {
    match unit {
        Unit::BitsPerSecond | Unit::Count | Unit::Pixels => 0,
        Unit::FramesPerSecond | Unit::Milliseconds | Unit::Seconds => 3,
        Unit::Percent => 4,
        Unit::Ratio => 6,
    }
}

fn render() -> String {
    let mut js = String::from(
        "// The words of what is handed out, in the order of the numbers.\n\
         //\n\
         // Made from callscope-core's tables. Do not edit: `UPDATE_NAMES=1 cargo test -p callscope-embed` writes it anew.\n\n\
         // Name, decimals, and whether it is of what is sent (1), received (2) or both (3).\n\
         export const METRICS = [\n",
    );
    for &metric in Metric::ALL {
        let of = |formula: Option<&str>, bit| if formula.is_some() { bit } else { 0 };
        let directions = of(metric.send_formula(), DIRECTION_SENT)
            | of(metric.receive_formula(), DIRECTION_RECEIVED);
        js += &format!(
            "  [\"{}\", {}, {directions}],\n",
            metric.name(),
            decimals(metric.unit())
        );
    }
    js += "];\n";
    let mut list = |name: &str, words: &[&str]| {
        js += &format!("export const {name} = {words:?};\n");
    };
    list("KINDS", &[Kind::Audio, Kind::Video].map(Kind::name));
    list("ISSUES", &Issue::ALL.map(Issue::name));
    list("SIGNALS", &Signal::ALL.map(Signal::name));
    let transports = [Transport::Udp, Transport::Tcp, Transport::Tls];
    for (place, transport) in transports.into_iter().enumerate() {
        assert_eq!(transport as usize, place);
    }
    list("TRANSPORTS", &transports.map(Transport::name));
    let candidates = [
        CandidateType::Host,
        CandidateType::ServerReflexive,
        CandidateType::PeerReflexive,
        CandidateType::Relay,
    ];
    for (place, candidate) in candidates.into_iter().enumerate() {
        assert_eq!(candidate as usize, place);
    }
    list("CANDIDATES", &candidates.map(CandidateType::name));
    list("MEDIA", &["audio", "video", "both"]);
    list("SCOPES", &["track", "layer", "connection", "received"]);
    list(
        "NOTES",
        &[
            "open",
            "baseline",
            "counter_fell",
            "cut_short",
            "unreported",
            "carried",
        ],
    );
    js
}

#[test]
fn the_words_are_those_of_the_tables() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/names.js");
    let made = render();
    if std::env::var_os("UPDATE_NAMES").is_some() {
        std::fs::write(path, &made).expect("the folder is writable");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == made,
        "src/names.js is not what the tables make: run `UPDATE_NAMES=1 cargo test -p callscope-embed`"
    );
}

#[test]
fn a_number_is_the_place_in_its_list() {
    for (place, issue) in Issue::ALL.into_iter().enumerate() {
        assert_eq!(issue as usize, place);
    }
    let scopes = [
        Scope::Track,
        Scope::Layer,
        Scope::Connection,
        Scope::Received,
    ];
    for (place, scope) in scopes.into_iter().enumerate() {
        assert_eq!(scope as usize, place);
    }
    for (place, signal) in Signal::ALL.into_iter().enumerate() {
        assert_eq!(signal as usize, place);
    }
    for (place, &metric) in Metric::ALL.iter().enumerate() {
        assert_eq!(metric as usize, place);
    }
}
