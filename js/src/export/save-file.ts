/** Saves the scope as a picture, or its curve as a table. */

import { download } from "../ui/download.ts";
import type { FileKind } from "../views/controls/save-menu.ts";
import { curveCsv } from "./curve-csv.ts";
import { fileStem } from "./file-names.ts";
import { pngOf } from "./png.ts";
import { type ExportSource, svgDocumentOf } from "./svg-document.ts";

/** Makes the file of the state at the moment of the call; only encoding it may take longer. */
function fileOf(kind: FileKind, source: ExportSource): Blob | Promise<Blob> {
  const { shown, picture } = source;
  const { frame, legend, layer } = shown;
  if (kind === "csv" && frame) {
    const { counts, classCounts } = picture.arrays;
    const { preparation } = layer;
    const table = curveCsv({ frame, counts, legend, classCounts, preparation });
    return new Blob([table], { type: "text/csv;charset=utf-8" });
  }
  const { svg, width, height } = svgDocumentOf(source);
  if (kind === "png") return pngOf(svg, width, height);
  return new Blob([svg], { type: "image/svg+xml;charset=utf-8" });
}

/** Saves a file through the browser; rejects with what went wrong. */
export async function saveFile(
  kind: FileKind,
  source: ExportSource,
  signal: AbortSignal,
): Promise<void> {
  const { frame } = source.shown;
  if (!frame) throw new Error("expected a curve to save, but the kernel has sent none yet");
  if (frame.is_partial) throw new Error("expected a curve of all samples, got one still counted");
  const name = `${fileStem(frame)}.${kind}`;
  download(await fileOf(kind, source), name, signal);
}
