import { changeDetector } from "../../base/memoize.ts";
import { sizeCanvas } from "../../ui/canvas-size.ts";
import type { Palette } from "../../ui/stylesheet-palette.ts";

// From line to line, CSS px.
const DISTANCE = 4;

/**
 * Creates a function that hatches a square `canvas`, `side` CSS px wide, the same in every browser:
 * a gradient that repeats is lost in Firefox between colours that are mixed in oklab.
 */
export function createHatching(canvas: HTMLCanvasElement) {
  const changed = changeDetector();

  return (side: number, { hatch, ground }: Pick<Palette, "hatch" | "ground">): void => {
    const ratio = window.devicePixelRatio;
    const pixels = Math.round(side * ratio);
    const context = canvas.getContext("2d");
    if (!context || !changed(pixels, ratio, hatch, ground)) return;
    sizeCanvas(canvas, pixels, pixels);
    context.fillStyle = ground;
    context.fillRect(0, 0, pixels, pixels);
    context.strokeStyle = hatch;
    context.lineWidth = ratio;
    context.beginPath();
    for (let start = 0; start < 2 * pixels; start += DISTANCE * Math.SQRT2 * ratio) {
      context.moveTo(start, 0);
      context.lineTo(start - pixels, pixels);
    }
    context.stroke();
  };
}
