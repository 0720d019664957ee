// Preloaded by a test file's process: leaves the ids of the mutants that it reached in the folder MUTANTS_REACHED.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

process.on("exit", () => {
  const reached = Object.keys(globalThis.__stryker__?.mutantCoverage?.static ?? {});
  if (reached.length)
    writeFileSync(join(process.env.MUTANTS_REACHED, `${process.pid}.json`), JSON.stringify([process.argv[1], reached]));
});
