/** What the page gives away: the scope on show as a picture, and its curve as a table. */

import { download } from "../ui/download.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import { curveTable } from "./curve-csv.ts";
import { stemOf } from "./file-names.ts";
import { pngOf } from "./png.ts";
import { type Exhibit, pictureOf } from "./svg-document.ts";

/** As it is drawn at the moment of the call; only encoding it may take longer. */
function fileOf(kind: FileKind, exhibit: Exhibit): Blob | Promise<Blob> {
  const { shown, arrays } = exhibit;
  const { frame, legend } = shown;
  if (kind === "csv" && frame) {
    const { counts, classCounts } = arrays;
    const table = curveTable({ frame, counts, legend, classCounts });
    return new Blob([table], { type: "text/csv;charset=utf-8" });
  }
  const { svg, width, height } = pictureOf(exhibit);
  if (kind === "png") return pngOf(svg, width, height);
  return new Blob([svg], { type: "image/svg+xml;charset=utf-8" });
}

/** Hands the file to the browser; rejects with what went wrong. */
export async function save(kind: FileKind, exhibit: Exhibit, signal: AbortSignal): Promise<void> {
  const { frame } = exhibit.shown;
  if (!frame) throw new Error("expected a curve to save, but the kernel has sent none yet");
  if (frame.is_partial) throw new Error("expected a curve of all samples, got one still counted");
  const name = `${stemOf(frame)}.${kind}`;
  download(await fileOf(kind, exhibit), name, signal);
}
