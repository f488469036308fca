import assert from "node:assert/strict";
import { test } from "node:test";
import {
  alignmentInWords,
  alignmentText,
  alignmentWithError,
  angleText,
  decimal,
  durationText,
  epsilonText,
  gainText,
  halfAngleText,
  integer,
  percent,
  percentTick,
  shortened,
  signedDecimal,
  timesTick,
} from "../../src/base/format.ts";

/** One check a row: what the function makes of its arguments. */
function table<A extends unknown[]>(of: (...args: A) => string, rows: [A, string][]): void {
  for (const [args, expected] of rows) {
    const actual = of(...args).replaceAll("\u00a0", " ");
    assert.equal(actual, expected, `${of.name}(${args.join(", ")})`);
  }
}

test("whole numbers are grouped", () => {
  table(integer, [
    [[0], "0"],
    [[8386560], "8,386,560"],
  ]);
});

test("per cent to two digits, far below as a power of ten", () => {
  table(percent, [
    [[0], "0 %"],
    [[1], "100 %"],
    [[0.9996], "100 %"],
    [[0.028], "2.8 %"],
    [[0.00404], "0.40 %"],
    [[0.00012], "0.012 %"],
    [[3e-13], "3 × 10⁻¹³"],
    [[4e-94], "4 × 10⁻⁹⁴"],
  ]);
});

test("ticks of one family share their decimals", () => {
  table(percentTick, [
    [[0.01, 0.01], "1 %"],
    [[0.02, 0.005], "2.0 %"],
    [[0.015, 0.005], "1.5 %"],
    [[0.025, 0.0025], "2.50 %"],
    [[1, 0.2], "100 %"],
    [[2e-9, 1e-9], "2 × 10⁻⁹"],
  ]);
});

test("gain is a dash where isotropy lights nothing", () => {
  table(gainText, [
    [[0.028, 0.004], "7.0×"],
    [[0.5, 0.0005], "1,000×"],
    [[0.1, 0], "–"],
    [[0, 0], "–"],
    [[0.1, 1e-30], "–"],
  ]);
});

test("ticks of ratios, as powers of ten where they are very large", () => {
  table(timesTick, [
    [[2, 1], "2 ×"],
    [[1.5, 0.5], "1.5 ×"],
    [[5000, 5000], "5,000 ×"],
    [[15000, 5000], "1.5·10⁴ ×"],
    [[1e4, 1e4], "10⁴ ×"],
    [[2e-5, 1e-5], "2·10⁻⁵ ×"],
  ]);
});

test("decimals show more places only where there are some", () => {
  table(decimal, [
    [[0.62, 2, 4], "0.62"],
    [[0.6234, 2, 4], "0.6234"],
    [[-1, 2], "−1.00"],
    [[5, 0, 1], "5"],
  ]);
});

test("angles are wrapped degrees with a decimal at most", () => {
  const radians = (degree: number) => (degree * Math.PI) / 180;
  table(angleText, [
    [[radians(145)], "145°"],
    [[radians(33.3)], "33.3°"],
    [[radians(359.99)], "0°"],
    [[radians(-90)], "270°"],
  ]);
  table(halfAngleText, [[[radians(51.7)], "± 52°"]]);
});

test("durations in milliseconds, long ones in seconds", () => {
  table(durationText, [
    [[0.42], "0.4 ms"],
    [[12.3], "12 ms"],
    [[1500], "1.5 s"],
  ]);
});

test("an alignment has its error and its samples, and no more decimals than they bear", () => {
  table(alignmentText, [
    [[0.8312, 0.05, 200], "+0.83 ± 0.05 of 200 samples"],
    [[-0.5, 0.25, 8], "−0.50 ± 0.25 of 8 samples"],
    [[1, Math.SQRT1_2, 1], "+1.00 ± 0.71 of 1 sample"],
    [[-0.001, 0.05, 200], "0.00 ± 0.05 of 200 samples"],
    [[0, 0.01, 5000], "0.00 ± 0.01 of 5,000 samples"],
    [[-0.0123, 1 / Math.sqrt(10_002), 5001], "−0.012 ± 0.010 of 5,001 samples"],
    [[0.03, 0.0005, 2e6], "+0.0300 ± 0.0005 of 2,000,000 samples"],
    [[0.25, 0.00276, 65535, true], "+0.250 ± 0.003 of 65,535 samples or more"],
    [[null, null, 0], "–"],
    [[Number.NaN, null, 0], "–"],
  ]);
});

test("an alignment with its error alone, and numbers with their signs", () => {
  table(alignmentWithError, [
    [[-0.5, 0.25], "−0.50 ± 0.25"],
    [[0.03, 0.0005], "+0.0300 ± 0.0005"],
    [[1, 0], "+1.00 ± 0.00"],
    [[0.5, null], "+0.50 ± ∞"],
    [[0.5, undefined], "+0.50"],
    [[0.5, Number.POSITIVE_INFINITY], "+0.50 ± ∞"],
    [[null, 0.1], "–"],
    [[Number.NaN, 0.1], "–"],
  ]);
  table(signedDecimal, [
    [[0.734, 2], "+0.73"],
    [[-1, 2], "−1.00"],
    [[-0.001, 2], "0.00"],
    [[-1.8277e22, 2], "−2 × 10²²"],
  ]);
  table(decimal, [[[1.8277e22, 0, 2], "2 × 10²²"]]);
});

test("an ε has two decimals, or those that it needs", () => {
  table(epsilonText, [
    [[0.5], "ε = 0.50"],
    [[0.4215], "ε = 0.4215"],
  ]);
});

test("where samples stand is said only beyond two errors", () => {
  table(alignmentInWords, [
    [[-0.69, 0.05, 200], "−0.69 ± 0.05 of 200 samples (between axes)"],
    [[0.11, 0.05, 200], "+0.11 ± 0.05 of 200 samples (along axes)"],
    [[0.09, 0.05, 200], "+0.09 ± 0.05 of 200 samples (undecided)"],
    [[-0.09, 0.05, 200], "−0.09 ± 0.05 of 200 samples (undecided)"],
    [[1, 0.5, 2], "+1.00 ± 0.50 of 2 samples (undecided)"],
    [[1, 0.41, 3], "+1.00 ± 0.41 of 3 samples (along axes)"],
    [[1, null, 3], "+1.00 ± ∞ of 3 samples (undecided)"],
    [[null, null, 0], "–"],
  ]);
});

test("names are cut in the middle, between characters", () => {
  table(shortened, [
    [["b12", 5], "b12"],
    [["encoder.neuron_12", 9], "enco…n_12"],
    [["  two   words ", 9], "two words"],
    [["🙂🙂🙂🙂🙂", 3], "🙂…🙂"],
  ]);
});
