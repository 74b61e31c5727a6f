//! Sends batches to a collector and measures its answers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, StatusCode};
use callscope_core::wire::Batch;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinSet;

use super::target::{Line, Sender, packed};

/// How often a batch is sent before it is given up.
const TRIES: u32 = 4;

/// How long one waits where the collector does not say.
const PAUSE: Duration = Duration::from_millis(500);

/// When batches are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// When their browsers would: at `sent_at`. That is so many milliseconds since the epoch now.
    Real(i64),
    /// So many a second.
    Rate(f64),
    /// The next when one is answered.
    Answered,
}

/// How it is sent.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// Where to.
    pub(super) line: Line,
    /// With which key.
    pub(super) key: Option<HeaderValue>,
    /// When.
    pub(super) pace: Pace,
    /// Over how many connections.
    pub(super) connections: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Report {
    /// How long it took.
    pub(super) took: Duration,
    /// Microseconds from each batch to the answer that took it, in ascending order.
    pub(super) latencies: Vec<u32>,
    /// Batches that were given up.
    pub(super) lost: u64,
    /// What went wrong, and how often; batches that were taken later count, too.
    pub(super) errors: BTreeMap<String, u64>,
    /// How late the last batch was sent, against its pace.
    pub(super) behind: Duration,
    /// Why it ended early.
    pub(super) refused: Option<String>,
}

impl Report {
    /// The latency that such a share stays under, in milliseconds.
    fn latency(&self, percent: usize) -> Option<f64> {
        let place = (self.latencies.len() * percent).div_ceil(100).max(1) - 1;
        Some(f64::from(*self.latencies.get(place)?) / 1000.0)
    }

    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.lost += other.lost;
        for (what, count) in other.errors {
            *self.errors.entry(what).or_default() += count;
        }
        self.refused = self.refused.take().or(other.refused);
    }
}

impl fmt::Display for Report {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = self.latencies.len();
        let seconds = self.took.as_secs_f64();
        let rate = taken as f64 / seconds.max(1e-9);
        writeln!(
            f,
            "{taken} batches taken in {seconds:.1} s: {rate:.0} batches/s"
        )?;
        if let (Some(p50), Some(p99)) = (self.latency(50), self.latency(99)) {
            writeln!(f, "latency: p50 {p50:.1} ms, p99 {p99:.1} ms")?;
        }
        if self.behind > Duration::from_secs(1) {
            let late = self.behind.as_secs_f64();
            writeln!(
                f,
                "the collector did not keep up: the last batch went out {late:.1} s late"
            )?;
        }
        write!(
            f,
            "errors: {}, given up: {}",
            self.errors.values().sum::<u64>(),
            self.lost
        )?;
        for (what, count) in &self.errors {
            write!(f, "\n  {count} × {what}")?;
        }
        Ok(())
    }
}

/// Sends all batches, or those until `stop`.
pub(super) async fn send(
    load: Load,
    batches: impl Iterator<Item = Batch>,
    stop: impl Future<Output = ()>,
) -> Report {
    let (queue, batches_of) = mpsc::channel::<Batch>(load.connections.max(1));
    let batches_of = Arc::new(Mutex::new(batches_of));
    let (refuse, refused) = watch::channel(false);
    let mut workers = JoinSet::new();
    for _ in 0..load.connections.max(1) {
        let sender = Sender::new(load.line.clone(), load.key.clone());
        workers.spawn(work(sender, Arc::clone(&batches_of), refuse.clone()));
    }
    drop(refuse);
    let begun = Instant::now();
    let behind = feed(load.pace, batches, &queue, refused, stop).await;
    drop(queue);
    let mut report = Report::default();
    while let Some(done) = workers.join_next().await {
        report.add(done.unwrap_or_default());
    }
    report.took = begun.elapsed();
    report.behind = behind;
    report.latencies.sort_unstable();
    report
}

/// Hands batches out when it is their time.
async fn feed(
    pace: Pace,
    batches: impl Iterator<Item = Batch>,
    queue: &mpsc::Sender<Batch>,
    mut refused: watch::Receiver<bool>,
    stop: impl Future<Output = ()>,
) -> Duration {
    let begun = Instant::now();
    let mut stop = std::pin::pin!(stop);
    let mut behind = Duration::ZERO;
    for (count, batch) in (0_u32..).zip(batches) {
        let due = match pace {
            Pace::Real(now) => {
                u64::try_from(batch.sent_at - now).map_or(Duration::ZERO, Duration::from_millis)
            }
            Pace::Rate(rate) => Duration::from_secs_f64(f64::from(count) / rate),
            Pace::Answered => Duration::ZERO,
        };
        let hand_out = async {
            tokio::time::sleep_until((begun + due).into()).await;
            queue.send(batch).await.is_ok()
        };
        let goes_on = tokio::select! {
            biased;
            () = &mut stop => false,
            _ = refused.wait_for(|it| *it) => false,
            sent = hand_out => sent,
        };
        if !goes_on {
            break;
        }
        if pace != Pace::Answered {
            behind = begun.elapsed().saturating_sub(due);
        }
    }
    behind
}

/// Sends what comes, one after the other.
async fn work(
    mut sender: Sender,
    batches: Arc<Mutex<mpsc::Receiver<Batch>>>,
    refuse: watch::Sender<bool>,
) -> Report {
    let mut report = Report::default();
    loop {
        let next = batches.lock().await.recv().await;
        let Some(batch) = next else { return report };
        if !deliver(&mut sender, &batch, &mut report).await {
            refuse.send_replace(true);
            return report;
        }
    }
}

/// Sends one until it is taken or given up; whether others are worth a try.
async fn deliver(sender: &mut Sender, batch: &Batch, report: &mut Report) -> bool {
    let body = match packed(batch) {
        Ok(body) => body,
        Err(error) => {
            *report.errors.entry(error.to_string()).or_default() += 1;
            report.lost += 1;
            return true;
        }
    };
    for _ in 0..TRIES {
        let begun = Instant::now();
        let answer = sender.send(body.clone()).await;
        let (what, again) = match answer {
            Ok(answer) if answer.status.is_success() => {
                let took = begun.elapsed().as_micros();
                report
                    .latencies
                    .push(u32::try_from(took).unwrap_or(u32::MAX));
                return true;
            }
            Ok(answer) => {
                let what = format!("{}: {}", answer.status.as_u16(), answer.message);
                match answer.status {
                    StatusCode::REQUEST_TIMEOUT
                    | StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::SERVICE_UNAVAILABLE => {
                        (what, Some(answer.retry_after.unwrap_or(PAUSE)))
                    }
                    StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                        *report.errors.entry(what.clone()).or_default() += 1;
                        report.lost += 1;
                        report.refused = Some(what);
                        return false;
                    }
                    _ => (what, None),
                }
            }
            Err(error) => (error.to_string(), Some(PAUSE)),
        };
        *report.errors.entry(what).or_default() += 1;
        match again {
            Some(pause) => tokio::time::sleep(pause).await,
            None => break,
        }
    }
    report.lost += 1;
    true
}
