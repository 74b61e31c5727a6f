//! `cargo xtask example`: an application with the module, on this machine.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::child::Echo;
use crate::toolbox::{Need, Toolbox};
use crate::{module, place};

/// The examples, by the names of their folders.
pub(crate) const NAMES: [&str; 2] = ["plain", "twilio-vite"];

/// Nobody leaves an example running for longer.
const LONGEST: Duration = Duration::from_hours(24);

/// Builds the module and runs an example until it is interrupted.
pub(crate) fn run(name: &str) -> Result<()> {
    let needs = [Need::MODULE, &[Need::Packages]].concat();
    let toolbox = Toolbox::prepare(&needs)?;
    if let Some(reason) = toolbox.missing_of(&needs) {
        bail!("{reason}");
    }
    module::build(&toolbox, Instant::now() + Duration::from_mins(20))?;
    println!();
    let script = place::root().join("examples").join(name).join("serve.mjs");
    let finished = toolbox
        .job("node", Instant::now() + LONGEST)?
        .args([script])
        .run(Echo::Live)?;
    bail!("the example ended ({})", finished.describe())
}
