/** The share of isotropic data in the cells of a plane's unit disc. */

const NODES = 16;

/** Nodes and weights of the Gauss-Legendre quadrature on [0, 1]. */
function gaussLegendre(n: number): [node: number, weight: number][] {
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

// They gather at both ends: at the rim densities rise as a root does.
const RAYS = gaussLegendre(NODES).map(([at, weight]): [place: number, weight: number] => [
  at * at * (3 - 2 * at),
  6 * at * (1 - at) * weight,
]);

/** The share of isotropic data in D dimensions farther from the centre of a plane. */
export const shareBeyond = (radius: number, nDims: number): number =>
  radius < 1 ? ((1 - radius) * (1 + radius)) ** ((nDims - 2) / 2) : 0;

/**
 * The share of isotropic data in a cell of positive coordinates, of which `half` are along a side of
 * the square of the disc, and not nearer to the centre than ε. Angles are uniform, and of radii it is
 * known what is beyond: along a ray the share is exact, and rays are summed.
 */
export function shareOfCell(
  [column, row]: readonly [column: number, row: number],
  half: number,
  epsilon: number,
  nDims: number,
): number {
  const [left, right, low, high] = [column, column + 1, row, row + 1].map((k) => k / half) as [
    number,
    number,
    number,
    number,
  ];
  // In two dimensions all samples are at the rim.
  const least = nDims > 2 ? epsilon : 0;
  const alongRay = (angle: number): number => {
    const [across, up] = [Math.cos(angle), Math.sin(angle)];
    const from = Math.max(least, left / across, low / up);
    const to = Math.min(right / across, high / up);
    return from < to ? shareBeyond(from, nDims) - shareBeyond(to, nDims) : 0;
  };
  // Between these angles of the corners, and of where the edges meet the two circles, it is smooth.
  const [first, last] = [Math.atan2(low, right), Math.atan2(high, left)];
  const meets = [least, 1].flatMap((radius) => [
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

/**
 * The share of isotropic data in D dimensions in each cell of positive coordinates, row by row: half
 * a side of the square of the disc has `half` of them.
 */
export function* isotropicCells(nDims: number, half: number): Generator<void, Float32Array> {
  const cells = new Float32Array(half * half);
  for (let row = 0; row < half; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const share = shareOfCell([column, row], half, 0, nDims);
      cells[row * half + column] = share;
      cells[column * half + row] = share;
    }
    yield;
  }
  return cells;
}
