/** Gives a canvas so many pixels; one that has them already keeps what is drawn on it. */
export function sizeCanvas(canvas: HTMLCanvasElement, width: number, height: number): void {
  // Both are looked at: a new canvas is 300 wide by itself, and 150 high.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
