// What can be asked for on the command line.
export const HELP = `node run.mjs [options]

  --quick           callscope and the floor only, the large report and the large real connection: three minutes
  --rounds N        warm rounds (9); every round is a fresh page with all subjects, in another order
  --real-rounds N   rounds on the real connections (9)
  --sizes S,M,L     sizes of the synthetic reports
  --kinds 50+50     real connections: 1+1, 10+10, 50+50
  --only a,b        these subjects and the floor
  --no-warm --no-cold --no-garbage --no-real
                    leave a part out
  --chromium PATH   the browser (CHROMIUM, or chromium on PATH)
  --own DIR         the reader and the engine by themselves as they were built before, instead of building them
  --module DIR      the module as it was built before, instead of building it
  --cargo SETTING   a setting for cargo when building it, such as profile.wasm-release.package.callscope-core.opt-level=3
  --out FILE        where the figures go (results.json)`;

const QUICK = {
  quick: true,
  rounds: 7,
  cold: false,
  sizes: "L",
  kinds: "50+50",
  only: "callscope-pack,callscope,callscope-sampler,callscope-module,callscope-10s,callscope-module-10s",
};

export function options(args) {
  const given = {};
  const values = ["rounds", "real-rounds", "sizes", "kinds", "only", "chromium", "own", "module", "cargo", "out"];
  for (let i = 0; i < args.length; i++) {
    const name = args[i].replace(/^--/, "");
    if (name === "quick") Object.assign(given, QUICK, { ...given });
    else if (/^no-(warm|cold|garbage|real)$/.test(name)) given[name.slice(3)] = false;
    else if (values.includes(name) && i + 1 < args.length) given[name] = args[++i];
    else throw new Error(`what is ${args[i]}?\n\n${HELP}`);
  }
  const all = {
    warm: true,
    cold: true,
    garbage: true,
    real: true,
    rounds: 9,
    "real-rounds": 9,
    sizes: "S,M,L",
    out: "results.json",
    ...given,
  };
  return {
    ...all,
    rounds: Number(all.rounds),
    realRounds: Number(all["real-rounds"]),
    sizes: all.sizes.split(","),
    kinds: all.kinds?.split(","),
    only: all.only?.split(","),
    chromium: all.chromium ?? process.env.CHROMIUM ?? "chromium",
  };
}
