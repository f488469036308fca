/** The samples, directions and planes of one step that the page holds. */

import type { Pair } from "../protocol/frames.ts";
import { MIN_SQUARED_SINE, WELL_CONDITIONED } from "../protocol/limits.ts";
import { CacheRoom } from "./cache-room.ts";
import type { Payload, PayloadStep } from "./payload.ts";
import { PlanePoints } from "./plane-points.ts";

const MOST_PROJECTED = 1 << 24;
const MOST_IN_PLANES = 1 << 23;

/** A plane that two directions span. */
export interface Plane {
  pair: Pair;
  /** angle of the second direction from the first */
  alpha: number;
  points: PlanePoints;
}

/** The orthogonal frame that two directions span. */
export interface PlaneFrame {
  /** cosine of the two directions */
  g: number;
  /** the part of the second one that is orthogonal to the first, and its length */
  rest: Float64Array;
  sine: number;
}

const dot = (one: Float64Array, other: Float64Array): number =>
  one.reduce((sum, value, d) => sum + value * (other[d] ?? 0), 0);

function take(values: Float32Array, picked: Int32Array): Float32Array {
  const found = new Float32Array(picked.length);
  for (let k = 0; k < found.length; k += 1) found[k] = values[picked[k] ?? 0] ?? 0;
  return found;
}

const ofZeros = (dead: number[]): string =>
  dead.length === 1
    ? `${dead[0]} is a row of zeros, which has no direction`
    : `${dead.join(" and ")} are rows of zeros, which have no direction`;

/** The angle of the second direction from the first. */
export const alphaOf = ({ g, sine }: PlaneFrame): number =>
  g === 0 ? Math.PI / 2 : Math.atan2(sine, g);

/** Whether two directions span a plane. */
export const spansPlane = ({ sine }: PlaneFrame): boolean => sine * sine >= MIN_SQUARED_SINE;

/** Room for what the steps of a timeline keep together: projections, and samples in planes. */
export const newLayerRoom = () => ({
  projections: new CacheRoom(MOST_PROJECTED),
  planes: new CacheRoom(MOST_IN_PLANES),
});

/** The samples of one step, projected on directions and planes. */
export class LayerSamples {
  readonly step: PayloadStep;
  readonly names: readonly string[];
  readonly nDirections: number;
  readonly nDims: number;
  /** directions that are rows of zeros: they span no plane */
  readonly dead: ReadonlySet<number>;
  readonly #projected = new Map<number, Float32Array>();
  readonly #planes = new Map<string, Plane>();
  readonly #room: ReturnType<typeof newLayerRoom>;

  constructor(payload: Payload, step: PayloadStep, room = newLayerRoom()) {
    this.step = step;
    this.#room = room;
    this.names = payload.frame.names;
    this.nDirections = payload.frame.n_directions;
    this.nDims = step.nDims;
    const all = step.basis ? [...this.names.keys()] : [];
    this.dead = new Set(all.filter((i) => !this.#direction(i).some(Boolean)));
  }

  get nSamples(): number {
    return this.step.rows.length;
  }

  /** The projections of all samples on direction i. */
  projection(i: number): Float32Array {
    const { basis, columns } = this.step;
    if (!basis) return columns[i] ?? new Float32Array(this.nSamples);
    const known = this.#projected.get(i);
    if (known) return known;
    const made = this.#project(this.#direction(i));
    this.#room.projections.take(this.#projected, made.length);
    this.#projected.set(i, made);
    return made;
  }

  /** Why two directions span no plane, "" if they do. */
  refusal([i, j]: Pair): string {
    const known = (k: number) => Number.isInteger(k) && k >= 0 && k < this.nDirections;
    if (i === j || !known(i) || !known(j)) {
      const range = `0 … ${this.nDirections - 1}`;
      return `expected a plane (i, j) of two different directions in ${range}, got (${i}, ${j})`;
    }
    const dead = [i, j].filter((k) => this.dead.has(k));
    if (dead.length > 0) return `expected two directions that span a plane, but ${ofZeros(dead)}`;
    const { g, sine } = this.planeFrame(i, j);
    if (sine * sine >= MIN_SQUARED_SINE) return "";
    const kind = g > 0 ? "parallel" : "antiparallel";
    return `expected two directions that span a plane, but ${i} and ${j} are ${kind}`;
  }

  spans(i: number, j: number): boolean {
    return spansPlane(this.planeFrame(i, j));
  }

  plane(pair: Pair): Plane {
    const key = pair.join();
    const known = this.#planes.get(key);
    if (known) return known;
    const made = this.#makePlane(pair);
    this.#room.planes.take(this.#planes, this.nSamples);
    made.points.withAngleCache();
    this.#planes.set(key, made);
    return made;
  }

  planeFrame(i: number, j: number): PlaneFrame {
    if (!this.step.basis) return { g: 0, rest: new Float64Array(), sine: 1 };
    const [first, second] = [this.#direction(i), this.#direction(j)];
    // A row of zeros leaves the other one as it is, and yet no plane is spanned.
    if (this.dead.has(i)) return { g: 0, rest: first, sine: 0 };
    const g = dot(first, second);
    const rest = second.map((value, d) => value - g * (first[d] ?? 0));
    return { g, rest, sine: Math.sqrt(dot(rest, rest)) };
  }

  /**
   * The coordinates of samples in a plane, of all or of those picked, in their order; nothing is
   * cached.
   */
  points([i, j]: Pair, { g, rest, sine }: PlaneFrame, picked?: Int32Array): PlanePoints {
    const of = (column: Float32Array) => (picked ? take(column, picked) : column);
    const a = of(this.projection(i));
    // So near to one another the part of one orthogonal to the other is better projected itself.
    if (Math.abs(g) > WELL_CONDITIONED) {
      const across = rest.map((value) => value / sine);
      return new PlanePoints(a, this.#project(across, picked));
    }
    const second = of(this.projection(j));
    if (g === 0) return new PlanePoints(a, second);
    const c = new Float32Array(a.length);
    for (let k = 0; k < c.length; k += 1) c[k] = ((second[k] ?? 0) - g * (a[k] ?? 0)) / sine;
    return new PlanePoints(a, c);
  }

  #makePlane(pair: Pair): Plane {
    const frame = this.planeFrame(...pair);
    return { pair, alpha: alphaOf(frame), points: this.points(pair, frame) };
  }

  #direction(i: number): Float64Array {
    const width = this.step.columns.length;
    return this.step.basis?.subarray(i * width, (i + 1) * width) ?? new Float64Array(width);
  }

  #project(direction: Float64Array, picked?: Int32Array): Float32Array {
    const sum = new Float64Array(picked ? picked.length : this.nSamples);
    this.step.columns.forEach((column, d) => {
      const weight = direction[d] ?? 0;
      const values = picked ? take(column, picked) : column;
      for (let k = 0; k < sum.length; k += 1) sum[k] = (sum[k] ?? 0) + weight * (values[k] ?? 0);
    });
    return new Float32Array(sum);
  }
}
