import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BUDGET = 120 * 1024;
const outputs = ["../srm_widget/static/scope.js", "../srm_widget/static/scope.css"].map(here);

await build({
  absWorkingDir: here("."),
  entryPoints: { scope: "src/index.ts" },
  outdir: here("../srm_widget/static"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});

// The stylesheet is an entry of its own: CSS nesting and container queries are left to the browser,
// so it is minified without being lowered to the script's target.
await build({
  absWorkingDir: here("."),
  entryPoints: { scope: "src/style.css" },
  outdir: here("../srm_widget/static"),
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});

const sizes = await Promise.all(outputs.map(async (path) => (await stat(path)).size));
const total = sizes.reduce((sum, size) => sum + size, 0);
console.log(`scope.js ${sizes[0]} + scope.css ${sizes[1]} = ${total} bytes`);
if (total > BUDGET) throw new Error(`expected at most ${BUDGET} bytes, got ${total}`);
