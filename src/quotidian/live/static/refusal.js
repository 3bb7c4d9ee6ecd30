// What cannot be done, why, and what to do instead: the words of the command line.

/** A request that cannot be met as written. */
export class Refusal extends Error {
  /**
   * @param {string} what what happened
   * @param {string} [why] the reason
   * @param {string} [remedy] what to do
   */
  constructor(what, why = "", remedy = "") {
    super([what, why, remedy].filter(Boolean).join("\n  "));
    this.what = what;
    this.why = why;
    this.remedy = remedy;
  }
}

/**
 * A number as Python's `format(x, "g")` writes it: so many digits that count.
 * @param {number} x
 * @param {number} [digits]
 */
export function plain(x, digits = 6) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  const [mantissa, power] = x.toExponential(digits - 1).split("e");
  const exponent = Number(power);
  const trimmed = (/** @type {string} */ text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (exponent < -4 || exponent >= digits) {
    return `${trimmed(mantissa)}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return trimmed(x.toFixed(Math.max(0, digits - 1 - exponent)));
}
