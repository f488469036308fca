import type { ViewState } from "../../state/view-state.ts";
import { createAnnouncer } from "../../ui/announcer.ts";
import { element, setBusy, setText } from "../../ui/elements.ts";
import { createClassShares } from "./class-shares.ts";

/** What the readout says. */
export interface ReadoutProps extends Pick<ViewState, "rows" | "pending" | "summary"> {
  /** of the two directions; undefined before the kernel's first answer */
  names: readonly string[] | undefined;
}

/** The readout: facts of the plane and the spotlight as text. */
export interface Readout {
  node: HTMLElement;
  draw(props: ReadoutProps): void;
  drawShares: ReturnType<typeof createClassShares>["draw"];
}

/** Creates the readout. */
export function createReadout(signal: AbortSignal): Readout {
  const names = [element("bdi"), element("bdi")] as const;
  const wedge = element("span", { class: "srm-and" }, [" ∧\u00a0"]);
  const plane = element("h3", { class: "srm-plane" }, [names[0], wedge, names[1]]);
  const list = element("dl", { class: "srm-rows" });
  const classLit = createClassShares();
  const live = element("p", { class: "srm-live", "aria-live": "polite", "aria-atomic": "true" });
  const label = { class: "srm-readout", role: "group", "aria-label": "Readout" };
  const node = element("section", label, [plane, list, classLit.node, live]);
  const values = new Map<string, { row: HTMLElement; value: HTMLElement }>();
  const announce = createAnnouncer(live, signal);

  const rowOf = (name: string) => {
    const known = values.get(name);
    if (known) return known;
    const value = element("dd");
    const row = element("div", { class: "srm-row" }, [element("dt", {}, [name]), " ", value]);
    values.set(name, { row, value });
    list.append(row);
    return { row, value };
  };

  const draw: Readout["draw"] = (props) => {
    const { rows, pending, summary } = props;
    plane.hidden = !props.names;
    setBusy(node, pending);
    props.names?.forEach((name, k) => {
      const slot = names[k];
      if (slot) setText(slot, name);
    });
    plane.title = props.names?.join(" ∧ ") ?? "";
    for (const { label: name, value, isLong = false, title = "" } of rows) {
      const { row, value: slot } = rowOf(name);
      setText(slot, value);
      row.classList.toggle("srm-row-long", isLong);
      row.title = title;
    }
    for (const [name, { row }] of values) {
      const hidden = !rows.some(({ label }) => label === name);
      if (row.hidden !== hidden) row.hidden = hidden;
    }
    if (!pending) announce(summary);
  };
  return { node, draw, drawShares: classLit.draw };
}
