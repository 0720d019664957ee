// Writes every mutant that Stryker knows into the files, behind switches, and prints them: one line of JSON.
// `node instrument.mjs ROOT FILE...`. A test run with __STRYKER_ACTIVE_MUTANT__=<id> has that mutant alone.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Instrumenter } from "@stryker-mutator/instrumenter";

const [root, ...names] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, isDebugEnabled: () => false };
const files = names.map((name) => ({ name, mutate: true, content: readFileSync(join(root, name), "utf8") }));
const options = { plugins: null, ignorers: [], excludedMutations: [], noHeader: false };
const made = await new Instrumenter(quiet).instrument(files, options);

for (const { name, content } of made.files) writeFileSync(join(root, name), content);
const found = made.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
  const lines = files.find(({ name }) => name === fileName).content.split("\n");
  const { start, end } = location;
  const last = start.line === end.line ? end.column : undefined;
  return {
    id,
    file: fileName,
    line: start.line + 1,
    kind: mutatorName,
    was: lines[start.line].slice(start.column, last),
    becomes: replacement,
  };
});
process.stdout.write(JSON.stringify(found));
