import type { AnyModel } from "@anywidget/types";

export type Pair = [number, number];

export interface Layer {
  n_samples: number;
  n_dims: number;
  n_directions: number;
  n_planes: number;
  n_zero: number;
  basis: string;
}

/** What the drawn arrays belong to; `serial` grows with every answer of the kernel. */
export interface Frame {
  serial: number;
  pair: Pair;
  names: [string, string];
  position: number;
  epsilon: number;
  resolution: number;
  theta: number;
  alpha: number;
  n_samples: number;
  n_lit: number;
  isotropic: number;
  alignment: number | null;
  peak: number;
  peak_angle: number;
  elapsed_ms: number;
  n_points: number;
  /** largest in-plane radius of a sample drawn */
  reach: number;
}

export type Buffer = DataView | ArrayBuffer | ArrayBufferView | null | undefined;

// A type, not an interface: AnyModel wants an index signature, which only types have implicitly.
export type ScopeTraits = {
  pair: Pair;
  position: number;
  epsilon: number;
  resolution: number;
  theta: number;
  title: string;
  order: "index";
  signed: boolean;
  selected: number[];
  n_selected: number;
  highlight: number[];
  error: string;
  _layer: Partial<Layer> | null;
  _frame: Partial<Frame> | null;
  _counts: Buffer;
  _signed_counts: Buffer;
  _band: Buffer;
  _points: Buffer;
  _marks: Buffer;
};

export type ScopeModel = AnyModel<ScopeTraits>;
export type TraitName = keyof ScopeTraits & string;

export const ASKED = ["pair", "position", "epsilon", "resolution", "theta"] as const;

/** The values a gesture may ask the kernel for; each of them is answered by a new frame. */
export type Asked = Pick<ScopeTraits, (typeof ASKED)[number]>;

export const SHOWN: readonly TraitName[] = [
  ...ASKED,
  "title",
  "signed",
  "error",
  "_layer",
  "_frame",
  "_counts",
  "_signed_counts",
  "_band",
  "_points",
  "_marks",
];

export function listen(
  model: ScopeModel,
  names: readonly TraitName[],
  handler: () => void,
  signal: AbortSignal,
): void {
  if (signal.aborted) return;
  for (const name of names) model.on(`change:${name}`, handler);
  signal.addEventListener(
    "abort",
    () => {
      for (const name of names) model.off(`change:${name}`, handler);
    },
    { once: true },
  );
}

/** The kernel's frame, or undefined before its first answer. */
export function frameOf(model: ScopeModel): Frame | undefined {
  const frame = model.get("_frame");
  return frame && Array.isArray(frame.pair) && Array.isArray(frame.names)
    ? (frame as Frame)
    : undefined;
}

export function layerOf(model: ScopeModel): Layer {
  const empty = { n_samples: 0, n_dims: 0, n_directions: 0, n_planes: 0, n_zero: 0, basis: "" };
  return { ...empty, ...model.get("_layer") };
}

function view(buffer: Buffer): DataView {
  if (buffer instanceof ArrayBuffer) return new DataView(buffer);
  if (!ArrayBuffer.isView(buffer)) return new DataView(new ArrayBuffer(0));
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Little-endian int32, whatever the alignment of the view inside its message. */
export function decodeInts(buffer: Buffer): Int32Array {
  const source = view(buffer);
  return Int32Array.from({ length: source.byteLength >> 2 }, (_, k) =>
    source.getInt32(4 * k, true),
  );
}

export function decodeFloats(buffer: Buffer): Float32Array {
  const source = view(buffer);
  return Float32Array.from({ length: source.byteLength >> 2 }, (_, k) =>
    source.getFloat32(4 * k, true),
  );
}

export interface Arrays {
  counts: Int32Array;
  signedCounts: Int32Array;
  band: Float32Array;
  points: Float32Array;
  marks: Float32Array;
}

function remembering<A>(decode: (buffer: Buffer) => A): (buffer: Buffer) => A {
  let last: { buffer: Buffer; value: A } | undefined;
  return (buffer) => {
    if (!last || last.buffer !== buffer) last = { buffer, value: decode(buffer) };
    return last.value;
  };
}

/** A reader that decodes a buffer once and then hands out the same array until another one comes. */
export function arrayReader(model: ScopeModel): () => Arrays {
  const counts = remembering(decodeInts);
  const signedCounts = remembering(decodeInts);
  const band = remembering(decodeFloats);
  const points = remembering(decodeFloats);
  const marks = remembering(decodeFloats);
  return () => ({
    counts: counts(model.get("_counts")),
    signedCounts: signedCounts(model.get("_signed_counts")),
    band: band(model.get("_band")),
    points: points(model.get("_points")),
    marks: marks(model.get("_marks")),
  });
}
