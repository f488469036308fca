/**
 * The share of isotropic data in the cells of a plane's unit disc. Angles are uniform, and of radii it
 * is known what is beyond: along a ray the share is exact, and rays are summed.
 */

const N_RAYS = 16;

/** Nodes and weights of the Gauss-Legendre quadrature on [0, 1]. */
function gaussLegendre(n: number): (readonly [node: number, weight: number])[] {
  return Array.from({ length: n }, (_, k) => {
    let x = -Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 8; step += 1) {
      let [last, here] = [1, x];
      for (let m = 2; m <= n; m += 1)
        [last, here] = [here, ((2 * m - 1) * x * here - (m - 1) * last) / m];
      slope = (n * (x * here - last)) / (x * x - 1);
      x -= here / slope;
    }
    return [(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)];
  });
}

/** Places between two angles, and their weights: dense at both ends, as densities rise like roots. */
const RAYS = gaussLegendre(N_RAYS).map(
  ([at, weight]) => [at * at * (3 - 2 * at), 6 * at * (1 - at) * weight] as const,
);

/** The share of isotropic data in D dimensions farther from the centre of a plane. */
export const shareBeyond = (radius: number, nDims: number): number =>
  radius < 1 ? ((1 - radius) * (1 + radius)) ** ((nDims - 2) / 2) : 0;

/**
 * The share in a cell of positive coordinates, half a side of the disc having `half` of them, and
 * not nearer to the centre than ε.
 */
export function shareOfCell(
  [column, row]: readonly [column: number, row: number],
  half: number,
  nDims: number,
  epsilon = 0,
): number {
  const [left, right, low, high] = [column, column + 1, row, row + 1].map((k) => k / half) as [
    number,
    number,
    number,
    number,
  ];
  const alongRay = (angle: number): number => {
    const [across, up] = [Math.cos(angle), Math.sin(angle)];
    const from = Math.max(epsilon, left / across, low / up);
    const to = Math.min(right / across, high / up);
    return from < to ? shareBeyond(from, nDims) - shareBeyond(to, nDims) : 0;
  };
  // Between these angles of the corners, and of where the edges meet the two circles, it is smooth.
  const [first, last] = [Math.atan2(low, right), Math.atan2(high, left)];
  const meets = [epsilon, 1].flatMap((radius) => [
    ...[left, right].map((x) => Math.acos(x / radius)),
    ...[low, high].map((y) => Math.asin(y / radius)),
  ]);
  const ends = [first, last, Math.atan2(low, left), Math.atan2(high, right), ...meets]
    .filter((angle) => angle >= first && angle <= last) // not so of NaN
    .sort((one, other) => one - other);
  let sum = 0;
  for (let k = 1; k < ends.length; k += 1) {
    const [start = 0, end = 0] = [ends[k - 1], ends[k]];
    for (const [place, weight] of RAYS) {
      sum += weight * (end - start) * alongRay(start + place * (end - start));
    }
  }
  return sum / (2 * Math.PI);
}

/** The share in each cell of positive coordinates, row by row; yields between rows. */
export function* isotropicCells(nDims: number, half: number): Generator<void, Float32Array> {
  const cells = new Float32Array(half * half);
  for (let row = 0; row < half; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const share = shareOfCell([column, row], half, nDims);
      cells[row * half + column] = share;
      cells[column * half + row] = share;
    }
    yield;
  }
  return cells;
}
