//! The binary `callscope`.

use std::process::ExitCode;

use callscope_collector::replay::{self, Replay};
use clap::{Parser, Subcommand};

/// Tells how good WebRTC calls were.
#[derive(Debug, Parser)]
#[command(name = "callscope", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Analyses a recording of a call.
    Replay(Replay),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    match command {
        Command::Replay(replay) => replay::run(&replay),
    }
}
