import { shortened } from "../../base/format.ts";
import type { Pair, PairsFrame, PairsOf, PairsProgress } from "../../protocol/frames.ts";
import type { PairsLate } from "../../protocol/late.ts";
import { createAnnouncer } from "../../ui/announcer.ts";
import { createButton, element, setAttribute, setBusy, setText } from "../../ui/elements.ts";
import { RowFocus } from "../../ui/row-focus.ts";
import { createSelect } from "../../ui/select.ts";
import { choicesOf, isOfPair, LATE_TEXTS, listText, PAIR_HEADS, pNote } from "./pair-data.ts";
import { createPairRow, type PairRowView } from "./pair-row.ts";

/** Whom the list tells. */
export interface PairListOptions {
  id: string;
  /** the user chose a pair, whose plane is to be shown */
  chosen(pair: Pair): void;
  /** the user wants other pairs listed */
  listed(of: PairsOf): void;
  /** the user wants the pairs found, however long it takes */
  find(): void;
  stop(): void;
}

/** What is said of the list as a whole. */
export interface PairStatusProps {
  isShown: boolean;
  /** how far the search is; undefined where none was asked for */
  progress: PairsProgress | undefined;
  /** the pairs that were found last */
  frame: PairsFrame | undefined;
  /** what they are of another of than is on show; "" where they are of that */
  late: PairsLate;
  /** whether a kernel is there that can look for pairs */
  canFind: boolean;
  of: PairsOf;
  /** names of the directions of the plane on show */
  names: readonly [string, string];
  /** the name of any direction */
  directionOf(index: number): string;
}

/** What the rows show. */
export interface PairRowsProps {
  /** undefined where there is no list, or nobody looks at it */
  frame: PairsFrame | undefined;
  /** the plane that is asked for */
  pair: Pair;
  /** whether a row can show its plane */
  canShow: boolean;
}

const OPTION_LETTERS = 24;
const NOT_FOUND = "No pairs were looked for before this was saved.";

function createListElements(options: PairListOptions, signal: AbortSignal) {
  const title = element("h3", { class: "srm-part-title" }, ["Pairs by coactivation"]);
  const which = createSelect(
    "Which pairs",
    choicesOf(["", ""]),
    (value) => options.listed(value as PairsOf),
    signal,
  );
  const order = element("span", { class: "srm-pairs-which" }, [which.node]);
  const head = element("div", { class: "srm-pairs-head" }, [title, order]);
  const line = element("p", { class: "srm-pairs-count" });
  const hint = element("p", { class: "srm-pairs-hint" });
  const find = createButton("Find pairs", () => options.find(), signal);
  const stop = createButton("Stop", () => options.stop(), signal);
  setAttribute(stop, "aria-label", "Stop the search for pairs");
  const bar = element("div", {
    class: "srm-pairs-progress",
    role: "progressbar",
    "aria-label": "Search for pairs",
    "aria-valuemin": "0",
    "aria-valuemax": "100",
  });
  const task = element("div", { class: "srm-pairs-task" }, [hint, find, stop, bar]);
  const noteId = `${options.id}-pairs-p`;
  const heads = PAIR_HEADS.map(({ text, title }) => {
    const attributes = title ? { title } : { "aria-describedby": noteId };
    return element("th", { scope: "col", class: "srm-pairs-number", ...attributes }, [text]);
  });
  const top = element("thead", {}, [
    element("tr", {}, [element("th", { scope: "col" }, ["Pair"]), ...heads]),
  ]);
  const body = element("tbody");
  const caption = element("caption", { class: "srm-table-caption" });
  const table = element("table", { class: "srm-table srm-pairs-table" }, [caption, top, body]);
  const pane = element("div", { class: "srm-pairs-pane", tabindex: "-1" }, [table]);
  const note = element("p", { class: "srm-pairs-note", id: noteId });
  const status = element("p", { class: "srm-unseen", "aria-live": "polite" });
  const node = element("div", { class: "srm-pairs" }, [head, line, task, pane, note, status]);
  return {
    node,
    which,
    order,
    line,
    task,
    hint,
    find,
    stop,
    bar,
    pane,
    body,
    caption,
    note,
    status,
  };
}

/** The list of pairs; choosing one shows its plane. */
class PairList {
  readonly #parts: ReturnType<typeof createListElements>;
  readonly #rows: PairRowView[] = [];
  readonly #focus: RowFocus<PairRowView>;
  readonly #announce: (text: string) => void;
  #canShow = true;
  #frame: PairsFrame | undefined;

  constructor(options: PairListOptions, signal: AbortSignal) {
    this.#parts = createListElements(options, signal);
    const { pane, body, status } = this.#parts;
    this.#announce = createAnnouncer(status, signal);
    const chosen = ({ row: [i, j] }: PairRowView) => this.#canShow && options.chosen([i, j]);
    this.#focus = new RowFocus(pane, body, chosen, signal);
  }

  get node(): HTMLElement {
    return this.#parts.node;
  }

  drawStatus(props: PairStatusProps): void {
    const { node, which, order, line, pane } = this.#parts;
    node.hidden = !props.isShown;
    if (node.hidden) return;
    const { progress, frame, late, canFind, of, names, directionOf } = props;
    const said = choicesOf([
      shortened(names[0], OPTION_LETTERS),
      shortened(names[1], OPTION_LETTERS),
    ]);
    for (const option of which.node.options) setText(option, said[option.value as PairsOf]);
    which.update(of);
    order.hidden = !canFind;
    const isRunning = progress?.state === "running" && canFind;
    const text = frame
      ? listText(frame, (index) => shortened(directionOf(index), OPTION_LETTERS))
      : "";
    setText(line, text);
    line.hidden = text === "";
    const wanting = canFind ? this.#want(props) : frame ? "" : NOT_FOUND;
    // What is found in a moment, as while ε moves, comes and goes without a word.
    if (!(isRunning && frame && progress.progress === 0)) {
      this.#drawTask(isRunning, wanting, props);
    }
    setBusy(pane, late !== "" && canFind);
    setAttribute(pane, "aria-busy", String(isRunning));
    pane.hidden = !frame || frame.rows.length === 0;
    this.#announce(isRunning ? "Looking for pairs." : wanting || text);
  }

  #drawTask(isRunning: boolean, wanting: string, { progress, frame, canFind }: PairStatusProps) {
    const { task, hint, find, stop, bar } = this.#parts;
    setText(hint, isRunning ? "Looking for pairs …" : wanting);
    task.hidden = !isRunning && wanting === "";
    setText(find, frame ? "Find again" : "Find pairs");
    find.hidden = isRunning || !canFind || wanting === "";
    stop.hidden = !isRunning;
    bar.hidden = !isRunning;
    const share = Math.min(1, Math.max(0, progress?.progress ?? 0));
    setAttribute(bar, "aria-valuenow", String(Math.round(100 * share)));
    bar.style.setProperty("--srm-progress", share.toFixed(3));
  }

  /** Why there is another list to be found. */
  #want({ progress, frame, late }: PairStatusProps): string {
    if (progress?.state === "failed") return progress.hint || "The search failed.";
    if (!frame) return progress?.hint ?? "";
    return late === "" || progress?.state !== "waiting" ? "" : LATE_TEXTS[late];
  }

  drawRows({ frame, pair, canShow }: PairRowsProps): void {
    const { caption, note } = this.#parts;
    this.#canShow = canShow;
    note.hidden = !frame || frame.rows.length === 0;
    if (!frame) return;
    if (frame !== this.#frame) {
      this.#frame = frame;
      setText(note, pNote(frame));
      setText(caption, "Pairs of directions, the most coactive first; a press shows the plane");
      frame.rows.forEach((row, k) => {
        this.#rows[k] ??= createPairRow(row);
        this.#rows[k]?.show(row);
      });
      this.#focus.show(this.#rows.slice(0, frame.rows.length));
    }
    for (const row of this.#rows) {
      row.mark(isOfPair(row.row, pair));
      setAttribute(row.button, "aria-disabled", String(!canShow));
    }
  }
}

/** The list of pairs as other parts see it. */
export interface PairListView {
  node: HTMLElement;
  drawStatus(props: PairStatusProps): void;
  drawRows(props: PairRowsProps): void;
}

/** Creates the list of pairs that fire together. */
export function createPairList(options: PairListOptions, signal: AbortSignal): PairListView {
  return new PairList(options, signal);
}
