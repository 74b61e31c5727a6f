//! `callscope replay`: runs the engine over a recording and prints what it finds.

mod input;
mod table;

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use callscope_core::{Config, Interval};
use callscope_recording::json::Writer;
use callscope_recording::{Analysis, Error, Names, Output};
use clap::{Args, ValueEnum};

/// What can be asked of a replay.
#[derive(Args, Clone, Debug)]
pub struct Replay {
    /// The recording: a webrtc_internals_dump, an rtcstats dump, or lines of {"pc", "at", "stats"}, gzipped or not.
    /// `-`, or none, is standard input.
    pub file: Option<PathBuf>,

    /// How to print what is found. It is JSON unless asked otherwise, on a terminal too.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,

    /// A track that sent fewer packets is not judged; 0 judges every track.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub min_packets: u32,

    /// Fail if anything in the recording is damaged.
    #[arg(long)]
    pub strict: bool,
}

/// How to print what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One object: intervals, tracks, issues and the rest.
    #[default]
    Json,
    /// Tables for people.
    Table,
}

/// Something in the recording is damaged, and that was not to be.
const DAMAGED: u8 = 1;

/// It cannot be read, or it is no recording.
const NO_RECORDING: u8 = 2;

/// Replays a recording to standard output; what is wrong with it goes to standard error.
#[must_use]
pub fn run(replay: &Replay) -> ExitCode {
    let out = BufWriter::with_capacity(64 << 10, io::stdout().lock());
    match write(replay, out) {
        Ok(output) => {
            for warning in output.warnings() {
                complain(&format_args!("warning: {warning}"));
            }
            if replay.strict && !output.warnings().is_empty() {
                return ExitCode::from(DAMAGED);
            }
            ExitCode::SUCCESS
        }
        Err(Failure::Reading(error)) => {
            let file = match &replay.file {
                Some(file) if file.as_os_str() != "-" => file.display().to_string(),
                _ => "standard input".into(),
            };
            complain(&format_args!("error: {file}: {error}"));
            ExitCode::from(NO_RECORDING)
        }
        // Whoever read the output has read enough.
        Err(Failure::Writing(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Failure::Writing(error)) => {
            complain(&format_args!(
                "error: the output could not be written: {error}"
            ));
            ExitCode::from(NO_RECORDING)
        }
    }
}

/// Why a replay did not come to its end.
#[derive(Debug)]
enum Failure {
    Reading(Error),
    Writing(io::Error),
}

/// Writes what a recording comes to. JSON intervals are written as they close; nothing before the first of them, so that
/// what is no recording leaves no half an object.
fn write(replay: &Replay, out: impl Write) -> Result<Output, Failure> {
    let config = Config {
        min_packets: f64::from(replay.min_packets),
        ..Config::default()
    };
    let mut writer = Writer::new(out);
    let failed = Cell::new(None);
    let stop = || {
        let error = failed.take();
        let is_some = error.is_some();
        failed.set(error);
        is_some
    };
    let write_json = |interval: &Interval, names: &Names| {
        if replay.format == Format::Json && !stop() {
            failed.set(writer.interval(interval, names).err());
        }
    };
    let mut analysis = Analysis::new(config, write_json);
    let ended = input::read(replay.file.as_deref(), &mut analysis, &stop);
    let ended = match failed.take() {
        Some(error) => return Err(Failure::Writing(error)),
        None => ended.map_err(Failure::Reading)?,
    };
    let output = analysis.finish(ended);
    if let Some(error) = failed.take() {
        return Err(Failure::Writing(error));
    }
    let written = match replay.format {
        Format::Json => writer.finish_with(&output).and_then(|mut out| out.flush()),
        Format::Table => {
            let mut out = writer.into_inner();
            table::write(&mut out, &output).and_then(|()| out.flush())
        }
    };
    written.map_err(Failure::Writing)?;
    Ok(output)
}

/// Tells on standard error; if nobody hears it, nothing can be done about it.
fn complain(what: &dyn fmt::Display) {
    drop(writeln!(io::stderr(), "{what}"));
}
