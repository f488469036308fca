/** Writes CSV that spreadsheets, pandas and R read alike (RFC 4180). */

/** A cell of a CSV table. */
export type CsvCell = string | number;

// Numbers are written as short as they can be and still be read back as the same double.
const cellText = (cell: CsvCell): string => {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

// A spreadsheet would take these for the start of a formula.
const FORMULA_START = /^[=+\-@\t\r]/;

/** Makes a text safe as a cell: no spreadsheet takes it for a formula. */
export const formulaSafe = (name: string): string => (FORMULA_START.test(name) ? `'${name}` : name);

/** A table with a header as CSV text. */
export function csvOf(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [header.map(formulaSafe), ...rows].map((cells) => cells.map(cellText).join(","));
  return `${lines.join("\r\n")}\r\n`;
}
