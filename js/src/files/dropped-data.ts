/** What files hold, by name: the activations, and beside them labels, a basis and its names. */

import { errorText } from "../base/format.ts";
import { quoted } from "../base/python-text.ts";
import { csvText } from "./csv-table.ts";
import { bytesText, MOST_FILE_BYTES, MOST_FILE_TEXT, MOST_NUMBERS } from "./limits.ts";
import { type FileArray, isNpy, readNpy } from "./npy.ts";
import { isZip, unzip, type ZipEntry, zipEntries } from "./zip.ts";

/** A file as it was dropped. */
export interface NamedBytes {
  name: string;
  bytes: Uint8Array;
}

/** The text of a CSV file, which is read later, in slices. */
export interface CsvText {
  csv: string;
}

/** What of the files is used. */
export interface DroppedData {
  activations: FileArray | CsvText;
  labels: FileArray | undefined;
  basis: FileArray | undefined;
  names: FileArray | undefined;
  /** of arrays that were there too */
  unused: string[];
}

type Part = "activations" | "labels" | "basis" | "names";

const PARTS = new Map<string, Part>([
  ["activations", "activations"],
  ["X", "activations"],
  ["labels", "labels"],
  ["basis", "basis"],
  ["names", "names"],
]);
/** What `np.savez` calls the first array that has no name. */
const UNNAMED = "arr_0";
const NPY = ".npy";
const MOST_UNPACKED = 8 * MOST_NUMBERS + 10_012;
const PICKLE = 0x80;

/** The name of an array, as NumPy makes it of that of its file. */
const keyOf = (name: string): string => (name.endsWith(NPY) ? name.slice(0, -NPY.length) : name);

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, "");

/** Throws if the files are larger than the page takes. */
export function checkFileSizes(files: readonly { name: string; size: number }[]): void {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= MOST_FILE_BYTES) return;
  throw new Error(
    `expected at most ${MOST_FILE_TEXT}, got ${bytesText(total)}; fewer rows fit, x[::10], or ` +
      "float32 in place of float64, and srm.SRMScope in Python has no such limit",
  );
}

/** The arrays of an archive that have a meaning here, and the names of the others. */
async function readArchive(bytes: Uint8Array): Promise<[Map<string, FileArray>, string[]]> {
  const entries = zipEntries(bytes);
  const isOnly = entries.length === 1 && keyOf(entries[0]?.name ?? "") === UNNAMED;
  const meant = (name: string) => PARTS.has(keyOf(name)) || isOnly;
  const taken = entries.filter(({ name }) => meant(name));
  const keys = taken.map(({ name }) => keyOf(name));
  const twice = taken.find((_, k) => keys.indexOf(keys[k] ?? "") < k);
  if (twice) throw new Error(`expected each array once, got ${quoted(twice.name)} twice`);
  const total = taken.reduce((sum, { size }) => sum + size, 0);
  if (total > MOST_UNPACKED) {
    throw new Error(
      `expected at most ${bytesText(MOST_UNPACKED)} unpacked, got ${bytesText(total)}`,
    );
  }
  const arrays = new Map<string, FileArray>();
  for (const entry of taken) arrays.set(keyOf(entry.name), await readEntry(bytes, entry));
  return [arrays, entries.filter(({ name }) => !meant(name)).map(({ name }) => keyOf(name))];
}

async function readEntry(bytes: Uint8Array, entry: ZipEntry): Promise<FileArray> {
  const unpacked = await unzip(bytes, entry, MOST_UNPACKED);
  if (isNpy(unpacked)) return readNpy(unpacked);
  throw new Error(`expected an array of NumPy as ${quoted(entry.name)}, got something else`);
}

/** Throws for bytes that are of no kind of file read here. */
function refuseKind({ name, bytes }: NamedBytes): never {
  if (bytes.length === 0) throw new Error("expected a .npy, .npz or .csv file, got an empty one");
  if (bytes[0] === PICKLE) {
    throw new Error(
      "expected a .npy, .npz or .csv file, got a pickle, which could run code when it is read; " +
        'np.save("activations.npy", x) saves numbers alone',
    );
  }
  const kind = /\.[^.]*$/.exec(name)?.[0] ?? "";
  throw new Error(
    `expected a .npy, .npz or .csv file, got ${kind ? `one named ${quoted(kind)} ` : "one "}that does not ` +
      'begin as NumPy’s do; np.save("activations.npy", x) writes one',
  );
}

const isText = ({ name }: NamedBytes): boolean => /\.(csv|tsv|txt)$/i.test(name);

/** Takes parts one by one, each once. */
class PartsCollector {
  readonly unused: string[] = [];
  readonly #arrays = new Map<Part, FileArray>();
  #csv: CsvText | undefined;

  async addFile(file: NamedBytes, isAlone: boolean): Promise<void> {
    const { name, bytes } = file;
    if (isNpy(bytes)) {
      const part = isAlone ? undefined : PARTS.get(stemOf(name));
      this.#add(part ?? "activations", readNpy(bytes));
    } else if (isZip(bytes)) {
      const [arrays, unused] = await readArchive(bytes);
      for (const [key, array] of arrays) this.#add(PARTS.get(key) ?? "activations", array);
      this.unused.push(...unused);
    } else if (isText(file) && bytes.length > 0) {
      this.#checkNew("activations");
      this.#csv = { csv: csvText(bytes) };
    } else refuseKind(file);
  }

  get data(): DroppedData {
    const activations = this.#csv ?? this.#arrays.get("activations");
    const others = this.unused.map((name) => quoted(name)).join(", ");
    if (!activations) {
      throw new Error(
        `expected an array named activations or X, got ${others || "none"}; ` +
          'np.savez("activations.npz", activations=x) names it',
      );
    }
    return {
      activations,
      labels: this.#arrays.get("labels"),
      basis: this.#arrays.get("basis"),
      names: this.#arrays.get("names"),
      unused: this.unused,
    };
  }

  #add(part: Part, array: FileArray): void {
    this.#checkNew(part);
    this.#arrays.set(part, array);
  }

  #checkNew(part: Part): void {
    if (!this.#arrays.has(part) && (part !== "activations" || !this.#csv)) return;
    throw new Error(
      `expected one array of ${part}, got two; beside the activations go labels.npy, basis.npy and names.npy`,
    );
  }
}

/** Takes apart what was dropped together; throws the first thing that is wrong with it. */
export async function droppedData(files: readonly NamedBytes[]): Promise<DroppedData> {
  const collector = new PartsCollector();
  for (const file of files) {
    try {
      await collector.addFile(file, files.length === 1);
    } catch (error) {
      throw files.length === 1 ? error : new Error(`${quoted(file.name)}: ${errorText(error)}`);
    }
  }
  return collector.data;
}
