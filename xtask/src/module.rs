//! Builds the package that applications embed, `npm/dist`, from crates/embed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::child::{Echo, Job};
use crate::place;
use crate::toolbox::{Need, Toolbox};

const NAME: &str = "callscope_embed";
/// What a package has to bring.
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];
const PROFILE: &str = "embed-release";
const TARGET: &str = "wasm32-unknown-unknown";

/// What browsers have had for years; all of Binaryen's features would make modules that Chromium refuses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// The compiler puts small functions where they are called from up to 5 points at this optimisation; what is repeated then compresses
/// well, and 10 comes out smallest: by 2 %. The linker's own stack is a mebibyte, of which the engine needs a few kilobytes.
const FLAGS: &str = "target.wasm32-unknown-unknown.rustflags=[\"-Cllvm-args=-inline-threshold=10\", \"-Clink-arg=-zstack-size=65536\"]";

/// The licence of the parser of user agents, which goes with it.
const NOTICE: &str = "crates/browser/node_modules/ua-parser-js/license.md";

/// What is loaded at once, then what is loaded when it is needed, each with its crate and its own arguments. The parser of user agents would write into a
/// page's jQuery if it saw the window.
const SCRIPTS: [(&str, &str, &[&str]); 4] = [
    (
        "embed",
        "callscope.js",
        &[
            "--external:./debug.js",
            "--external:./otlp.js",
            "--external:./user-agent.js",
        ],
    ),
    ("embed", "debug.js", &[]),
    ("browser", "otlp.js", &[]),
    ("browser", "user-agent.js", &["--define:window=undefined"]),
];

/// What terser does after esbuild: constants go where they are used, and letters are given by how often they are needed. That is 4 % of what is
/// loaded at once. Functions stay where they are: one that is put into another is made anew at each call, which costs the reading of a report a quarter.
const SHRINK: [&str; 5] = [
    "--module",
    "--ecma=2022",
    "--mangle",
    "--compress",
    "passes=3,reduce_funcs=false",
];

/// Compiles, optimises and bundles.
pub(crate) fn build(toolbox: &Toolbox, deadline: Instant) -> Result<()> {
    if let Some(reason) = toolbox.missing_of(Need::MODULE) {
        bail!("the module cannot be built: {reason}");
    }
    let target = place::target()?;
    let dist = dist();
    fs::create_dir_all(&dist).with_context(|| format!("cannot make {}", dist.display()))?;
    let compiled = target
        .join(TARGET)
        .join(PROFILE)
        .join(format!("{NAME}.wasm"));

    let cargo = [
        "build",
        "--package",
        "callscope-embed",
        "--profile",
        PROFILE,
    ];
    for licence in LICENCES {
        let copy = place::root().join("npm").join(licence);
        fs::copy(place::root().join(licence), &copy)
            .with_context(|| format!("cannot write {}", copy.display()))?;
    }
    finish(
        "cargo",
        toolbox
            .job("cargo", deadline)?
            .args(cargo)
            .args(["--target", TARGET, "--config", FLAGS]),
    )?;
    // The first two put control flow in order for the rest: of all passes that were tried, the only ones to save more than the
    // noise (1 %).
    let strip = [
        // No address is below 1,024: the stack is there, and as deep it never is.
        "--low-memory-unused",
        // A large function that is called from one place stays a function: what is in both uses fewer variables.
        "--one-caller-inline-max-function-size=30",
        "--flatten",
        "--rereloop",
        "-Oz",
        "-Oz",
        // What is called most has the shortest number.
        "--reorder-functions",
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
    ];
    finish(
        "wasm-opt",
        toolbox
            .job("wasm-opt", deadline)?
            .args(strip)
            .args(FEATURES)
            .args([compiled.as_os_str(), "-o".as_ref()])
            .args([dist.join("callscope.wasm")]),
    )?;
    let notice = dist.join("user-agent.LICENSE.md");
    fs::copy(place::root().join(NOTICE), &notice)
        .with_context(|| format!("cannot write {}", notice.display()))?;
    for (room, script, args) in SCRIPTS {
        let minified = dist.join(script);
        finish(
            "esbuild",
            toolbox
                .job("esbuild", deadline)?
                .args([place::root()
                    .join("crates")
                    .join(room)
                    .join("src")
                    .join(script)])
                .args(["--bundle", "--minify", "--format=esm", "--target=es2022"])
                .args(args)
                .args([
                    format!("--outfile={}", minified.display()),
                    "--log-level=warning".to_owned(),
                ]),
        )?;
        finish(
            "terser",
            toolbox
                .job("terser", deadline)?
                .args([minified.as_os_str(), "-o".as_ref(), minified.as_os_str()])
                .args(SHRINK),
        )?;
    }
    Ok(())
}

fn finish(what: &str, job: Job) -> Result<()> {
    let finished = job.run(Echo::Live)?;
    ensure!(
        finished.succeeded(),
        "the module was not built ({what} {}): see the output above",
        finished.describe()
    );
    Ok(())
}

/// Copies the package's files, as they were built last, into a folder; none, where they never were.
pub(crate) fn copy_to(folder: &Path) -> Result<()> {
    let Ok(files) = fs::read_dir(dist()) else {
        println!("the module is not built: the app's demo call will not be kept");
        return Ok(());
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in files {
        let file = file.context("cannot list npm/dist")?;
        let copy = folder.join(file.file_name());
        fs::copy(file.path(), &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    }
    Ok(())
}

fn dist() -> PathBuf {
    place::root().join("npm").join("dist")
}
