//! Reads recordings of WebRTC calls into the packed reports that the engine measures, and runs the engine over them.
//!
//! Three formats are told apart by what is in them: lines of `{"pc", "at", "stats"}`, dumps of rtcstats (versions 1 to 3,
//! delta-compressed or not), and the `webrtc_internals_dump` of Chrome. Nothing here does I/O of its own: bytes come in
//! as they are read ([`Recording`]), or from whatever can be read and sought in ([`internals`]).
//!
//! What is damaged is told and left out; the rest is still measured.
//!
//! ```
//! use callscope_core::Config;
//! use callscope_recording::{Analysis, Recording};
//!
//! let mut analysis = Analysis::new(Config::default(), |_, _| {});
//! let mut recording = Recording::new();
//! for (second, bytes) in [(1, 0), (11, 125_000)] {
//!     let line = format!(
//!         "{{\"pc\":\"a\",\"at\":{second}000,\"stats\":[{{\"type\":\"outbound-rtp\",\"timestamp\":{second}000,\
//!          \"ssrc\":7,\"kind\":\"video\",\"mediaSourceId\":\"SV1\",\"bytesSent\":{bytes}}}]}}\n"
//!     );
//!     recording.feed(line.as_bytes(), &mut analysis);
//! }
//! let ended = recording.finish(&mut analysis)?;
//! let output = analysis.finish(ended);
//! assert_eq!(output.engine().tracks().count(), 2, "one track, one connection");
//! # Ok::<(), callscope_recording::Error>(())
//! ```

mod analysis;
mod compression;
mod delta;
mod entry;
mod error;
mod events;
pub mod handover;
mod input;
pub mod internals;
pub mod json;
mod lenient;
mod lines;
mod members;
mod names;
mod recording;
mod report;
mod sniff;

pub use analysis::{Analysis, Output};
pub use error::{Damage, EXPORT, Error, Warning};
pub use input::Input;
pub use names::{NameOf, Names};
pub use recording::{Ended, Recording, Report, Sink};
pub use sniff::{Format, is_gzip, sniff};
