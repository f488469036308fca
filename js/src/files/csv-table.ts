/** Reads CSV, one sample a line, into numbers: strictly, and without a string a cell. */

import { commas, quoted } from "../base/python-text.ts";
import { MOST_DIRECTIONS, MOST_NUMBERS } from "./limits.ts";
import type { NumberTable } from "./table-of-numbers.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WITHOUT_NUMBER = /^(?:|[+-]?nan|na|n\/a|null|none)$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
const LABEL = /^labels?$/i;
const AT_ONCE = 4096;
const SEPARATORS = [",", ";", "\t"];

/** What a CSV file holds. */
export interface CsvTable {
  table: NumberTable;
  /** names of the columns; undefined without a header */
  names: string[] | undefined;
  /** a text a row, null where it has none; undefined without a column of labels */
  labels: (string | null)[] | undefined;
}

/** The text of a file in UTF-8. */
export function csvText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const advice = "save it as CSV UTF-8";
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new Error(`expected text in UTF-8, got UTF-16; ${advice}`);
  }
  const at = bytes.indexOf(0);
  if (at >= 0)
    throw new Error(`expected text in UTF-8, got a zero at byte ${commas(at)}; ${advice}`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`expected text in UTF-8, got bytes that are not; ${advice}`);
  }
}

/** The most frequent separator outside quotation marks in the first line that is not empty. */
function separatorIn(text: string): string {
  const line = /[^\r\n]+/.exec(text.slice(0, 1 << 16))?.[0] ?? "";
  const bare = line.replace(/"[^"]*"/g, "");
  const counts = SEPARATORS.map((sign) => bare.split(sign).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** Splits a text into records of cells, one at a time (RFC 4180). */
class RecordReader {
  readonly #text: string;
  readonly #separator: string;
  #at = 0;
  /** line on which the last record begins, from 1 on */
  line = 0;
  #nextLine = 1;

  constructor(text: string, separator: string) {
    this.#text = text;
    this.#separator = separator;
  }

  /** The next record that is not empty; undefined at the end. */
  next(): string[] | undefined {
    while (this.#at < this.#text.length) {
      this.line = this.#nextLine;
      const cells = this.#record();
      if (cells.length > 1 || cells[0] !== "") return cells;
    }
    return undefined;
  }

  #record(): string[] {
    const text = this.#text;
    let end = text.indexOf("\n", this.#at);
    if (end < 0) end = text.length;
    const line = text.slice(this.#at, text[end - 1] === "\r" ? end - 1 : end);
    if (!line.includes('"')) {
      this.#at = end + 1;
      this.#nextLine += 1;
      if (line.includes("\r")) {
        throw new Error(
          `expected lines that end with a line feed, got a carriage return in line ${this.line}`,
        );
      }
      const cells = line.split(this.#separator, MOST_DIRECTIONS + 3);
      return cells.map((cell) => cell.trim());
    }
    return this.#quotedRecord();
  }

  #quotedRecord(): string[] {
    const cells: string[] = [];
    for (;;) {
      cells.push(this.#text[this.#at] === '"' ? this.#quotedCell() : this.#plainCell());
      const sign = this.#text[this.#at];
      this.#at += 1;
      if (sign === this.#separator && cells.length < MOST_DIRECTIONS + 3) continue;
      if (sign === "\r" && this.#text[this.#at] === "\n") this.#at += 1;
      this.#nextLine += 1;
      return cells;
    }
  }

  #plainCell(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !this.#isEnd(this.#at)) this.#at += 1;
    const cell = this.#text.slice(from, this.#at).trim();
    if (cell.includes('"')) this.#refuseQuotes();
    return cell;
  }

  #quotedCell(): string {
    let cell = "";
    for (;;) {
      const end = this.#text.indexOf('"', this.#at + 1);
      if (end < 0) this.#refuseQuotes();
      cell += this.#text.slice(this.#at + 1, end);
      this.#at = end + 1;
      if (this.#text[this.#at] !== '"') break;
      cell += '"';
    }
    if (this.#at < this.#text.length && !this.#isEnd(this.#at)) this.#refuseQuotes();
    this.#nextLine += cell.split("\n").length - 1;
    return cell;
  }

  #isEnd(at: number): boolean {
    const sign = this.#text[at];
    return (
      sign === this.#separator || sign === "\n" || (sign === "\r" && this.#text[at + 1] === "\n")
    );
  }

  #refuseQuotes(): never {
    throw new Error(
      `expected cells in whole quotation marks, with "" for one in them, got others in line ${this.line}`,
    );
  }
}

/** The number in a cell, NaN where it says that it has none, undefined if it is something else. */
function numberIn(cell: string): number | undefined {
  if (NUMBER.test(cell)) return Number(cell);
  if (WITHOUT_NUMBER.test(cell)) return Number.NaN;
  const infinite = INFINITE.exec(cell);
  return infinite ? Number(`${infinite[1]}Infinity`) : undefined;
}

/** Numbers that grow in number. */
class NumberColumn {
  #values = new Float64Array(1 << 16);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const grown = new Float64Array(2 * this.length);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  get all(): Float64Array {
    return this.#values.subarray(0, this.length);
  }
}

/** Throws unless the first line has a name for every column, or numbers for all but the labels. */
function checkHeader(header: readonly string[], labelAt: number): void {
  const second = header.findIndex((name, k) => k !== labelAt && LABEL.test(name));
  if (second >= 0) {
    throw new Error(`expected one column of labels, got ${quoted(header[second] ?? "")} too`);
  }
  const unnamed = header.indexOf("");
  if (unnamed >= 0) {
    throw new Error(
      `expected a name for every column, got none for column ${unnamed + 1}; to_csv(index=False) leaves ` +
        "the numbers of rows out",
    );
  }
  const others = header.filter((_, k) => k !== labelAt);
  const texts = others.filter((name) => numberIn(name) === undefined);
  if (texts.length > 0 && texts.length < others.length) {
    throw new Error(
      `expected names in the first line, or numbers, got both: ${quoted(texts[0] ?? "")} is no number; ` +
        "one column may hold classes, if the header names it label",
    );
  }
}

/** Refuses a cell, named by its column as people count, and by its name where there is one. */
function refuseCell(cell: string, line: number, column: number, header?: string): never {
  const name = header === undefined ? "" : ` (${quoted(header)})`;
  const advice = DECIMAL_COMMA.test(cell)
    ? "; decimals are written with a point, as to_csv does"
    : "; one column may hold classes, if the header names it label";
  throw new Error(
    `expected a number in line ${line}, column ${column + 1}${name}, got ${quoted(cell)}${advice}`,
  );
}

/** Reads a table of numbers, with or without a header and a column of labels. */
export function* readCsv(text: string): Generator<void, CsvTable> {
  const separator = separatorIn(text);
  const records = new RecordReader(text, separator);
  const first = records.next();
  if (!first) throw new Error("expected numbers, one sample a line, got an empty file");
  if (first.length > MOST_DIRECTIONS + 1) {
    throw new Error(
      `expected at most ${commas(MOST_DIRECTIONS)} columns, got more; in Python there is no such limit`,
    );
  }
  const labelAt = first.findIndex((name) => LABEL.test(name));
  const isHeader = labelAt >= 0 || first.some((cell) => numberIn(cell) === undefined);
  if (isHeader) checkHeader(first, labelAt);
  const refuse = (cell: string, line: number, column: number) =>
    refuseCell(cell, line, column, isHeader ? first[column] : undefined);
  const values = new NumberColumn();
  const labels: (string | null)[] = [];
  let nRows = 0;
  for (let cells = isHeader ? records.next() : first; cells; cells = records.next()) {
    if (cells.length !== first.length) {
      const more = cells.length > MOST_DIRECTIONS + 1 ? " or more" : "";
      throw new Error(
        `expected ${first.length} cells in line ${records.line}, as many as in the first, got ` +
          `${cells.length}${more}`,
      );
    }
    for (const [column, cell] of cells.entries()) {
      if (column === labelAt) labels.push(cell === "" ? null : cell);
      else values.push(numberIn(cell) ?? refuse(cell, records.line, column));
    }
    if (values.length > MOST_NUMBERS) {
      throw new Error(`expected at most ${commas(MOST_NUMBERS)} numbers, got more`);
    }
    nRows += 1;
    if ((nRows * first.length) % AT_ONCE < first.length) yield;
  }
  if (nRows === 0) {
    throw new Error(
      `expected numbers, one sample a line, got one line of text, ${quoted(first.join(separator))}, ` +
        "and no numbers",
    );
  }
  const nColumns = first.length - (labelAt >= 0 ? 1 : 0);
  const all = values.all;
  const at = (row: number, column: number) => all[row * nColumns + column] ?? 0;
  return {
    table: { nRows, nColumns, isDouble: true, type: "float64", at },
    names: isHeader ? first.filter((_, k) => k !== labelAt) : undefined,
    labels: labelAt >= 0 ? labels : undefined,
  };
}
