/** Tables as text that spreadsheets, pandas and R read alike (RFC 4180). */

export type Cell = string | number;

// Numbers are written as short as they can be and still be read back as the same double.
const cellText = (cell: Cell): string => {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

// A spreadsheet would take these for the start of a formula.
const FORMULA = /^[=+\-@\t\r]/;

/** A name as a cell that no spreadsheet executes. */
export const harmless = (name: string): string => (FORMULA.test(name) ? `'${name}` : name);

export function csvOf(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [header.map(harmless), ...rows].map((cells) => cells.map(cellText).join(","));
  return `${lines.join("\r\n")}\r\n`;
}
