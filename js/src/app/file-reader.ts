/** Reads dropped files: in slices, the last ones dropped alone. */

import { CooperativeTask } from "../base/cooperative-task.ts";
import { errorText } from "../base/format.ts";
import { checkFileSizes, droppedData, type NamedBytes } from "../files/dropped-data.ts";
import { Refusal } from "../files/refusal.ts";
import { type ScopeData, scopeData } from "../files/scope-data.ts";

/** Who hears of what becomes of files. */
export interface FileListener {
  begun(names: string[]): void;
  taken(data: ScopeData, names: string[]): void;
  /** nothing of the files is used, and this is why, in sentences */
  refused(reason: string, names: string[]): void;
}

const reasonOf = (error: unknown): string =>
  error instanceof Refusal ? `${error.message}. ${error.remedy}.` : `${errorText(error)}.`;

async function bytesOf(file: File): Promise<NamedBytes> {
  try {
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    throw new Error(
      "expected a file that can be read, got a folder, or one that has changed since",
    );
  }
}

/** Reads files one after another; what is dropped while others are read takes their place. */
export class DroppedFileReader {
  readonly #version: string;
  readonly #listener: FileListener;
  readonly #task = new CooperativeTask<ScopeData | Error>(new AbortController().signal);
  #latest = 0;

  /** `version` is that of srm_widget which made the page. */
  constructor(version: string, listener: FileListener) {
    this.#version = version;
    this.#listener = listener;
  }

  async read(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.#latest += 1;
    const number = this.#latest;
    const names = files.map(({ name }) => name);
    this.#task.stop();
    this.#listener.begun(names);
    try {
      checkFileSizes(files);
      const data = await droppedData(await Promise.all(files.map(bytesOf)));
      if (number !== this.#latest) return;
      const done = (found: ScopeData | Error) => this.#finished(found, names);
      this.#task.start(caught(scopeData(data, this.#version)), done, () => {});
    } catch (error) {
      if (number === this.#latest) this.#listener.refused(reasonOf(error), names);
    }
  }

  #finished(found: ScopeData | Error, names: string[]): void {
    if (found instanceof Error) this.#listener.refused(reasonOf(found), names);
    else this.#listener.taken(found, names);
  }
}

/** The steps, with what they throw as their result. */
function* caught<T>(steps: Generator<void, T>): Generator<void, T | Error> {
  try {
    return yield* steps;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
