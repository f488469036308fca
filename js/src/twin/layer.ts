/** One layer as it is held: its directions, its planes, and its samples in them. */

import type { Pair } from "../traits.ts";
import type { Held, HeldStep } from "./held.ts";
import { InPlane } from "./in-plane.ts";

// As the engine has them: directions that span no plane, and those so near to one another that the
// part of one orthogonal to the other is better projected itself.
const PARALLEL = 1e-10;
const WELL_CONDITIONED = 0.5;

const MOST_PROJECTED = 1 << 24;
const MOST_PLANES = 64;

/** A plane that two directions span. */
export interface Plane {
  pair: Pair;
  /** angle at which the second direction lies */
  alpha: number;
  points: InPlane;
}

interface Frame {
  /** cosine of the two directions */
  g: number;
  /** the part of the second one that is orthogonal to the first, and its length */
  rest: Float64Array;
  sine: number;
}

const dot = (one: Float64Array, other: Float64Array): number =>
  one.reduce((sum, value, d) => sum + value * (other[d] ?? 0), 0);

export class Layer {
  readonly step: HeldStep;
  readonly names: readonly string[];
  readonly nDirections: number;
  readonly #projected = new Map<number, Float32Array>();
  readonly #planes = new Map<string, Plane>();

  constructor(held: Held, step: HeldStep) {
    this.step = step;
    this.names = held.frame.names;
    this.nDirections = held.frame.n_directions;
  }

  get nSamples(): number {
    return this.step.rows.length;
  }

  /** Projections of all samples on a direction. */
  column(i: number): Float32Array {
    const { basis, columns } = this.step;
    if (!basis) return columns[i] ?? new Float32Array(this.nSamples);
    const known = this.#projected.get(i);
    if (known) return known;
    if (this.#projected.size * this.nSamples > MOST_PROJECTED) this.#projected.clear();
    const made = this.#along(this.#direction(i));
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
    const { g, sine } = this.#frame(i, j);
    if (sine * sine >= PARALLEL) return "";
    const kind = g > 0 ? "parallel" : "antiparallel";
    return `expected two directions that span a plane, but ${i} and ${j} are ${kind}`;
  }

  /** Cosine of two directions. */
  cosine(i: number, j: number): number {
    return this.#frame(i, j).g;
  }

  spans(i: number, j: number): boolean {
    return this.#frame(i, j).sine ** 2 >= PARALLEL;
  }

  plane(pair: Pair): Plane {
    const key = pair.join();
    const known = this.#planes.get(key);
    if (known) return known;
    if (this.#planes.size >= MOST_PLANES) this.#planes.clear();
    const made = this.#made(pair);
    made.points.remembering();
    this.#planes.set(key, made);
    return made;
  }

  /** The same, of which nothing is kept: for those who go through all planes. */
  passing(i: number, j: number): Plane {
    return this.#made([i, j]);
  }

  #made(pair: Pair): Plane {
    const [i, j] = pair;
    const { g, rest, sine } = this.#frame(i, j);
    const a = this.column(i);
    if (g === 0) return { pair, alpha: Math.PI / 2, points: new InPlane(a, this.column(j)) };
    const alpha = Math.atan2(sine, g);
    if (Math.abs(g) > WELL_CONDITIONED) {
      const c = this.#along(rest.map((value) => value / sine));
      return { pair, alpha, points: new InPlane(a, c) };
    }
    const second = this.column(j);
    const c = a.map((value, k) => ((second[k] ?? 0) - g * value) / sine);
    return { pair, alpha, points: new InPlane(a, c) };
  }

  #frame(i: number, j: number): Frame {
    if (!this.step.basis) return { g: 0, rest: new Float64Array(), sine: 1 };
    const [first, second] = [this.#direction(i), this.#direction(j)];
    const g = dot(first, second);
    const rest = second.map((value, d) => value - g * (first[d] ?? 0));
    return { g, rest, sine: Math.sqrt(dot(rest, rest)) };
  }

  #direction(i: number): Float64Array {
    const width = this.step.columns.length;
    return this.step.basis?.subarray(i * width, (i + 1) * width) ?? new Float64Array(width);
  }

  #along(direction: Float64Array): Float32Array {
    const sum = new Float64Array(this.nSamples);
    this.step.columns.forEach((column, d) => {
      const weight = direction[d] ?? 0;
      for (let k = 0; k < sum.length; k += 1) sum[k] = (sum[k] ?? 0) + weight * (column[k] ?? 0);
    });
    return Float32Array.from(sum);
  }
}
