// node report.mjs [results.json]: the tables, as Markdown.
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { median } from "./lib/median.mjs";

export const figure = (x) => (!Number.isFinite(x) ? "–" : x.toFixed(x >= 1000 ? 0 : x >= 10 ? 1 : 2));
export const row = (cells) => `| ${cells.join(" | ")} |`;
export const head = (cells) => `${row(cells)}\n|---|${"--:|".repeat(cells.length - 1)}`;
const entries = (object) => Object.entries(object ?? {});
/** The median and range of the ratios within the rounds. */
function ratio(values, floor) {
  const ratios = values.map((value, round) => value / floor[round]);
  return `${figure(median(ratios))} [${figure(Math.min(...ratios))}..${figure(Math.max(...ratios))}]`;
}

export function table(results) {
  const names = results.subjects.map(({ name }) => name);
  return [
    ...about(results),
    ...bundles(results),
    ...warm(results, names),
    ...cold(results, names),
    ...garbage(results, names),
    ...entries(results.real).flatMap(([kind, connection]) => real(kind, connection)),
  ].join("\n");
}

function about({ chromium, cpus, cpu, load, when, sizes, options }) {
  const size = ([name, s]) => `${name} ${s.entries} (${s.members} members, ${s.remoteTracks} inbound streams)`;
  const rounds = `${options.rounds} warm rounds, ${options.realRounds} on real connections`;
  return [
    `Chromium ${chromium}, ${cpus} cores (${cpu}), ${rounds}, load ${figure(load)}, ${when}.`,
    "",
    `Entries per report: ${entries(sizes).map(size).join(", ")}.`,
    "",
  ];
}

function bundles({ bundles: libraries }) {
  if (!libraries) return [];
  const name = ({ name, version, part }) => [name, version, part && `(${part})`].filter(Boolean).join(" ");
  return [
    "Size: bytes that a page loads more.",
    "",
    head(["library", "minified", "gzip -9", "brotli 11"]),
    ...libraries.map((library) => row([name(library), library.raw, library.gzip, library.brotli])),
    "",
  ];
}

function warm({ us }, names) {
  if (!us) return [];
  const sizes = Object.keys(us);
  const cells = (name) =>
    sizes.flatMap((size) => {
      const [own, floor] = [us[size][name], us[size].floor];
      return [figure(median(own)), ratio(own, floor), figure(Math.min(...own) / Math.min(...floor))];
    });
  return [
    "Warm: median µs per sample; × floor as the median [range] of the ratios within the rounds; × floor by the best round of each.",
    "",
    head(["subject", ...sizes.flatMap((size) => [`${size} µs`, `${size} × floor`, `${size} best`])]),
    ...names.map((name) => row([name, ...cells(name)])),
    "",
  ];
}

function cold({ cold: us }, names) {
  if (!us) return [];
  const sizes = Object.keys(us);
  const later = (size, name) => median(us[size][name].map((samples) => median(samples.slice(1))));
  const cells = (name) =>
    sizes.flatMap((size) => {
      const first = median(us[size][name].map(([sample]) => sample));
      return [`${figure(first)} / ${figure(later(size, name))}`, figure(later(size, name) / later(size, "floor"))];
    });
  return [
    "Cold, a fresh page: µs of the first sample / median of the 2nd to 30th; × floor of the latter.",
    "",
    head(["subject", ...sizes.flatMap((size) => [size, `${size} × floor`])]),
    ...names.map((name) => row([name, ...cells(name)])),
    "",
  ];
}

function garbage({ garbage: bytes }, names) {
  if (!bytes) return [];
  const sizes = Object.keys(bytes);
  return [
    "Garbage: KiB on the JavaScript heap per sample.",
    "",
    head(["subject", ...sizes]),
    ...names.map((name) => row([name, ...sizes.map((size) => figure(median(bytes[size][name]) / 1024))])),
    "",
  ];
}

function real(kind, { entries: count, members, transceivers, split, block }) {
  const over = (name, meter) => block[name][meter].map((us, round) => us - block.idle[meter][round]);
  const floor = over("floor", "task");
  const cells = (name) => {
    const main = over(name, "task");
    return [
      figure(median(block[name].wall)),
      figure(median(main)),
      ratio(main, floor),
      figure(median(over(name, "all"))),
    ];
  };
  const parts = entries(split).map(([name, us]) => `${name} ${figure(us)}`);
  return [
    `Real connection ${kind}: ${count} entries, ${members} members, ${transceivers} transceivers. Wall, median µs: ${parts.join(", ")}.`,
    "",
    head(["work per sample", "wall µs", "main thread µs over idle", "× floor", "renderer µs over idle (rough)"]),
    ...Object.keys(block).map((name) => row([name, ...cells(name)])),
    "",
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(table(JSON.parse(fs.readFileSync(process.argv[2] ?? "results.json", "utf8"))));
}
