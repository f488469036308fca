/** The page that holds no samples: it takes a file, and shows a live scope on it. */

import { errorText, integer } from "../base/format.ts";
import { printable } from "../base/python-text.ts";
import { MOST_FILE_TEXT } from "../files/limits.ts";
import type { ScopeData } from "../files/scope-data.ts";
import { createMemoryModel } from "../kernel/memory-model.ts";
import { SCOPE_ID } from "../protocol/limits.ts";
import { curveFrameOf } from "../protocol/readers.ts";
import type { ScopeTraits } from "../protocol/traits.ts";
import { element, setText } from "../ui/elements.ts";
import { svgElement } from "../ui/svg.ts";
import { DroppedFileReader, type FileListener } from "./file-reader.ts";
import { beginHeadingsAt } from "./saved-page.ts";
import { createSession } from "./session.ts";
import { mountView } from "./view.ts";

/** What the page begins with: the traits of its scopes, and who made it. */
interface BlankPage {
  traits: Partial<ScopeTraits>;
  version: string;
}

const LONGEST_FILE_NAME = 60;
const LONGEST_TITLE = 200;
const LETTERS_OF_END = 20;
const MOST_FILE_NAMES = 4;
const MOST_UNUSED = 5;
const ACCEPTED = ".npy,.npz,.csv,.tsv,.txt";

/** A file's name; of a long one the end stays, which tells versions and kinds apart. */
function fileName(name: string): string {
  const letters = Array.from(name);
  const end = letters.slice(-LETTERS_OF_END);
  const begin = letters.slice(0, LONGEST_FILE_NAME - LETTERS_OF_END - 1);
  const cut = letters.length > LONGEST_FILE_NAME ? [...begin, "…", ...end] : letters;
  return printable(cut.join(""), LONGEST_FILE_NAME);
}

function nameText(names: readonly string[]): string {
  const said = names.slice(0, MOST_FILE_NAMES).map(fileName);
  const rest = names.length - said.length;
  return [...said, ...(rest > 0 ? [`${integer(rest)} more`] : [])].join(" + ");
}

const code = (text: string) => element("code", {}, [text]);

/** What may be in a file, a row a kind. */
function createKinds(): HTMLElement {
  const rows: [string, (Node | string)[]][] = [
    [".npy", ["activations of shape (N, D), one sample a row"]],
    [
      ".npz",
      [
        code("activations"),
        " or ",
        code("X"),
        "; if you like ",
        code("labels"),
        ", one a row, ",
        code("basis"),
        " of shape (M, D), and ",
        code("names"),
        " of its directions",
      ],
    ],
    [
      ".csv",
      [
        "one sample a line; if you like a header with the names of the directions, and a column ",
        code("label"),
        " with classes",
      ],
    ],
  ];
  const items = rows.flatMap(([kind, text]) => [
    element("dt", {}, [code(kind)]),
    element("dd", {}, text),
  ]);
  return element("dl", { class: "srm-kinds" }, items);
}

/** A small plane with its spotlight, to be seen alone. */
function createEmblem(): SVGElement {
  const svg = svgElement("svg", { viewBox: "-52 -52 104 104", class: "srm-emblem" });
  svg.setAttribute("aria-hidden", "true");
  const petals = "M0-40C5-14 14-5 40 0 14 5 5 14 0 40-5 14-14 5-40 0-14-5-5-14 0-40Z";
  svg.append(
    svgElement("circle", { r: "46", class: "srm-emblem-rim" }),
    svgElement("path", { d: "M0 0 40.6-21.6A46 46 0 0 1 40.6 21.6Z", class: "srm-emblem-beam" }),
    svgElement("path", { d: petals, class: "srm-emblem-curve" }),
  );
  return svg;
}

/** The invitation, the bar above a scope, and what is said of files. */
function createPanel() {
  const input = element("input", {
    type: "file",
    id: "srm-file",
    class: "srm-file",
    accept: ACCEPTED,
    multiple: "",
    "aria-describedby": "srm-file-limits",
  });
  const choose = element("label", { class: "srm-choose", for: "srm-file" }, ["Choose a file…"]);
  const heading = element("h1", {}, ["Your own activations in the spotlight"]);
  const lead = element("p", { class: "srm-lead" }, [
    "Drop a file here, and turn a cone of light through the planes of its neurons: at every angle the page counts the samples that are lit.",
  ]);
  const limits = element("p", { class: "srm-limits", id: "srm-file-limits" }, [
    `At most ${MOST_FILE_TEXT}. The file stays on this computer: the page makes no request and keeps nothing.`,
  ]);
  const example = element("p", { class: "srm-example" }, [
    "From Python: ",
    code('np.save("activations.npy", x)'),
  ]);
  const status = element("p", { class: "srm-status", role: "status" });
  const problem = element("p", { class: "srm-problem", role: "alert" });
  const picker = element("div", { class: "srm-picker" }, [input, choose]);
  const about = element("div", { class: "srm-about" }, [example, createKinds(), limits]);
  const node = element("section", { class: "srm-drop", "aria-label": "File" }, [
    createEmblem(),
    heading,
    lead,
    picker,
    status,
    problem,
    about,
  ]);
  return { node, input, choose, status, problem };
}

type DropPanel = ReturnType<typeof createPanel>;

/** What is held, in words. */
function summary(data: ScopeData, names: readonly string[]): string {
  const { nSamples, nDims, type, nClasses, unused } = data;
  const basis = data.traits._held_frame?.n_directions;
  const facts = [
    `${integer(nSamples)} × ${integer(nDims)} ${type}`,
    data.basis === "standard basis" ? "" : `${integer(basis ?? 0)} directions`,
    nClasses > 0 ? `${integer(nClasses)} ${nClasses === 1 ? "class" : "classes"}` : "",
    unused.length > 0
      ? `not used: ${unused.slice(0, MOST_UNUSED).map(fileName).join(", ")}${unused.length > MOST_UNUSED ? ", …" : ""}`
      : "",
  ];
  return `${nameText(names)}: ${facts.filter(Boolean).join(" · ")}`;
}

/** Calls `dropped` with files, from the whole page; it shows while they are held over it. */
function takeDrops(dropped: (files: File[]) => void): void {
  const root = document.documentElement;
  const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const show = (isOver: boolean) => root.classList.toggle("srm-dragged-over", isOver);
  const over = (event: DragEvent) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    show(true);
  };
  window.addEventListener("dragenter", over);
  window.addEventListener("dragover", over);
  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show(false);
  });
  window.addEventListener("drop", (event) => {
    show(false);
    if (!isFiles(event)) return;
    event.preventDefault();
    dropped([...(event.dataTransfer?.files ?? [])]);
  });
}

/** Shows one scope after another in an element. */
class ScopePlace {
  readonly #el: HTMLElement;
  readonly #first: Partial<ScopeTraits>;
  #end = new AbortController();

  /** `first` are traits that all scopes begin with. */
  constructor(el: HTMLElement, first: Partial<ScopeTraits>) {
    this.#el = el;
    this.#first = first;
  }

  /** Shows a scope in the place of the one before, which stays if this one fails. */
  show(data: ScopeData, title: string): void {
    const end = new AbortController();
    const place = element("div");
    try {
      const traits = { ...this.#first, ...data.traits, title, layout: { comm_live: false } };
      const model = createMemoryModel(traits as Partial<ScopeTraits>);
      const session = createSession(model, end.signal);
      if (session.damage) throw new Error(session.damage);
      const peak = curveFrameOf(session.store)?.peak_angle;
      if (peak) session.store.set({ theta: peak });
      this.#el.append(place);
      mountView(place, session, end.signal);
    } catch (error) {
      end.abort();
      place.remove();
      throw error;
    }
    beginHeadingsAt(place, 2);
    this.#end.abort();
    this.#end = end;
    for (const node of [...this.#el.children]) if (node !== place) node.remove();
  }
}

/** What the panel says of files, and the scope that becomes of them. */
function followFiles(
  { node, choose, status, problem }: DropPanel,
  place: ScopePlace,
): FileListener {
  let shown = "";
  const say = (text: string, trouble = "") => {
    setText(status, text);
    setText(problem, trouble);
    node.classList.remove("srm-reading");
  };
  const refused = (reason: string, names: string[]) =>
    say(
      shown,
      `${nameText(names)} is refused: ${reason}${shown ? " The scope below is as it was." : ""}`,
    );
  return {
    begun(names) {
      say(`Reading ${nameText(names)}…`);
      node.classList.add("srm-reading");
    },
    taken(data, names) {
      try {
        // The scope cuts its title itself, where it has no room.
        place.show(data, printable(names.join(" + "), LONGEST_TITLE));
      } catch (error) {
        refused(`${errorText(error)}.`, names);
        return;
      }
      shown = summary(data, names);
      say(shown);
      setText(choose, "Choose another file…");
      document.documentElement.classList.add("srm-with-scope");
    },
    refused,
  };
}

/** Makes the page: what it begins with stands in `blank`. */
export function openBlankPage(blank: HTMLElement): void {
  const { traits, version } = JSON.parse(blank.textContent ?? "") as BlankPage;
  const main = document.getElementById(SCOPE_ID) ?? document.body;
  const panel = createPanel();
  const scope = element("div");
  main.append(panel.node, scope);
  const reader = new DroppedFileReader(version, followFiles(panel, new ScopePlace(scope, traits)));
  const read = (files: File[]) => void reader.read(files);
  panel.input.addEventListener("change", () => {
    read([...(panel.input.files ?? [])]);
    // So that the same file, mended, can be chosen again.
    panel.input.value = "";
  });
  takeDrops(read);
}
