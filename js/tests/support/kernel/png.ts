/** A PNG file of grey values from 0 (white) to 1 (black), in a square; nothing in it is compressed. */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

const big = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);
const little = (value: number): number[] => [value & 255, value >>> 8];

function crc(data: readonly number[]): number {
  let sum = ~0;
  for (const byte of data) {
    sum ^= byte;
    for (let k = 0; k < 8; k += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function adler(data: readonly number[]): number {
  let [one, two] = [1, 0];
  for (const byte of data) {
    one = (one + byte) % 65521;
    two = (two + one) % 65521;
  }
  return two * 65536 + one;
}

function chunk(name: string, data: readonly number[]): number[] {
  const named = [...name].map((letter) => letter.charCodeAt(0)).concat(data);
  return [...big(data.length), ...named, ...big(crc(named))];
}

export function greyPng(values: readonly number[]): Uint8Array {
  const side = Math.sqrt(values.length);
  const greys = values.map((value) => Math.round(255 * (1 - value)));
  const rows = Array.from({ length: side }, (_, k) => [
    0,
    ...greys.slice(k * side, (k + 1) * side),
  ]);
  const raw = rows.flat();
  const stored = [1, ...little(raw.length), ...little(~raw.length & 65535), ...raw];
  return Uint8Array.from([
    ...SIGNATURE,
    ...chunk("IHDR", [...big(side), ...big(side), 8, 0, 0, 0, 0]),
    ...chunk("IDAT", [0x78, 1, ...stored, ...big(adler(raw))]),
    ...chunk("IEND", []),
  ]);
}
