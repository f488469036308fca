/** Turns an SVG into a PNG, larger than on the screen. */

const WIDE = 480;

/** Pixels for each px: prints need about a thousand across. */
const scaleOf = (width: number): number => (width < WIDE ? 3 : 2);

/**
 * Loads an SVG as a data: URL, which works under strict policies and in frames without an origin.
 */
async function loaded(svg: string): Promise<HTMLImageElement> {
  const image = new Image();
  const done = new Promise<void>((resolve, reject) => {
    image.addEventListener("load", () => resolve(), { once: true });
    const refused = new Error("expected the browser to draw the picture, but it refused");
    image.addEventListener("error", () => reject(refused), { once: true });
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await done;
  return image;
}

/** Draws an SVG of a size in px into a PNG file. */
export async function pngOf(svg: string, width: number, height: number): Promise<Blob> {
  const image = await loaded(svg);
  const canvas = document.createElement("canvas");
  const scale = scaleOf(width);
  canvas.width = Math.round(scale * width);
  canvas.height = Math.round(scale * height);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const file = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!file) {
    throw new Error(`expected a PNG of ${canvas.width} × ${canvas.height} pixels, got none`);
  }
  return file;
}
