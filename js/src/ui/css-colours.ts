/** Converts computed colours, which may be `oklab(…)`, into those that every program reads. */

export interface Paint {
  /** "#rrggbb", or "none" */
  colour: string;
  opacity: number;
}

/** Splits a colour, as browsers write it, into an opaque one and its opacity. */
export function splitAlpha(colour: string): { opaque: string; alpha: number } {
  const legacy = colour.match(/^rgba\((.*), *([\d.e-]+)\)$/);
  if (legacy) return { opaque: `rgb(${legacy[1]})`, alpha: Number(legacy[2]) };
  const modern = colour.match(/^(.*?)\s*\/\s*([\d.e-]+)(%?)\)$/);
  if (!modern) return { opaque: colour, alpha: 1 };
  return { opaque: `${modern[1]})`, alpha: Number(modern[2]) / (modern[3] ? 100 : 1) };
}

/** Bytes as "#rrggbb". */
export const hexOf = (bytes: ArrayLike<number>): string =>
  `#${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;

/** The bytes of a pixel. */
export type Rgba = [red: number, green: number, blue: number, alpha: number];

/** A function that reads the bytes of a CSS colour off a canvas; undefined without a canvas. */
export function createColourReader(): ((colour: string) => Rgba) | undefined {
  const canvas = document.createElement("canvas");
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return undefined;
  return (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha];
  };
}

/** A function that resolves a computed colour to hex and opacity; each colour is read once. */
export function colourResolver(): (colour: string) => Paint {
  const read = createColourReader();
  if (!read) throw new Error("expected a canvas to read colours from, got none");
  const known = new Map<string, Paint>();
  const paintOf = (colour: string): Paint => {
    const { opaque, alpha } = splitAlpha(colour);
    if (colour === "none" || alpha === 0) return { colour: "none", opacity: 1 };
    return { colour: hexOf(read(opaque).slice(0, 3)), opacity: alpha };
  };
  return (colour) => {
    const paint = known.get(colour) ?? paintOf(colour);
    known.set(colour, paint);
    return paint;
  };
}
