// The table, as Markdown.
import { median } from "../peers/lib/median.mjs";
import { figure, head, row } from "../peers/report.mjs";

const MS = 1000;
const KIB = 1024;

const range = (values) => `${figure(median(values))} [${figure(Math.min(...values))}..${figure(Math.max(...values))}]`;

/** What every watcher took, over what the call without one took in the same round. */
export function table({ chromium, cpu, cpus, when, rounds, seconds, loads, results }) {
  const over = (name, meter, unit) => range(results[name].map((each, round) => (each[meter] - results.none[round][meter]) / unit));
  const own = (name, meter, unit = 1) => range(results[name].map((each) => each[meter] / unit));
  const typical = (name, meter, unit = 1) => figure(median(results[name].map((each) => each[meter] / unit)));
  const cells = (name) => [
    name,
    over(name, "task", MS),
    over(name, "script", MS),
    over(name, "start", MS),
    over(name, "heap", KIB),
    typical(name, "memory", KIB),
    typical(name, "asked"),
    typical(name, "heard"),
  ];
  return [
    `Chromium ${chromium}, ${cpus} cores (${cpu}), ${rounds} rounds of ${seconds} s, load ${range(loads)}, ${when}.`,
    "",
    `The call alone: ${own("none", "task", MS)} ms of the main thread, ${own("none", "script", MS)} of it scripts; ${own("none", "start", MS)} ms while watchers start; heap ${own("none", "heap", KIB)} KiB.`,
    "",
    "Over that, the median [range] of the differences within the rounds:",
    "",
    head(["watcher", "main thread, ms", "scripts, ms", "starting, ms", "heap, KiB", "WebAssembly, KiB", "reports asked for", "handed out"]),
    ...Object.keys(results)
      .filter((name) => name !== "none")
      .map((name) => row(cells(name))),
  ].join("\n");
}
