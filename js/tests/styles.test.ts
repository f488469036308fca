import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

test("no gradient repeats: Firefox loses those between colours that are mixed in oklab", () => {
  const styles = globSync("src/**/*.css").map((path) => readFileSync(path, "utf8"));
  assert.ok(styles.length > 10);
  for (const text of styles) assert.doesNotMatch(text, /repeating-[a-z]+-gradient/);
});
