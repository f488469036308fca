import { readFile, stat, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { COMMON, here, SCRIPT, STATIC } from "./bundle.ts";

/** Most bytes of what a scope loads, and of a page without samples in all. */
const BUDGETS = [
  { outputs: ["scope.js", "scope.css"], most: 246 * 1024 },
  { outputs: ["blank.js", "blank.css", "scope.css"], most: 284 * 1024 },
];

const { metafile } = await build({ ...SCRIPT, metafile: true });

// The stylesheet is an entry of its own: CSS nesting and container queries are left to the browser,
// so it is minified without being lowered to the script's target. One letter beyond Latin-1 would
// have the browser hold two bytes for each of all others, and for every scope.
await build({
  ...COMMON,
  charset: "ascii",
  entryPoints: { scope: "src/style.css", blank: "src/app/blank-page.css" },
});

// What is bundled of others goes out with their licences.
const bundled = Object.keys(metafile.inputs).map(
  (path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1],
);
const packages = [...new Set(bundled.filter((name) => name !== undefined))].sort();
const licences = packages.map(async (name) => {
  const text = await readFile(here(`node_modules/${name}/LICENSE`), "utf8");
  return `${name}\n\n${text.trim()}\n`;
});
await writeFile(
  `${STATIC}/LICENSES.txt`,
  (await Promise.all(licences)).join(`\n${"-".repeat(80)}\n\n`),
);

for (const { outputs, most } of BUDGETS) {
  const sizes = await Promise.all(
    outputs.map(async (name) => (await stat(`${STATIC}/${name}`)).size),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const parts = outputs.map((name, k) => `${name} ${sizes[k]}`);
  console.log(`${parts.join(" + ")} = ${total} bytes`);
  if (total > most) throw new Error(`expected at most ${most} bytes, got ${total}`);
}
