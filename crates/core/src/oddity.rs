//! What was odd about the reports. Nothing odd stops the engine; all of it is counted and can be asked for.

/// One kind of oddity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Oddity {
    /// An entry of a type, or a row of a tag, that the engine does not know.
    UnknownType,
    /// A row that ends before its last column.
    TruncatedRow,
    /// An entry without a usable timestamp: nothing can be measured from it.
    NoTimestamp,
    /// Two reports with the same timestamp: the browser served a cached report.
    TimeStoodStill,
    /// A timestamp before the last one: the clock was set back or reports came out of order.
    TimeWentBack,
    /// Samples were missed: the page was frozen or the machine asleep.
    SamplesMissed,
    /// A counter fell: a new baseline was taken.
    CounterFell,
    /// A counter below zero, where it cannot be.
    NegativeCounter,
    /// NaN or an infinity given as a value.
    NotFinite,
    /// A `remote-inbound-rtp` that belongs to no layer.
    UnmatchedReport,
    /// A second entry of one layer or received track in one report.
    Duplicate,
}

const KINDS: usize = Oddity::Duplicate as usize + 1;

/// Each kind with its name.
const NAMES: [(Oddity, &str); KINDS] = [
    (Oddity::UnknownType, "unknown_type"),
    (Oddity::TruncatedRow, "truncated_row"),
    (Oddity::NoTimestamp, "no_timestamp"),
    (Oddity::TimeStoodStill, "time_stood_still"),
    (Oddity::TimeWentBack, "time_went_back"),
    (Oddity::SamplesMissed, "samples_missed"),
    (Oddity::CounterFell, "counter_fell"),
    (Oddity::NegativeCounter, "negative_counter"),
    (Oddity::NotFinite, "not_finite"),
    (Oddity::UnmatchedReport, "unmatched_report"),
    (Oddity::Duplicate, "duplicate"),
];

/// How often each [`Oddity`] was met.
#[derive(Clone, Debug, Default)]
pub struct Oddities([u32; KINDS]);

impl Oddities {
    /// None met yet.
    #[must_use]
    pub const fn new() -> Self {
        Self([0; KINDS])
    }

    /// Counts one more. For those who read reports for the engine, too.
    #[inline(never)]
    pub fn count(&mut self, oddity: Oddity) {
        if let Some(count) = self.0.get_mut(oddity as usize) {
            *count = count.saturating_add(1);
        }
    }

    /// Counts what another counted, too: all its [counts](Self::counts), in their order.
    pub fn add(&mut self, counts: &[u32]) {
        for (count, more) in self.0.iter_mut().zip(counts) {
            *count = count.saturating_add(*more);
        }
    }

    /// How often each was met, in the order of [`Oddity`]'s variants.
    #[must_use]
    pub const fn counts(&self) -> &[u32] {
        &self.0
    }

    /// How often this one was met.
    #[must_use]
    pub fn of(&self, oddity: Oddity) -> u32 {
        self.0.get(oddity as usize).copied().unwrap_or(0)
    }

    /// Those that were met, with their names and counts.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        NAMES
            .iter()
            .map(|&(oddity, name)| (name, self.of(oddity)))
            .filter(|&(_, count)| count > 0)
    }
}
