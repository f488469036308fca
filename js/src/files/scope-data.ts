/** Makes of files the state that a saved page begins with: what `export/payload.py` packs. */

import { evenlySpaced } from "../base/numbers.ts";
import { commas } from "../base/python-text.ts";
import { automaticStart, nSamplesOfEpsilon } from "../engine/auto-epsilon.ts";
import { isotropicCells } from "../engine/isotropic-cells.ts";
import { isotropicSeries } from "../engine/isotropic-series.ts";
import type { ByteRange, PayloadFrame } from "../protocol/frames.ts";
import { AUTO_EPSILON_SAMPLES, BINS, MOST_POINTS } from "../protocol/limits.ts";
import type { ScopeTraits } from "../protocol/traits.ts";
import { bytesAsText, textsOf } from "./array-values.ts";
import { type BasisRows, basisOf, projected, standardBasis } from "./basis-rows.ts";
import { asLabels, asTextLabels, type ClassLabels, checkLabels } from "./class-labels.ts";
import { type CsvTable, readCsv } from "./csv-table.ts";
import type { DroppedData } from "./dropped-data.ts";
import { MOST_DIRECTIONS, MOST_NUMBERS, MOST_SAMPLES } from "./limits.ts";
import type { FileArray } from "./npy.ts";
import { asActivations, asBasisRows, checkSize, type NumberTable } from "./table-of-numbers.ts";
import { type UnitColumns, unitColumns } from "./unit-columns.ts";

/** Traits that a scope of the files begins with, and what they hold in a few words. */
export interface ScopeData {
  traits: Partial<ScopeTraits>;
  nSamples: number;
  nDims: number;
  /** type of the numbers, as NumPy prints it */
  type: string;
  nClasses: number;
  basis: string;
  unused: string[];
}

const ALIGNMENT = 8;
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

const subscript = (k: number): string =>
  `b${Array.from(String(k), (digit) => SUBSCRIPTS[Number(digit)]).join("")}`;

/** Throws for more than the page can count. */
function checkLimits(what: string, shape: readonly [number, number]): void {
  const [n, d] = shape;
  const inPython = "srm.SRMScope in Python has no such limit";
  if (d > MOST_DIRECTIONS || (what === "basis" && n > MOST_DIRECTIONS)) {
    const most = commas(MOST_DIRECTIONS);
    throw new Error(
      `expected ${what} of at most ${most} ${what === "basis" ? "directions" : "dimensions"}, got ` +
        `${commas(what === "basis" ? Math.max(n, d) : d)}; ${inPython}`,
    );
  }
  if (what === "activations" && n > MOST_SAMPLES) {
    throw new Error(
      `expected at most ${commas(MOST_SAMPLES)} samples, got ${commas(n)}; ${inPython}`,
    );
  }
  if (n * d > MOST_NUMBERS) {
    throw new Error(
      `expected ${what} of at most ${commas(MOST_NUMBERS)} numbers, got ${commas(n * d)}; ${inPython}`,
    );
  }
}

interface Sheet extends Pick<CsvTable, "names" | "labels"> {
  table: NumberTable;
}

function* sheetOf(activations: DroppedData["activations"]): Generator<void, Sheet> {
  if ("csv" in activations) {
    const sheet = yield* readCsv(activations.csv);
    checkSize([sheet.table.nRows, sheet.table.nColumns]);
    return sheet;
  }
  return { table: asActivations(activations), names: undefined, labels: undefined };
}

function checkWidth(table: NumberTable, { nDirections, nDims }: BasisRows): void {
  if (table.nColumns === nDims) return;
  throw new Error(
    `expected activations of shape (N, ${nDims}), as wide as the ${nDirections} directions of the basis, ` +
      `one a row, got (${table.nRows}, ${table.nColumns})`,
  );
}

function directionNames(names: FileArray | undefined, m: number): string[] | undefined {
  if (!names) return undefined;
  if (!"US".includes(names.kind) || names.shape.length !== 1) {
    throw new Error(
      `expected a list of ${m} names of directions, got ${names.type} of shape (${names.shape.join(", ")})`,
    );
  }
  const [n = 0] = names.shape;
  if (n !== m) throw new Error(`expected ${m} names of directions, got ${n}`);
  return names.kind === "S" ? textsOf(names).map(bytesAsText) : textsOf(names);
}

/** Arrays one after another in one block of bytes. */
class PayloadSections {
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  add(values: Float32Array | Float64Array | Int32Array): ByteRange {
    const range: ByteRange = [this.#size, values.byteLength];
    this.#parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    this.#size += Math.ceil(values.byteLength / ALIGNMENT) * ALIGNMENT;
    return range;
  }

  get all(): Uint8Array {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += Math.ceil(part.length / ALIGNMENT) * ALIGNMENT;
    }
    return all;
  }
}

interface Prepared {
  unit: UnitColumns;
  /** of the samples along the axes of the basis, or those of the activations; column by column */
  coordinates: Float32Array;
  basis: BasisRows;
  names: string[];
  classes: ClassLabels | undefined;
}

/** ε and plane: of axes other than the coordinates' own the coordinates are projections already. */
function startOf(unit: UnitColumns, basis: BasisRows, coordinates: Float32Array) {
  const { n, nDims, some } = unit;
  const { nDirections: m, rows, firstPlane } = basis;
  if (!rows) return automaticStart(some, undefined, AUTO_EPSILON_SAMPLES, firstPlane);
  const most = nSamplesOfEpsilon(m, nDims);
  if (!basis.areAxes) return automaticStart(some, rows, most, firstPlane);
  const values = new Float32Array(some.n * m);
  evenlySpaced(n, some.n).forEach((sample, k) => {
    for (let i = 0; i < m; i += 1) values[k * m + i] = coordinates[i * n + sample] ?? 0;
  });
  return automaticStart({ n: some.n, nDims: m, values }, undefined, most, firstPlane);
}

/** The samples as a page holds them; `version` of srm_widget made the page. */
function* packed({ unit, coordinates, basis, names, classes }: Prepared, version: string) {
  const { n, nDims, nZero } = unit;
  const sections = new PayloadSections();
  const cells = sections.add(yield* isotropicCells(nDims, BINS / 2));
  const codes = classes && sections.add(classes.codes);
  const frame: PayloadFrame = {
    version,
    saved: "",
    seed: null,
    n_dims: nDims,
    n_directions: basis.nDirections,
    names,
    isotropic_series: isotropicSeries(nDims),
    isotropic_cells: cells,
    rows: null,
    n_rows: n,
    steps: [
      {
        label: "",
        basis_name: basis.name,
        n_all: n,
        n: n,
        n_zero: nZero,
        preparation: "",
        n_dims: nDims,
        width: coordinates.length / n,
        places: null,
        columns: sections.add(coordinates),
        basis: basis.rows && !basis.areAxes ? sections.add(basis.rows) : null,
        orthonormal: basis.isOrthonormal,
        clusters: null,
      },
    ],
    labels:
      classes && codes
        ? {
            names: classes.names,
            codes,
            missing: classes.missing,
            group_of: classes.groupOf,
            groups: classes.groups,
            other: classes.other,
            n_classes: classes.names.length,
          }
        : null,
    exhibits: null,
  };
  return { frame, held: sections.all };
}

/** Checks what was dropped as Python does, in its order, and makes a scope's state of it. */
export function* scopeData(data: DroppedData, version: string): Generator<void, ScopeData> {
  const { table, names: header, labels } = yield* sheetOf(data.activations);
  checkLimits("activations", [table.nRows, table.nColumns]);
  const directions = data.basis && asBasisRows(data.basis);
  if (directions) checkLimits("basis", [directions.nRows, directions.nColumns]);
  const basis = directions ? yield* basisOf(directions) : standardBasis(table.nColumns);
  checkWidth(table, basis);
  const unit = yield* unitColumns(table);
  const given = directionNames(data.names, basis.nDirections) ?? (data.basis ? undefined : header);
  const classes = data.labels ? asLabels(data.labels, table.nRows) : labels && asTextLabels(labels);
  if (classes) checkLabels(classes.codes.length, table.nRows);
  const coordinates = basis.areAxes ? yield* projected(unit.columns, unit.n, basis) : unit.columns;
  const { epsilon, pair } = yield* startOf(unit, basis, coordinates);
  const names = given ?? Array.from({ length: basis.nDirections }, (_, k) => subscript(k));
  const { frame, held } = yield* packed({ unit, coordinates, basis, names, classes }, version);
  return {
    traits: {
      pair,
      epsilon,
      cloud: unit.n <= MOST_POINTS ? "points" : "density",
      _names: given ?? [],
      _held_frame: frame,
      _held: held as unknown as ScopeTraits["_held"],
    },
    nSamples: unit.n,
    nDims: unit.nDims,
    type: table.type,
    nClasses: classes?.names.length ?? 0,
    basis: basis.name,
    unused: data.unused,
  };
}
