//! The binary `callscope`.

use std::process::ExitCode;

use callscope_collector::administer::{self, KeysCommand, Purge};
use callscope_collector::replay::{self, Replay};
use callscope_collector::serve::{self, Serve};
use callscope_collector::simulate::{self, Simulate};
use clap::{Parser, Subcommand};

/// Batches are many small strings, made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Tells how good WebRTC calls were.
#[derive(Debug, Parser)]
#[command(name = "callscope", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Takes what browsers measured, keeps it, and answers what it comes to.
    Serve(Box<Serve>),
    /// Says who may send and read.
    Keys(KeysCommand),
    /// Deletes what is older than it is to be kept, as the server does every hour.
    Purge(Purge),
    /// Analyses a recording of a call.
    Replay(Replay),
    /// Makes calls up, and sends or stores what their browsers would send.
    Simulate(Box<Simulate>),
}

fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    match command {
        Command::Serve(serve) => serve::run(*serve),
        Command::Keys(command) => administer::keys(command),
        Command::Purge(command) => administer::purge(command),
        Command::Replay(replay) => replay::run(&replay),
        Command::Simulate(simulate) => simulate::run(&simulate),
    }
}
