/** Decodes the binary values of messages. */

/** A binary value as hosts hand it over. */
export type BinaryValue = DataView | ArrayBuffer | ArrayBufferView | null | undefined;

/** A view of the bytes of a binary value; empty for none. */
export function toDataView(buffer: BinaryValue): DataView {
  if (buffer instanceof ArrayBuffer) return new DataView(buffer);
  if (!ArrayBuffer.isView(buffer)) return new DataView(new ArrayBuffer(0));
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** A copy of the bytes of numbers of `size` bytes each, aligned. */
function alignedCopy(buffer: BinaryValue, size: number): ArrayBuffer {
  const { buffer: message, byteOffset, byteLength } = toDataView(buffer);
  const bytes = new Uint8Array(message, byteOffset, byteLength - (byteLength % size));
  return bytes.slice().buffer;
}

// As they were sent, little-endian: all that browsers run on is.
export const decodeInts = (buffer: BinaryValue): Int32Array =>
  new Int32Array(alignedCopy(buffer, 4));

/** Decodes 32-bit floats. */
export const decodeFloats = (buffer: BinaryValue): Float32Array =>
  new Float32Array(alignedCopy(buffer, 4));

/** Decodes unsigned 16-bit integers. */
export const decodeShorts = (buffer: BinaryValue): Uint16Array =>
  new Uint16Array(alignedCopy(buffer, 2));

/** Views a binary value as bytes, without a copy. */
export function decodeBytes(buffer: BinaryValue): Uint8Array {
  const { buffer: message, byteOffset, byteLength } = toDataView(buffer);
  return new Uint8Array(message, byteOffset, byteLength);
}

/** Joins arrays of bytes into one. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
