/** Finds directions as one types, by name, number or label. */

import { folded, type SearchQuery, searchQueryOf } from "../base/search-text.ts";
import type { TableRow } from "../protocol/frames.ts";

/** A direction that was found, or its negative. */
export interface FoundDirection {
  direction: number;
  sign: 1 | -1;
  name: string;
  /** the label most of its samples have, as far as it is known */
  label: string | undefined;
}

/** The best of the directions that were found, and how many there are. */
export interface FoundDirections {
  best: FoundDirection[];
  total: number;
}

/** What was typed is the whole name or the number, its beginning, inside it, or of a label. */
const [EXACT, PREFIX, INSIDE, LABEL_PREFIX, LABEL_INSIDE, NOWHERE] = [0, 1, 2, 3, 4, 5] as const;

/** How well a text, of a name, begins with or has inside it what is searched for. */
function rankIn(text: string, wanted: string): number {
  const place = text.indexOf(wanted);
  if (place < 0) return NOWHERE;
  if (place > 0) return INSIDE;
  return text.length === wanted.length ? EXACT : PREFIX;
}

/** Names of directions, read once, to be searched at every key. */
export class DirectionFinder {
  readonly #names: readonly string[];
  readonly #folded: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#folded = names.map(folded);
  }

  /**
   * The `most` best for what was typed: whole names and numbers first, then names that begin so,
   * that have it inside, and labels likewise; of equals the first. Labels are known of rows of the
   * table. A sign in front asks for directions of that sign, unless names begin with it.
   */
  find(typed: string, rows: readonly TableRow[], most: number): FoundDirections {
    const query = searchQueryOf(typed);
    if (!query) return { best: [], total: 0 };
    const listed = listedSigns(rows);
    const ranked: FoundDirection[][] = [[], [], [], [], []];
    let total = 0;
    const add = (rank: number, found: () => FoundDirection) => {
      total += 1;
      const equals = ranked[rank];
      if (equals && equals.length < most) equals.push(found());
    };
    const byName = new Set<number>();
    this.#folded.forEach((name, direction) => {
      const whole = rankIn(name, query.whole);
      const rank = whole < NOWHERE ? whole : rankOf(name, direction, query);
      if (rank === NOWHERE) return;
      if (listed.has(direction)) byName.add(direction);
      add(rank, () => {
        const known = listed.get(direction);
        const meant = query.sign !== undefined && whole === NOWHERE ? query.sign : known?.[1];
        return this.#found(direction, meant ?? 1, known);
      });
    });
    for (const row of rows) {
      const [direction, sign, , , , label] = row;
      const isMeant = query.sign === undefined || query.sign === sign;
      if (label === null || byName.has(direction) || !isMeant) continue;
      const rank = rankIn(folded(label), query.rest);
      if (rank === NOWHERE) continue;
      add(rank === INSIDE ? LABEL_INSIDE : LABEL_PREFIX, () => this.#found(direction, sign, row));
    }
    return { best: ranked.flat().slice(0, most), total };
  }

  #found(direction: number, sign: 1 | -1, known: TableRow | undefined): FoundDirection {
    const label = known?.[1] === sign ? (known[5] ?? undefined) : undefined;
    return { direction, sign, name: this.#names[direction] ?? "", label };
  }
}

function rankOf(name: string, direction: number, { rest, number }: SearchQuery): number {
  return direction === number ? EXACT : rankIn(name, rest);
}

/** Of each direction its first row: that of the sign which the table has first. */
function listedSigns(rows: readonly TableRow[]): Map<number, TableRow> {
  const listed = new Map<number, TableRow>();
  for (const row of rows) if (!listed.has(row[0])) listed.set(row[0], row);
  return listed;
}
