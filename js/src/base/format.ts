import { degrees, wrapAngle } from "./angles.ts";

const NBSP = "\u00a0";
const DASH = "–";

const grouped = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
/** An integer with its thousands grouped. */
export const integer = (value: number): string => grouped.format(value);

const withMinusSign = (text: string): string => text.replace("-", "−");

/** The message of an error. */
export const errorText = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** 10 with a raised exponent. */
const tenToThe = (exponent: number | string): string =>
  `10${Array.from(String(Number(exponent)), (sign) => DIGITS[Number(sign)] ?? "⁻").join("")}`;

/** A number as one digit times a power of ten. */
export function scientific(value: number): string {
  const [mantissa = "0", exponent = "0"] = value.toExponential(0).split("e");
  return `${mantissa}${NBSP}×${NBSP}${tenToThe(exponent)}`;
}

/**
 * A fraction in per cent, with at least two significant digits; very small ones as a power of ten.
 */
export function percent(fraction: number): string {
  const value = 100 * fraction;
  if (value === 0) return `0${NBSP}%`;
  if (value < 1e-3) return scientific(fraction);
  if (value >= 99.95) return `100${NBSP}%`;
  if (value >= 1) return `${value.toFixed(1)}${NBSP}%`;
  return `${value.toFixed(1 - Math.floor(Math.log10(value)))}${NBSP}%`;
}

/** A tick label in per cent; all labels of an axis have the same decimals. */
export function percentTick(value: number, step: number): string {
  if (100 * step < 1e-4) return scientific(value);
  const decimals = Math.max(0, Math.ceil(-Math.log10(100 * step) - 1e-9));
  const halves = Math.abs(100 * step * 10 ** decimals - Math.round(100 * step * 10 ** decimals));
  return `${(100 * value).toFixed(decimals + (halves > 1e-6 ? 1 : 0))}${NBSP}%`;
}

const compactScientific = (value: number): string => {
  const [mantissa = "0", exponent = "0"] = value.toExponential(1).split("e");
  const factor = Number(mantissa);
  return `${factor === 1 ? "" : `${factor}·`}${tenToThe(exponent)}`;
};

/** A tick label as a multiple; all labels of an axis have the same decimals. */
export function timesTick(value: number, step: number): string {
  if (value >= 1e4 || step < 1e-4) return `${compactScientific(value)}${NBSP}×`;
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  return `${value >= 1000 ? integer(value) : value.toFixed(decimals)}${NBSP}×`;
}

/** 10 to the power of `log` as text, also where it is beyond the range of numbers. */
export function powerOfTen(log: number): string {
  if (log > -2 && log < 3) return String(Number((10 ** log).toPrecision(2)));
  const exponent = Math.floor(log + 1e-9);
  const factor = Number((10 ** (log - exponent)).toPrecision(1));
  const [mantissa, digits] = factor === 10 ? [1, exponent + 1] : [factor, exponent];
  return `${mantissa === 1 ? "" : `${mantissa}·`}${tenToThe(digits)}`;
}

// Where isotropic data light less than one sample in a million, a ratio to them says nothing.
const LEAST_ISOTROPIC = 1e-6;

/** How many times more than isotropic a fraction is, as text. */
export function gainText(fraction: number, isotropic: number): string {
  if (!(isotropic >= LEAST_ISOTROPIC)) return DASH;
  const ratio = fraction / isotropic;
  return `${ratio < 100 ? ratio.toFixed(1) : integer(ratio)}×`;
}

// From here on decimals say nothing, and `toFixed` leaves its notation.
const VAST = 1e15;

/** A number with `places` decimals, or with up to `most` where it needs them. */
export function decimal(value: number, places: number, most = places): string {
  if (Math.abs(value) >= VAST) return withMinusSign(scientific(value));
  const short = value.toFixed(places);
  if (Math.abs(Number(short) - value) < 1e-9) return withMinusSign(short);
  return withMinusSign(String(Number(value.toFixed(most))));
}

/** An angle in degrees, with a decimal only where it is not zero. */
export function angleText(theta: number): string {
  const degree = Math.round(degrees(wrapAngle(theta)) * 10) / 10;
  return `${decimal(degree >= 360 ? 0 : degree, 0, 1)}°`;
}

/** The half-angle of a cone in degrees, as "± 30°". */
export const halfAngleText = (phi: number): string => `±${NBSP}${Math.round(degrees(phi))}°`;

/** A duration in ms or s. */
export function durationText(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)}${NBSP}s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)}${NBSP}ms`;
}

/** An ε, as "ε = 0.75". */
export const epsilonText = (epsilon: number): string => `ε${NBSP}=${NBSP}${decimal(epsilon, 2, 4)}`;

/** A number with its sign and so many decimals; zero has no sign. */
export function signedDecimal(value: number, places: number): string {
  const magnitude = Math.abs(value);
  const size = magnitude < VAST ? magnitude.toFixed(places) : scientific(magnitude);
  if (Number(size) === 0) return size;
  return `${value < 0 ? "−" : "+"}${size}`;
}

/** How many groups the samples hang together in. */
export const groupsText = (n: number): string => `${integer(n)} ${n === 1 ? "group" : "groups"}`;

/** An alignment and its standard error: null if nothing is known of it, undefined to leave it out. */
export function alignmentWithError(
  alignment: number | null,
  error: number | null | undefined,
): string {
  if (alignment === null || !Number.isFinite(alignment)) return DASH;
  if (error === undefined) return signedDecimal(alignment, 2);
  const isKnown = error !== null && Number.isFinite(error);
  const places = isKnown && error > 0 ? Math.max(2, Math.ceil(-Math.log10(error))) : 2;
  const off = isKnown ? error.toFixed(places) : "∞";
  return `${signedDecimal(alignment, places)}${NBSP}±${NBSP}${off}`;
}

/** The same, and the samples that it is the mean of: n, or at least so many. */
export function alignmentText(
  alignment: number | null,
  error: number | null | undefined,
  n: number,
  isLeast = false,
): string {
  const value = alignmentWithError(alignment, error);
  if (value === DASH) return value;
  const samples = `${integer(n)}${NBSP}${n === 1 ? "sample" : "samples"}`;
  return `${value} of ${samples}${isLeast ? " or more" : ""}`;
}

/** Where the samples of an alignment stand, as far as two standard errors say. */
function whereTheyStand(
  alignment: number | null,
  error: number | null,
): "along" | "between" | "undecided" {
  const errors = Number(alignment) / (error ?? Number.POSITIVE_INFINITY);
  return errors > 2 ? "along" : errors < -2 ? "between" : "undecided";
}

/** An alignment with its error, and where the samples stand: so short that it fits a narrow row. */
export function alignmentInBrief(alignment: number | null, error: number | null): string {
  const value = alignmentWithError(alignment, error);
  return value === DASH ? value : `${value} · ${whereTheyStand(alignment, error)}`;
}

/** The same in words. */
export function alignmentInWords(
  alignment: number | null,
  error: number | null,
  n: number,
): string {
  const text = alignmentText(alignment, error, n);
  if (text === DASH) return text;
  const where = whereTheyStand(alignment, error);
  return `${text} (${where === "undecided" ? where : `${where} axes`})`;
}

function cutInTheMiddle(letters: string[], most: number): string {
  const head = Math.ceil((most - 1) / 2);
  const tail = letters.slice(letters.length - (most - 1 - head));
  return `${letters.slice(0, head).join("")}…${tail.join("")}`;
}

/**
 * A name cut in the middle to at most `most` characters: names differ at their ends as often as at
 * their starts.
 */
export function shortened(name: string, most: number): string {
  const letters = Array.from(name.replace(/\s+/g, " ").trim());
  return letters.length <= most ? letters.join("") : cutInTheMiddle(letters, most);
}

/** A text cut at its end to at most `most` characters. */
export function clipped(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
