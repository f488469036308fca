import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { readCsv } from "../../src/files/csv-table.ts";
import { droppedData } from "../../src/files/dropped-data.ts";
import { bytesText } from "../../src/files/limits.ts";
import { PythonTuple, parseLiteral } from "../../src/files/python-literal.ts";
import { unzip } from "../../src/files/zip.ts";

const encoded = (text: string) => new TextEncoder().encode(text);

test("literals are read as Python reads them, and nothing else is", () => {
  assert.deepEqual(parseLiteral("{'a': (3, 4,), \"b\": [True, None], }"), {
    a: new PythonTuple([3, 4]),
    b: [true, null],
  });
  assert.deepEqual(parseLiteral("(5,)"), new PythonTuple([5]));
  assert.equal(parseLiteral("(5)"), 5);
  assert.deepEqual(parseLiteral("()"), new PythonTuple([]));
  for (const text of [
    "",
    "{'a'}",
    "(1 2)",
    "(1,,2)",
    "f()",
    "1; 2",
    "'a\\'",
    "[".repeat(50),
    "1.5",
  ]) {
    assert.throws(() => parseLiteral(text), Error, text);
  }
});

test("a file unpacks to what its archive says, and no further", async () => {
  const packed = deflateRawSync(new Uint8Array(1 << 20));
  const name = "X.npy";
  const local = new Uint8Array(30 + name.length + packed.length);
  const view = new DataView(local.buffer);
  view.setUint32(0, 0x04034b50, true);
  view.setUint16(26, name.length, true);
  local.set(encoded(name), 30);
  local.set(packed, 30 + name.length);
  const entry = {
    name,
    isEncrypted: false,
    method: 8,
    crc: 0,
    packed: packed.length,
    size: 1000,
    offset: 0,
  };
  await assert.rejects(unzip(local, entry, 1 << 30), /got more than the 1,000 bytes that it says/);
  const larger = { ...entry, size: 2 << 20 };
  await assert.rejects(unzip(local, larger, 1 << 30), /got 1,048,576 of the 2,097,152 bytes/);
  await assert.rejects(unzip(local, larger, 1 << 20), /expected at most 1,048,576 bytes unpacked/);
  const whole = { ...entry, size: 1 << 20 };
  await assert.rejects(unzip(local, whole, 1 << 30), /its checksum is wrong/);
  const found = await unzip(local, { ...whole, crc: 0xa738ea1c }, 1 << 30);
  assert.equal(found.length, 1 << 20);
});

test("a long table is read in slices", () => {
  const steps = readCsv("1,2\n".repeat(20_000));
  let slices = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) slices += 1;
  assert.ok(slices > 5, `${slices} slices`);
  assert.equal(step.value.table.nRows, 20_000);
});

test("what is wrong with a table is found where it says, counted from 1", () => {
  const refusal = (text: string): string => {
    try {
      for (const _ of readCsv(text));
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return "";
  };
  const said = (text: string) => refusal(text).split(/; (?:one column|decimals|to_csv)/)[0];
  assert.equal(said("1,2\n3,x\n"), "expected a number in line 2, column 2, got “x”");
  assert.equal(
    said("y,2\n3,4\n"),
    "expected names in the first line, or numbers, got both: “y” is no number",
  );
  // The column is that of the file, whether or not one before it holds the classes.
  const named = "expected a number in line 3, column 3 (“b”), got “1,5”";
  assert.equal(said('label,a,b\none,1,2\ntwo,3,"1,5"\n'), named);
  assert.equal(said(",a\n0,1\n"), "expected a name for every column, got none for column 1");
  for (const text of ["hello", "hello\n", "a,b\n\n"]) {
    assert.equal(
      refusal(text),
      `expected numbers, one sample a line, got one line of text, “${text.trim()}”, and no numbers`,
    );
  }
});

test("a refusal of one of several files names it", async () => {
  const files = ["a.csv", "b.npy"].map((name) => ({ name, bytes: encoded("1,2\n") }));
  await assert.rejects(
    droppedData(files),
    /^Error: “b\.npy”: expected a \.npy, \.npz or \.csv file/,
  );
});

test("sizes are told apart", () => {
  assert.equal(bytesText(64_065_536), "64.1 MB");
  assert.equal(bytesText(64_000_000), "64 MB");
  assert.equal(bytesText(900), "900 bytes");
});
