// Python packages that tests need, in environments of their own under target/.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TARGET = fileURLToPath(new URL("../target/", import.meta.url));

/** The interpreter of an environment of that name, with what a requirements.txt names. */
export function python(name, requirements) {
  const folder = join(TARGET, `python-${name}`);
  const program = join(folder, "bin", "python");
  if (!existsSync(program)) execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
  execFileSync(program, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements], { stdio: "inherit" });
  return program;
}
