/**
 * Says which lines of src/ ran in a browser. Reads from the standard input, as base64, a bit for
 * each character of the built script, set if it ran; writes a line for each folder to the standard
 * output, and to the file named what did not run.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { eachMapping, TraceMap } from "@jridgewell/trace-mapping";
import { build } from "esbuild";
import { here, SCRIPT, STATIC } from "./bundle.ts";

const SOURCES = here("src");

async function bundled(): Promise<{ code: string; map: TraceMap }> {
  const { outputFiles = [] } = await build({ ...SCRIPT, sourcemap: "external", write: false });
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "";
  return { code: text(".js"), map: new TraceMap(text(".map")) };
}

/** Of each file and each of its lines that has code, whether any of that ran. */
function linesRun(code: string, map: TraceMap, ran: (offset: number) => boolean) {
  const files = new Map<string, Map<number, boolean>>();
  const starts = [0];
  for (const { index } of code.matchAll(/\n/g)) starts.push(index + 1);
  eachMapping(map, ({ source, originalLine, generatedLine, generatedColumn }) => {
    if (source === null) return;
    const path = relative(SOURCES, resolve(STATIC, source));
    if (path.startsWith("..")) return;
    const lines = files.get(path) ?? new Map<number, boolean>();
    files.set(path, lines);
    const runs = ran((starts[generatedLine - 1] ?? 0) + generatedColumn);
    lines.set(originalLine, runs || (lines.get(originalLine) ?? false));
  });
  return files;
}

function summary(files: Map<string, Map<number, boolean>>): string[] {
  const folders = new Map<string, boolean[]>();
  for (const [path, lines] of files) {
    const folder = dirname(path);
    folders.set(folder, [...(folders.get(folder) ?? []), ...lines.values()]);
  }
  const rows = [...folders].sort(([one], [other]) => one.localeCompare(other));
  const all = rows.flatMap(([, lines]) => lines);
  return [...rows, ["all", all] as const].map(([name, lines]) => {
    const run = lines.filter(Boolean).length;
    const share = ((100 * run) / lines.length).toFixed(1);
    return `${name.padEnd(24)} ${share.padStart(5)} %  ${run} of ${lines.length} lines`;
  });
}

function missed(files: Map<string, Map<number, boolean>>): string[] {
  return [...files].flatMap(([path, lines]) => {
    const left = [...lines].filter(([, runs]) => !runs).map(([line]) => line);
    left.sort((one, other) => one - other);
    return left.length > 0 ? [`${path}: ${left.join(", ")}`] : [];
  });
}

const { code, map } = await bundled();
if (code !== readFileSync(`${STATIC}/scope.js`, "utf8")) {
  throw new Error("expected srm_widget/static/scope.js to be what js/ builds");
}
const bits = Buffer.from(readFileSync(0, "utf8"), "base64");
const ran = (offset: number) => (((bits[offset >> 3] ?? 0) >> (offset & 7)) & 1) === 1;
const files = linesRun(code, map, ran);
const [, , details] = process.argv;
if (details) writeFileSync(details, `${missed(files).sort().join("\n")}\n`);
console.log(summary(files).join("\n"));
