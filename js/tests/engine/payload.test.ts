import assert from "node:assert/strict";
import test from "node:test";
import { readPayload } from "../../src/engine/payload.ts";
import type { PayloadFrame } from "../../src/protocol/frames.ts";

// Three samples in two coordinates, two classes, a picture of one byte for each.
const parts = {
  columns: new Float32Array([1, 0, 0.6, 0, 1, 0.8]),
  cells: new Float32Array([0.1, 0.2, 0.2, 0.5]),
  rows: new Int32Array([2, 5, 9]),
  places: new Int32Array([0, 1, 2]),
  codes: new Int32Array([0, 1, 1]),
  basis: new Float64Array([1, 0, 0, 1]),
  kinds: new Uint8Array([2, 4, 3]),
  sizes: new Uint16Array([1, 0, 1]),
  files: new Uint8Array([7, 8]),
};
type Name = keyof typeof parts;

function packed() {
  const at = {} as Record<Name, [number, number]>;
  const bytes: number[] = [];
  for (const [name, values] of Object.entries(parts)) {
    at[name as Name] = [bytes.length, values.byteLength];
    bytes.push(...new Uint8Array(values.buffer));
    while (bytes.length % 8) bytes.push(0);
  }
  const { kinds, sizes, files } = at;
  const frame: PayloadFrame = {
    version: "1",
    saved: "2026-11-21",
    seed: null,
    n_dims: 2,
    n_directions: 2,
    names: ["x", "y"],
    isotropic_series: [-1],
    isotropic_cells: at.cells,
    rows: at.rows,
    n_rows: 3,
    steps: [
      {
        label: "only",
        n_all: 9,
        n: 3,
        n_zero: 0,
        preparation: "centred on the mean",
        n_dims: 2,
        width: 2,
        places: at.places,
        columns: at.columns,
        basis: at.basis,
        basis_name: "made up",
        orthonormal: true,
        clusters: null,
      },
    ],
    labels: {
      names: ["a", "b"],
      codes: at.codes,
      missing: null,
      group_of: [0, 1],
      groups: ["a", "b"],
      other: null,
      n_classes: 2,
    },
    exhibits: {
      kinds,
      widths: kinds,
      heights: kinds,
      sizes,
      files,
      texts: ["a word"],
      marks: [kinds[0], 2],
    },
  };
  return { frame, data: Uint8Array.from(bytes) };
}

test("what is held is read as it was written", () => {
  const { frame, data } = packed();
  const { steps, preview, isotropicCells } = readPayload(frame, data);
  const [step] = steps;
  assert.deepEqual(
    step?.columns.map((column) => [...column]),
    [
      [1, 0, parts.columns[2]],
      [0, 1, parts.columns[5]],
    ],
  );
  assert.equal(step?.preparation, "centred on the mean");
  assert.deepEqual([...(step?.rows ?? [])], [2, 5, 9]);
  assert.deepEqual([...(step?.groups ?? [])], [0, 1, 1]);
  assert.deepEqual([...(step?.basis ?? [])], [1, 0, 0, 1]);
  assert.equal(step?.isOrthonormal, true);
  assert.equal(isotropicCells.length, 4);
  assert.deepEqual(preview?.(2).file, Uint8Array.of(7));
  const { kind, text, mark } = preview?.(5) ?? {};
  assert.deepEqual({ kind, text, mark }, { kind: "marked", text: "a word", mark: [2, 4] });
  assert.deepEqual(preview?.(9).file, Uint8Array.of(8));
  assert.match(preview?.(3).text ?? "", /no sample/);
});

type Packed = ReturnType<typeof packed>;

function first({ frame }: Packed) {
  const [step] = frame.steps;
  assert.ok(step);
  return step;
}

function writePlace(whole: Packed, place: number): void {
  const [offset] = first(whole).places ?? [0];
  new DataView(whole.data.buffer).setInt32(offset, place, true);
}

const damages: Record<string, (whole: Packed) => void> = {
  "expected 3 rows, got 0 bytes": (whole) => {
    whole.data = new Uint8Array();
  },
  "expected 2 bytes of samples in": (whole) => {
    whole.data = whole.data.slice(0, -8);
  },
  "expected 6 coordinates in 144 bytes, got [8,16]": (whole) => {
    first(whole).columns = [8, 16];
  },
  "got [2,24]": (whole) => {
    first(whole).columns = [2, 24];
  },
  "got [-4,24]": (whole) => {
    first(whole).columns = [-4, 24];
  },
  "got null for their place": (whole) => {
    first(whole).columns = null as unknown as [number, number];
  },
  'got "0,24" for their place': (whole) => {
    first(whole).columns = "0,24" as unknown as [number, number];
  },
  "expected n of 1 or more, got 0": (whole) => {
    first(whole).n = 0;
  },
  'expected width of 1 or more, got "2"': (whole) => {
    first(whole).width = "2" as unknown as number;
  },
  "expected n_directions of 1 or more, got null": (whole) => {
    whole.frame.n_directions = null as unknown as number;
  },
  "expected 2 names of directions, got 1": (whole) => {
    whole.frame.names = ["x"];
  },
  "expected 4000000000 rows, got 144 bytes": (whole) => {
    whole.frame.n_rows = 4e9;
  },
  "expected 3 rows in": (whole) => {
    whole.frame.rows = [0, 8];
  },
  "expected places of samples below 3, got 5": (whole) => {
    first(whole).places = whole.frame.rows;
  },
  "expected places of samples below 3, got 3": (whole) => {
    writePlace(whole, 3);
  },
  "expected places of samples below 3, got -1": (whole) => {
    writePlace(whole, -1);
  },
  "expected 3 samples, got 2": (whole) => {
    Object.assign(first(whole), { n: 2, places: null, columns: [0, 16] });
  },
  "expected 2 coordinates of a sample, got 1": (whole) => {
    Object.assign(first(whole), { width: 1, basis: null, columns: [0, 12] });
  },
  "expected 4 numbers of the basis in": (whole) => {
    first(whole).basis = [0, 8];
  },
  "expected 3 classes of samples in": (whole) => {
    if (whole.frame.labels) whole.frame.labels.codes = [0, 8];
  },
  "expected 2 ends of marked parts in": (whole) => {
    if (whole.frame.exhibits) whole.frame.exhibits.marks = [0, 0];
  },
  "expected 3 lengths of samples in": (whole) => {
    if (whole.frame.exhibits) whole.frame.exhibits.sizes = [0, 8];
  },
};

for (const [said, damage] of Object.entries(damages)) {
  test(`of damaged data it is said: ${said}`, () => {
    const whole = packed();
    damage(whole);
    assert.throws(
      () => readPayload(whole.frame, whole.data),
      (error: Error) => error.message.includes(said),
    );
  });
}
