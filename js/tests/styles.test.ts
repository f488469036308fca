import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

test("gradients that repeat do so in a space in which every browser repeats them", () => {
  const styles = globSync("src/**/*.css").map((path) => readFileSync(path, "utf8"));
  const repeated = styles.flatMap((text) => text.match(/repeating-[a-z]+-gradient\([^,]*/g) ?? []);
  assert.ok(repeated.length > 0);
  for (const start of repeated) assert.match(start, / in srgb$/);
});
