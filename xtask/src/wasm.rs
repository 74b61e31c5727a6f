//! The steps over what runs in a browser: its lints, and its tests in the browsers themselves.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use crate::child::Echo;
use crate::pages::Server;
use crate::place;
use crate::step::{Verdict, check};
use crate::tally::{Runner, judge};
use crate::toolbox::Toolbox;

pub(crate) fn clippy_wasm(toolbox: &Toolbox, deadline: Instant) -> Result<Verdict> {
    let on = |packages: &[&str], targets: &[&str]| {
        check(
            toolbox
                .job("cargo", deadline)?
                .args(["clippy", "--target", "wasm32-unknown-unknown"])
                .args(packages.iter().flat_map(|package| ["--package", package]))
                .args(targets)
                .args(["--", "-D", "warnings"])
                .env("CLIPPY_CONF_DIR", place::root().join("clippy-wasm")),
        )
    };
    let all = ["--lib", "--bins", "--tests"];
    let verdict = on(
        &["callscope-app", "callscope-browser", "callscope-reader"],
        &all,
    )?;
    if verdict.tally.failed > 0 {
        return Ok(verdict);
    }
    // Their tests are native.
    let verdict = on(
        &[
            "callscope-insights",
            "callscope-local",
            "callscope-made-up",
            "callscope-simulate",
        ],
        &["--lib", "--bins"],
    )?;
    if verdict.tally.failed > 0 {
        return Ok(verdict);
    }
    // By itself: it handles panics in place of the standard library, which the app brings.
    on(&["callscope-embed"], &["--lib"])
}

pub(crate) fn in_chromium(
    toolbox: &Toolbox,
    deadline: Instant,
    package: &str,
    targets: &[&str],
) -> Result<Verdict> {
    let chromium = toolbox.chromium()?;
    let driver = [
        "--chrome".as_ref(),
        "--chromedriver".as_ref(),
        chromium.driver.as_os_str(),
    ];
    in_browser(
        toolbox,
        deadline,
        &driver,
        &chromium.capabilities,
        package,
        targets,
    )
}

pub(crate) fn in_firefox(
    toolbox: &Toolbox,
    deadline: Instant,
    package: &str,
    targets: &[&str],
) -> Result<Verdict> {
    let capabilities = &toolbox.firefox()?.capabilities;
    in_browser(
        toolbox,
        deadline,
        &["--firefox".as_ref()],
        capabilities,
        package,
        targets,
    )
}

fn in_browser(
    toolbox: &Toolbox,
    deadline: Instant,
    driver: &[&OsStr],
    capabilities: &Path,
    package: &str,
    targets: &[&str],
) -> Result<Verdict> {
    let server = Server::keep_answering()?;
    let finished = toolbox
        .job("wasm-pack", deadline)?
        // It may install nothing: what it needs is on its PATH.
        .args(["test", "--mode", "no-install", "--headless"])
        .args(driver)
        .args([package])
        .args(targets)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", capabilities)
        .env("WASM_BINDGEN_TEST_ADDRESS", server.address().to_string())
        // Seconds for all tests of one binary; its own default of 20 is short for calls.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "240")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        .run(Echo::Live)?;
    drop(server);
    let (tally, remark) = judge(Runner::Libtest, &finished);
    Ok(Verdict { tally, remark })
}
