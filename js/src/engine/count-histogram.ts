/** How many planes have which count at each angle, and the quantiles of their curves. */

/** A histogram of the counts of planes at each of K angles, for counts above 0. */
export class CountHistogram {
  readonly #nAngles: number;
  // Of the counts that occur: no more rows than angles of all planes, or than samples.
  readonly #planesWith: Int32Array[] = [];

  constructor(nAngles: number) {
    this.#nAngles = nAngles;
  }

  /** Adds a plane's curve. */
  add(counts: Int32Array): void {
    for (let k = 0; k < counts.length; k += 1) {
      const count = counts[k] ?? 0;
      if (count === 0) continue;
      let row = this.#planesWith[count];
      if (!row) {
        row = new Int32Array(this.#nAngles);
        this.#planesWith[count] = row;
      }
      row[k] = (row[k] ?? 0) + 1;
    }
  }

  /**
   * Quantiles of the counts of `nPlanes` at each angle, one share's after the other's: those that
   * were not added count as 0. Between two planes they are interpolated; empty of no planes.
   */
  quantiles(shares: readonly number[], nPlanes: number): Float64Array {
    const n = this.#nAngles;
    if (nPlanes === 0) return new Float64Array();
    const rows = Object.keys(this.#planesWith).map(Number); // rising
    const found = new Float64Array(shares.length * n);
    const upTo = new Int32Array(rows.length + 1);
    for (let k = 0; k < n; k += 1) {
      const lit = rows.reduce((sum, count) => sum + (this.#planesWith[count]?.[k] ?? 0), 0);
      upTo[0] = nPlanes - lit;
      rows.forEach((count, row) => {
        upTo[row + 1] = (upTo[row] ?? 0) + (this.#planesWith[count]?.[k] ?? 0);
      });
      const countAt = (rank: number) => {
        const row = upTo.findIndex((planes) => planes > rank);
        return row === 0 ? 0 : (rows[row - 1] ?? 0);
      };
      shares.forEach((share, which) => {
        const rank = (nPlanes - 1) * share;
        const low = Math.floor(rank);
        const [one, other] = [countAt(low), countAt(Math.min(low + 1, nPlanes - 1))];
        found[which * n + k] = one + (other - one) * (rank - low);
      });
    }
    return found;
  }
}
