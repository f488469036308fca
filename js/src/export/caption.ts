/** The caption of a saved picture: its texts, and how they break into lines. */

import { halfAngle } from "../base/angles.ts";
import { angleText, decimal, halfAngleText, integer, percent } from "../base/format.ts";
import type { ScopeState } from "../state/shown.ts";
import { stepText, type ViewState } from "../state/view-state.ts";
import { ensembleText } from "../views/sample-cloud/ensemble-text.ts";
import { xmlSafeText } from "./file-names.ts";

/** Measures the width of a text, px. */
export type MeasureText = (text: string) => number;

/** The texts under a saved picture. */
export interface Caption {
  title: string;
  plane: string;
  facts: string[];
}

/** The caption of the scope on show. */
export function pictureCaption(shown: ScopeState, { note }: ViewState): Caption {
  const { title, steps, frame, layer, ensembleCloud } = shown;
  if (!frame) return { title: xmlSafeText(title), plane: "", facts: [] };
  const share = percent(frame.n_lit / Math.max(1, frame.n_samples));
  const lit = `${integer(frame.n_lit)} of ${integer(frame.n_samples)} samples lit`;
  const at = frame.lit_angle == null ? "" : ` at ${angleText(frame.lit_angle)}`;
  const cone = `ε = ${decimal(frame.epsilon, 2, 4)}`;
  const beam = `θ = ${angleText(frame.theta)} ${halfAngleText(halfAngle(frame.epsilon))}`;
  const step = steps.length > 1 ? [`step: ${xmlSafeText(stepText(steps, frame.step))}`] : [];
  const under = ensembleCloud ? ensembleText(ensembleCloud) : "";
  const notes = [under, layer.preparation, note].filter(Boolean);
  return {
    title: xmlSafeText(title),
    plane: frame.names.map(xmlSafeText).join(" ∧ "),
    facts: [...step, `${cone} · ${beam}`, `${lit}${at} (${share})`, ...notes],
  };
}

/** Splits a word that is too long for a line into pieces of at least a letter. */
function pieces(word: string, most: number, measure: MeasureText): string[] {
  const all: string[] = [""];
  for (const letter of Array.from(word)) {
    const last = all.at(-1) ?? "";
    if (last === "" || measure(last + letter) <= most) all[all.length - 1] = last + letter;
    else all.push(letter);
  }
  return all;
}

/** Breaks a text into at most `lines` lines of at most `most` px; what is cut off ends in "…". */
export function wrapped(text: string, most: number, lines: number, measure: MeasureText): string[] {
  const words = text.split(" ").flatMap((word) => pieces(word, most, measure));
  const all: string[] = [];
  for (const word of words) {
    const last = all.at(-1);
    if (last !== undefined && measure(`${last} ${word}`) <= most) all[all.length - 1] += ` ${word}`;
    else all.push(word);
  }
  if (all.length <= lines) return all.filter((line) => line !== "");
  const letters = Array.from(all[lines - 1] ?? "");
  while (letters.length > 0 && measure(`${letters.join("")}…`) > most) letters.pop();
  return [...all.slice(0, lines - 1), `${letters.join("").trimEnd()}…`];
}

/** Puts items of these widths into rows, in their order, each row as full as it can be. */
export function wrapIntoRows(widths: readonly number[], gap: number, most: number): number[][] {
  const rows: number[][] = [];
  let taken = 0;
  for (const [k, width] of widths.entries()) {
    const row = rows.at(-1);
    if (row && taken + gap + width <= most) {
      row.push(k);
      taken += gap + width;
    } else {
      rows.push([k]);
      taken = width;
    }
  }
  return rows;
}
