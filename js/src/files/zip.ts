/** Reads single files out of a ZIP archive, as NumPy's .npz are: no more than may be, and checked. */

import { commas, quoted } from "../base/python-text.ts";

/** A file in an archive. */
export interface ZipEntry {
  name: string;
  isEncrypted: boolean;
  method: number;
  crc: number;
  /** bytes, as they are packed and as the archive says they will be */
  packed: number;
  size: number;
  offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;
const MOST_COMMENT = 0xffff;
const FULL = 0xffffffff;
const MOST_ENTRIES = 1000;
const STORED = 0;
const DEFLATED = 8;

const viewOfBytes = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function refuseArchive(why: string): never {
  throw new Error(
    `expected a whole .npz archive, as np.savez writes it, got ${why}; save it again`,
  );
}

/** Whether these are the bytes of a ZIP archive, empty ones included. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

function findEnd(view: DataView): number {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT); at -= 1) {
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  }
  return refuseArchive("one without an end");
}

const nameIn = (bytes: Uint8Array, at: number, length: number): string =>
  new TextDecoder().decode(bytes.subarray(at, at + length));

/** The list of the files in an archive. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = viewOfBytes(bytes);
  if (bytes.length < END_SIZE) refuseArchive(`${bytes.length} bytes`);
  const end = findEnd(view);
  const [disk, first] = [view.getUint16(end + 4, true), view.getUint16(end + 6, true)];
  const [here, count] = [view.getUint16(end + 8, true), view.getUint16(end + 10, true)];
  const [length, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  if (disk || first || here !== count) refuseArchive("a part of one");
  if (count > MOST_ENTRIES)
    refuseArchive(`one of ${commas(count)} files, more than ${commas(MOST_ENTRIES)}`);
  if (start === FULL || start + length !== end)
    refuseArchive("one whose list of files is elsewhere");
  const entries: ZipEntry[] = [];
  let at = start;
  for (let k = 0; k < count; k += 1) {
    if (at + CENTRAL_SIZE > end || view.getUint32(at, true) !== CENTRAL) {
      refuseArchive("a damaged list of files");
    }
    const lengths = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const next = lengths.reduce((sum, each) => sum + each, at + CENTRAL_SIZE);
    if (next > end) refuseArchive("a damaged list of files");
    entries.push({
      name: nameIn(bytes, at + CENTRAL_SIZE, lengths[0] ?? 0),
      isEncrypted: (view.getUint16(at + 8, true) & 1) === 1,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = next;
  }
  if (at !== end) refuseArchive("a damaged list of files");
  return entries;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, k) => {
  let value = k;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = FULL;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ FULL) >>> 0;
}

/** The packed bytes of a file, whose own header must say the same as the list. */
function packedBytes(bytes: Uint8Array, entry: ZipEntry): Uint8Array<ArrayBuffer> {
  const { name, offset, packed } = entry;
  const view = viewOfBytes(bytes);
  const fits = offset + LOCAL_SIZE <= bytes.length && view.getUint32(offset, true) === LOCAL;
  if (!fits) refuseArchive(`no file where ${quoted(name)} should be`);
  const nameLength = view.getUint16(offset + 26, true);
  const start = offset + LOCAL_SIZE + nameLength + view.getUint16(offset + 28, true);
  if (nameIn(bytes, offset + LOCAL_SIZE, nameLength) !== name) {
    refuseArchive(`another name than ${quoted(name)} where that file is`);
  }
  if (start + packed > bytes.length) refuseArchive(`${quoted(name)} cut short`);
  return bytes.slice(start, start + packed);
}

/** Unpacks as much as the archive says that there is, and stops where there is more. */
async function inflated(packed: Uint8Array<ArrayBuffer>, { name, size }: ZipEntry) {
  const found = new Uint8Array(size);
  const reader = new Blob([packed])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"))
    .getReader();
  let end = 0;
  for (;;) {
    const { done, value } = await reader
      .read()
      .catch(() => refuseArchive(`${quoted(name)} damaged`));
    if (done) break;
    if (end + value.length > size) {
      await reader.cancel();
      refuseArchive(`more than the ${commas(size)} bytes that it says ${quoted(name)} has`);
    }
    found.set(value, end);
    end += value.length;
  }
  if (end < size) refuseArchive(`${commas(end)} of the ${commas(size)} bytes of ${quoted(name)}`);
  return found;
}

/** The bytes of a file in an archive, unpacked; at most `most`. */
export async function unzip(bytes: Uint8Array, entry: ZipEntry, most: number): Promise<Uint8Array> {
  const { name, size, packed, method, isEncrypted } = entry;
  if (isEncrypted) {
    throw new Error(`expected an archive without a password, got ${quoted(name)} with one`);
  }
  if (method !== STORED && method !== DEFLATED) {
    throw new Error(
      `expected files stored or deflated, as np.savez and np.savez_compressed do, got ${quoted(name)} by method ${method}`,
    );
  }
  if (size === FULL || packed === FULL || size > most) {
    throw new Error(
      `expected at most ${commas(most)} bytes unpacked, got ${commas(size)} in ${quoted(name)}`,
    );
  }
  const raw = packedBytes(bytes, entry);
  if (method === STORED && packed !== size) {
    refuseArchive(`two sizes of ${quoted(name)}, ${commas(packed)} and ${commas(size)} bytes`);
  }
  const found = method === STORED ? raw : await inflated(raw, entry);
  if (crc32(found) !== entry.crc) refuseArchive(`${quoted(name)} damaged: its checksum is wrong`);
  return found;
}
