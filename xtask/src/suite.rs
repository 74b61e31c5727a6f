//! `cargo xtask test`: every step, then a table, then the one line that counts.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::step::{self, Step, Verdict};
use crate::tally::Tally;
use crate::text;
use crate::toolbox::{Need, Toolbox};

/// A run that takes longer is stuck: what is still to do then fails at once, and the table is printed all the same.
const LONGEST_RUN: Duration = Duration::from_mins(80);

/// Runs the steps called `only`, or all; returns whether everything passed.
pub(crate) fn run(only: &[String]) -> Result<bool> {
    let steps = chosen(step::all(), only)?;
    let needs: Vec<Need> = steps.iter().flat_map(|step| step.needs).copied().collect();
    let toolbox = Toolbox::prepare(&needs)?;
    // What is installed has limits of its own.
    let end = Instant::now() + LONGEST_RUN;
    let mut results = Vec::new();
    for step in &steps {
        println!("\n== {}: {} ({})", step.name, step.about, step.takes);
        let begun = Instant::now();
        let verdict = if begun < end {
            step.run(&toolbox, end.min(begun + step.limit))
        } else {
            Verdict::failure("not run: the time for all steps has passed".to_owned())
        };
        if let Some(remark) = &verdict.remark {
            println!("   {}: {remark}", step.name);
        }
        println!("   {}: {}", step.name, text::duration(begun.elapsed()));
        results.push((step.name, verdict, begun.elapsed()));
    }
    print_table(&results);
    let total: Tally = results.iter().map(|(_, verdict, _)| verdict.tally).sum();
    println!("{total}");
    Ok(total.failed == 0)
}

/// Prints what there is to choose from.
pub(crate) fn list() {
    for step in step::all() {
        println!("{:<13} {} ({})", step.name, step.about, step.takes);
    }
}

fn chosen(steps: Vec<Step>, only: &[String]) -> Result<Vec<Step>> {
    if let Some(unknown) = only
        .iter()
        .find(|&name| steps.iter().all(|step| step.name != name))
    {
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        bail!(
            "there is no step `{unknown}`; the steps are {}",
            names.join(", ")
        );
    }
    Ok(steps
        .into_iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
        .collect())
}

fn print_table(results: &[(&str, Verdict, Duration)]) {
    println!(
        "\n{:<13} {:>6} {:>6} {:>13}",
        "step", "passed", "failed", "time"
    );
    for (name, Verdict { tally, remark }, time) in results {
        let remark = remark
            .as_ref()
            .map(|remark| format!("  {}", remark.lines().next().unwrap_or_default()))
            .unwrap_or_default();
        println!(
            "{name:<13} {:>6} {:>6} {:>13}{remark}",
            tally.passed,
            tally.failed,
            text::duration(*time)
        );
    }
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_their_order_whatever_the_order_asked_for() {
        let steps = chosen(step::all(), &["doc".to_owned(), "fmt".to_owned()]).unwrap();
        assert_eq!(
            steps.iter().map(|step| step.name).collect::<Vec<_>>(),
            ["fmt", "doc"]
        );
    }

    #[test]
    fn an_unknown_step_is_named_beside_the_known_ones() {
        let error = chosen(step::all(), &["fnt".to_owned()])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`fnt`") && error.contains("fmt, clippy"),
            "{error}"
        );
    }
}
