import { fileURLToPath } from "node:url";
import type { BuildOptions } from "esbuild";

export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const STATIC = here("../srm_widget/static");

export const COMMON: BuildOptions = {
  absWorkingDir: here("."),
  outdir: STATIC,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

export const SCRIPT: BuildOptions = {
  ...COMMON,
  entryPoints: { scope: "src/index.ts", blank: "src/blank.ts" },
  format: "esm",
  target: "es2022",
};
