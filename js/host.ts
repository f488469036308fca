/** Writes the script of the page that the browser tests open to the standard output. */

import { build } from "esbuild";
import { COMMON } from "./bundle.ts";

const { outputFiles } = await build({
  ...COMMON,
  entryPoints: ["tests/support/browser-host.ts"],
  external: ["./scope.js"],
  format: "esm",
  target: "es2022",
  minify: false,
  write: false,
});
for (const { text } of outputFiles) process.stdout.write(text);
