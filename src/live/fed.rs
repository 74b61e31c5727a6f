//! A call of another page, measured here from the reports that it sends.

use callscope_core::{Atom, Config, Engine, LossRatio, Millis};
use callscope_recording::handover::unpack;

use super::feed::News;
use crate::model::Call;

/// A call of another page.
#[derive(Debug)]
pub(super) struct Fed {
    pub(super) session: String,
    pub(super) about: Option<String>,
    pub(super) room: Option<String>,
    pub(super) participant: Option<String>,
    pub(super) engine: Engine,
    /// Not while it is the one that is shown.
    pub(super) call: Call,
    /// When the first report came, in milliseconds since the epoch.
    pub(super) started: f64,
    /// When it was last heard of.
    pub(super) heard: f64,
    pub(super) is_over: bool,
    names: Vec<String>,
}

impl Fed {
    pub(super) fn new(news: &News, now: f64) -> Self {
        let usual = Config::default();
        let [loss, round_trip_time, min_packets] = news.thresholds;
        let config = Config {
            high_loss: LossRatio::of(loss, 100.0 - loss).unwrap_or(usual.high_loss),
            high_round_trip_time: Millis::new(round_trip_time)
                .unwrap_or(usual.high_round_trip_time),
            min_packets,
            published_only: news.published_only,
            ..usual
        };
        Self {
            session: news.session.clone(),
            about: None,
            room: None,
            participant: None,
            engine: Engine::new(config),
            call: Call::default(),
            started: now,
            heard: now,
            is_over: false,
            names: Vec::new(),
        }
    }

    /// Measures what came, and adds it to what is known of the call.
    pub(super) fn take(&mut self, news: News, call: &mut Call, now: f64) {
        self.heard = now;
        self.room = news.room;
        self.participant = news.participant;
        self.about = news.about;
        self.names.extend(news.names);
        for unpacked in unpack(&news.numbers) {
            unpacked.tell(&mut self.engine);
        }
        call.learn_labels(news.labels);
        if news.is_over {
            self.end(call);
        } else {
            self.collect(call);
        }
    }

    /// It is over: what was open ends.
    pub(super) fn end(&mut self, call: &mut Call) {
        self.engine.finish();
        self.is_over = true;
        call.is_over = true;
        self.collect(call);
    }

    fn collect(&mut self, call: &mut Call) {
        let outputs = self.engine.take();
        call.take(outputs, &self.engine, &|atom| self.name(atom));
    }

    /// What the call is called among others.
    pub(super) fn title(&self) -> String {
        let room = self.room.as_deref().unwrap_or("A call");
        match &self.participant {
            Some(participant) => format!("{room}, {participant}"),
            None => room.to_owned(),
        }
    }

    fn name(&self, atom: Atom) -> Option<String> {
        let place = usize::try_from(atom.number()).ok()?;
        self.names.get(place).cloned()
    }
}
