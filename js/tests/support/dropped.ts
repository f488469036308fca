/**
 * What the page makes of files that Python's tests drop on it: reads from the standard input a list of
 * drops, each of files with a name and their bytes in base64, and writes what became of each.
 */

import { readFileSync } from "node:fs";
import { droppedData } from "../../src/files/dropped-data.ts";
import { scopeData } from "../../src/files/scope-data.ts";

interface DroppedFile {
  name: string;
  bytes: string;
}

async function outcomeOf(files: DroppedFile[]): Promise<unknown> {
  const began = performance.now();
  try {
    const named = files.map(({ name, bytes }) => ({
      name,
      bytes: new Uint8Array(Buffer.from(bytes, "base64")),
    }));
    const steps = scopeData(await droppedData(named), "1.0");
    let step = steps.next();
    while (!step.done) step = steps.next();
    const { traits, ...facts } = step.value;
    const held = Buffer.from(traits._held as unknown as Uint8Array).toString("base64");
    return { refusal: null, traits: { ...traits, _held: held }, facts };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return {
      refusal: error.message,
      kind: error.name,
      elapsed: performance.now() - began,
    };
  }
}

const drops = JSON.parse(readFileSync(0, "utf8")) as DroppedFile[][];
const outcomes: unknown[] = [];
for (const files of drops) outcomes.push(await outcomeOf(files));
process.stdout.write(JSON.stringify(outcomes));
