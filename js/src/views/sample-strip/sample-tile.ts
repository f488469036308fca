import { clipped } from "../../base/format.ts";
import type { StripItem } from "../../protocol/frames.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { cosineText, dataUrl, sameBytes, sampleName } from "./strip-data.ts";

/** A tile of one sample: what it looks like, its label and its cosine. */
export interface SampleTile {
  node: HTMLButtonElement;
  item: StripItem;
  /** `colour` is the CSS class of its colour, "" without one */
  show(item: StripItem, file: Uint8Array, marked: boolean, colour: string): void;
  /** whether its text is longer than what the tile shows */
  overflows(): boolean;
}

// Up to this many pixels a picture is shown as its pixels, enlarged; beyond it is smoothed.
const PIXELS = 32;

// More of a text is not seen on a tile anyway.
const TILE_LETTERS = 400;

function picture() {
  const node = element("img", { alt: "", draggable: "false", decoding: "sync" });
  let shown: Uint8Array | undefined;
  const show = (item: StripItem, file: Uint8Array) => {
    node.classList.toggle("srm-pixels", Math.max(item.width, item.height) <= PIXELS);
    if (shown && sameBytes(shown, file)) return;
    shown = file;
    node.src = dataUrl(item.mime, file);
  };
  return { node, show };
}

function writing() {
  const node = element("bdi", { dir: "auto" });
  const show = (item: StripItem) => setText(node, clipped(item.text, TILE_LETTERS));
  return { node, show };
}

/** Creates the tile of a sample. */
export function createSampleTile(first: StripItem): SampleTile {
  const face = element("span", { class: "srm-tile-face" });
  const label = element("bdi");
  const swatch = element("span");
  const cosine = element("span", { class: "srm-tile-cosine" });
  const caption = element("span", { class: "srm-tile-caption" }, [swatch, label, " ", cosine]);
  const suppress = { "data-lm-suppress-shortcuts": "true", tabindex: "-1" };
  // Spaces not to be seen: the words of a tile are those of its name.
  const node = element("button", { type: "button", ...suppress }, [face, " ", caption]);
  let content: ReturnType<typeof picture> | ReturnType<typeof writing> | undefined;
  let kind = "";

  const tile: SampleTile = {
    node,
    item: first,
    show(item, file, marked, colour) {
      if (!content || kind !== item.kind) {
        content = item.kind === "image" ? picture() : writing();
        face.replaceChildren(content.node);
        node.className = `srm-tile srm-tile-${item.kind}`;
        kind = item.kind;
      }
      tile.item = item;
      content.show(item, file);
      setText(label, item.label === null ? "" : clipped(item.label, TILE_LETTERS));
      swatch.hidden = colour === "";
      setAttribute(swatch, "class", `srm-dot ${colour}`);
      setText(cosine, cosineText(item));
      setAttribute(node, "aria-label", sampleName(item));
      face.title = item.kind === "image" ? sampleName(item) : "";
      setAttribute(node, "aria-pressed", String(marked));
    },
    overflows: () => content !== undefined && content.node.scrollHeight > content.node.clientHeight,
  };
  return tile;
}
