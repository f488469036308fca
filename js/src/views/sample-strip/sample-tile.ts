import { clipped } from "../../base/format.ts";
import type { StripItem } from "../../protocol/frames.ts";
import { element, setAttribute, setText } from "../../ui/elements.ts";
import { createMarkedText } from "./marked-text.ts";
import { cosineText, dataUrl, PROBLEM_TEXT, sameBytes, sampleName } from "./strip-data.ts";

/** What a tile shows beside its sample. */
export interface TileLooks {
  /** picture file of the sample */
  file: Uint8Array;
  isMarked: boolean;
  /** the CSS class of its colour, "" without one */
  colour: string;
  epsilon: number;
}

/** A tile of one sample: what it looks like, its label and its cosine. */
export interface SampleTile {
  node: HTMLButtonElement;
  item: StripItem;
  show(item: StripItem, looks: TileLooks): void;
  /** whether its text is longer than what the tile shows */
  overflows(): boolean;
}

// Up to this many pixels a picture is shown as its pixels, enlarged; beyond it is smoothed.
const PIXELS = 32;

// More of a text is not seen on a tile anyway.
const TILE_LETTERS = 400;

// So many before what is marked leave that in view, in the first lines.
const LEAD_LETTERS = 44;

function picture() {
  const node = element("img", { alt: "", draggable: "false", decoding: "sync" });
  let shown: Uint8Array | undefined;
  const show = (item: StripItem, { file }: TileLooks) => {
    node.classList.toggle("srm-pixels", Math.max(item.width, item.height) <= PIXELS);
    if (shown && sameBytes(shown, file)) return;
    shown = file;
    node.src = dataUrl(item.mime, file);
  };
  return { node, show };
}

function writing() {
  const text = createMarkedText(element("bdi", { dir: "auto" }));
  const show = (item: StripItem, { epsilon }: TileLooks) => {
    const said = item.kind === "problem" ? { ...item, text: PROBLEM_TEXT } : item;
    text.show(said, epsilon, TILE_LETTERS, LEAD_LETTERS);
  };
  return { node: text.node, show };
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
    show(item, looks) {
      const { isMarked, colour } = looks;
      if (!content || kind !== item.kind) {
        content = item.kind === "image" ? picture() : writing();
        face.replaceChildren(content.node);
        node.className = `srm-tile srm-tile-${item.kind}`;
        kind = item.kind;
      }
      tile.item = item;
      content.show(item, looks);
      setText(label, item.label === null ? "" : clipped(item.label, TILE_LETTERS));
      swatch.hidden = colour === "";
      setAttribute(swatch, "class", `srm-dot ${colour}`);
      setText(cosine, cosineText(item));
      setAttribute(node, "aria-label", sampleName(item));
      face.title = item.kind === "image" ? sampleName(item) : "";
      caption.title = sampleName(item);
      setAttribute(node, "aria-pressed", String(isMarked));
    },
    overflows: () =>
      content !== undefined &&
      (content.node.scrollHeight > content.node.clientHeight ||
        content.node.textContent !== tile.item.text),
  };
  return tile;
}
