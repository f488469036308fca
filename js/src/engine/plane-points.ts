/** Samples in the unit disc of a plane. */

/** The coordinates (x̂ · e1, x̂ · e2) of samples in the unit disc of a plane. */
export class PlanePoints {
  readonly a: Float32Array;
  readonly c: Float32Array;
  #angles: Float64Array | undefined;

  constructor(a: Float32Array, c: Float32Array) {
    this.a = a;
    this.c = c;
  }

  /** from interleaved coordinates a, c, a, c, … */
  static of(points: Float32Array): PlanePoints {
    const n = points.length >> 1;
    const [a, c] = [new Float32Array(n), new Float32Array(n)];
    for (let k = 0; k < n; k += 1) {
      a[k] = points[2 * k] ?? 0;
      c[k] = points[2 * k + 1] ?? 0;
    }
    return new PlanePoints(a, c);
  }

  get length(): number {
    return this.a.length;
  }

  /** The same samples, with their angles ψ cached for the next ε. */
  withAngleCache(): this {
    this.#angles ??= new Float64Array(this.length).fill(Number.NaN);
    return this;
  }

  /** ψ of a sample */
  angle(sample: number): number {
    const known = this.#angles?.[sample];
    if (known !== undefined && !Number.isNaN(known)) return known;
    const angle = Math.atan2(this.c[sample] ?? 0, this.a[sample] ?? 0);
    if (this.#angles) this.#angles[sample] = angle;
    return angle;
  }

  /** r of a sample */
  radius(sample: number): number {
    const x = this.a[sample] ?? 0;
    const y = this.c[sample] ?? 0;
    return Math.sqrt(x * x + y * y);
  }

  /** the largest r, 0 without samples */
  get reach(): number {
    return this.a.reduce((most, _, sample) => Math.max(most, this.radius(sample)), 0);
  }

  /** x̂ · u(θ) of a sample */
  cosine(sample: number, theta: number): number {
    return (this.a[sample] ?? 0) * Math.cos(theta) + (this.c[sample] ?? 0) * Math.sin(theta);
  }
}
