/** Text that directions are searched for, as the kernel reads it. */

/** A text as it is searched: in small letters, without accents, b₁₂ as b12. */
export function folded(text: string): string {
  // Most names are plain, and tens of thousands are to be read.
  if (/^[ -~]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** What a search is for. */
export interface SearchQuery {
  /** all that was typed: names may begin with a sign */
  whole: string;
  /** without its sign */
  rest: string;
  /** of the directions that are meant; undefined for either */
  sign: 1 | -1 | undefined;
  /** the direction whose number was typed, or -1 */
  number: number;
}

const SIGNS: Readonly<Record<string, 1 | -1>> = { "+": 1, "-": -1, "−": -1 };

/** Reads what was typed; undefined if that is nothing. */
export function searchQueryOf(text: string): SearchQuery | undefined {
  const whole = folded(text.trim());
  if (whole === "") return undefined;
  const sign = SIGNS[whole[0] ?? ""];
  const rest = sign === undefined ? whole : whole.slice(1).trimStart();
  return { whole, rest, sign, number: /^[0-9]+$/.test(rest) ? Number(rest) : -1 };
}
