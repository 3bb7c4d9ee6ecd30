// Regimens as values: doses in order of time, on a clock that starts at zero. The rules are those of the Python package.
import { Refusal, plain } from "./refusal.js";

/**
 * @typedef {object} Amount
 * @property {number} value mg, for the child, each kg or each m2
 * @property {string} per "child", "kg" or "m2"
 * @typedef {{low: number, high: number | null, by: string, amount?: Amount, regimen?: any}} Band
 * @typedef {object} Dose
 * @property {Amount | Band[]} amount
 * @property {string} drug
 * @property {string} route
 * @property {number} duration h
 * @property {number | null} cap mg
 * @typedef {{time: number, dose: Dose}} Timed
 * @typedef {import("./child.js").Child} Child
 * @typedef {object} Regimen
 * @property {(who: Child) => Iterator<Timed> & Iterable<Timed>} given doses in order of time
 * @property {boolean} endless whether there is no last dose
 * @property {boolean} numbered whether "the second dose" has one meaning
 * @property {boolean} dated whether its description names a day
 * @property {boolean} nested whether its description is put in brackets
 * @property {Dose | null} [single]
 * @property {Regimen[]} [parts] given in parallel
 * @property {() => string} describe in words
 */

export const HOUR = 1, DAY = 24, YEAR = 365.25 * DAY, TICK = 1e-6;
const LIFETIME = 100 * YEAR, MOST_DOSES = 100000, LAST = 0.1;
/** @type {Record<string, number>} */
const LARGEST = { child: 100000, kg: 100, m2: 3000 };
/** @type {Record<string, string>} */
const WAYS = { bolus: "as a bolus into a vein", subcutaneous: "under the skin", oral: "by mouth" };
const TYPICAL = /** @type {Child} */ ({ age: 6, sex: "female", weight: 20, height: 115, severity: 1, targetScore: 0, area: 0.8 });

/** @param {number} h */
export function inWords(h) {
  const words = (/** @type {number} */ n, /** @type {string} */ noun) => `${plain(n)} ${noun}${plain(n) === "1" ? "" : "s"}`;
  if (h !== 0 && Math.abs(h) < HOUR) return words(h * 60, "minute");
  if (h !== 0 && h % YEAR === 0) return words(h / YEAR, "year");
  if (h !== 0 && h % DAY === 0) return words(h / DAY, "day");
  return words(h, "hour");
}

const moment = (/** @type {number} */ h) => (h % DAY === 0 ? `day ${plain(h / DAY)}` : `hour ${plain(h)}`);

/** @param {number} h @param {number} low @param {number} high @param {string} what @param {string} example */
export function between(h, low, high, what, example) {
  if (!(h >= low && h <= high)) throw new Refusal(`${what} of ${inWords(h)} is refused.`, `It must lie from ${inWords(low)} to ${inWords(high)}.`, `Write for example ${example}.`);
}

/** @param {Amount} a */
export const amountText = (a) => `${plain(a.value, 15)} mg${a.per === "child" ? "" : `/${a.per}`}`;

/** @param {Amount} a @returns {Amount} */
export function bounds(a) {
  if (!(a.value > 0 && a.value <= LARGEST[a.per])) {
    throw new Refusal(`a dose of ${amountText(a)} is refused.`, `Doses must be above zero and at most ${amountText({ value: LARGEST[a.per], per: a.per })}.`, "Check the number and its unit.");
  }
  return a;
}

/** @param {number} value @param {string} by */
const withUnit = (value, by) => `${plain(value, 15)} ${by === "weight" ? "kg" : value === 1 ? "year" : "years"}`;
const bandText = (/** @type {Band} */ b) => (b.high === null ? `${withUnit(b.low, b.by)} and above` : b.low === 0 ? `below ${withUnit(b.high, b.by)}` : `${withUnit(b.low, b.by)} to ${withUnit(b.high, b.by)}`);
const where = (/** @type {Band} */ b) => (b.high === null ? `at ${bandText(b)}` : b.low === 0 ? bandText(b) : `from ${withUnit(b.low, b.by)} to below ${withUnit(b.high, b.by)}`);

/** The band of a child. @param {Band[]} bands @param {Child} who @param {(value: string) => [string, string, string]} refused */
function bandOf(bands, who, refused) {
  const value = bands[0].by === "weight" ? who.weight : who.age;
  const found = bands.find((b) => b.low <= value && (b.high === null || value < b.high));
  if (!found) throw new Refusal(...refused(withUnit(Number(value.toPrecision(6)), bands[0].by)));
  return found;
}

/** Amount for a child, mg. @param {Dose} dose @param {Child} who */
export function mg(dose, who) {
  const plainly = Array.isArray(dose.amount) ? /** @type {Amount} */ (bandOf(dose.amount, who, (value) => outside(/** @type {Band[]} */ (dose.amount), who, dose.drug, value)).amount) : dose.amount;
  const whole = plainly.per === "kg" ? plainly.value * who.weight : plainly.value * (plainly.per === "m2" ? who.area : 1);
  return dose.cap === null ? whole : Math.min(whole, dose.cap);
}

/** @param {Band[]} bands @param {Child} who @param {string} drug @param {string} value @returns {[string, string, string]} */
function outside(bands, who, drug, value) {
  const first = bands[0], last = bands[bands.length - 1], by = first.by, size = by === "weight" ? who.weight : who.age;
  const low = withUnit(first.low, by);
  if (size < first.low) return [`a child of ${value} has no dose.`, `${drug} bands start at ${low}.`, `Widen the band, or choose children of ${low} and above.`];
  const high = withUnit(last.high ?? 0, by);
  return [`a child of ${value} has no dose.`, `${drug} bands end below ${high}.`, `Widen the band, or choose children below ${high}.`];
}

/** @param {Dose} dose */
function doseText(dose) {
  const amount = Array.isArray(dose.amount) ? dose.amount.map((b) => `${amountText(/** @type {Amount} */ (b.amount))} ${where(b)}`).join(", ") : amountText(dose.amount);
  const way = dose.route === "infusion" ? `infused over ${inWords(dose.duration)}` : WAYS[dose.route];
  return `${dose.drug} ${amount}${dose.cap === null ? "" : `, at most ${plain(dose.cap, 15)} mg`}, ${way}`;
}

const inBrackets = (/** @type {Regimen} */ r) => (r.nested ? `(${r.describe()})` : r.describe());
const length = (/** @type {Regimen} */ r) => [...r.given(TYPICAL)].length;

/** @returns {Regimen} */
export const noDrug = () => ({ *given() {}, endless: false, numbered: true, dated: false, nested: false, parts: [], describe: () => "no drug" });

/** @param {Dose} dose @returns {Regimen} */
export function once(dose) {
  if (dose.route === "infusion") between(dose.duration, 1 / 60, YEAR, "an infusion time", "over='1 hour'");
  return { *given() { yield { time: 0, dose }; }, endless: false, numbered: true, dated: false, nested: false, single: dose, describe: () => `${doseText(dose)}, once` };
}

/** @param {Regimen} base @param {number} interval @returns {Regimen} */
export function repeated(base, interval) {
  between(interval, HOUR, YEAR, "an interval", ".every('14 day')");
  const block = base.single ? doseText(base.single) : `(${base.describe()})`;
  return {
    ...base, single: null, endless: true, nested: false,
    *given(who) { const all = [...base.given(who)]; for (let k = 0; ; k++) for (const { time, dose } of all) yield { time: time + k * interval, dose }; },
    describe: () => `${block} every ${inWords(interval).replace(/^1 /, "")}`,
  };
}

/** @param {Regimen} base @param {string} change @returns {Pick<Regimen, "numbered" | "nested" | "describe">} */
const changed = (base, change) => ({ numbered: base.numbered, nested: false, describe: () => `${inBrackets(base)} ${change}` });

/** @param {Regimen} base @param {number} n */
function refuseFewer(base, n) {
  if (!base.numbered) throw new Refusal("doses given in parallel have no single numbering.", "The second dose could belong to any part.", "Count or omit doses in each part first, then combine the parts.");
  if (base.endless || length(base) >= n) return;
  const there = length(base);
  throw new Refusal(`there is no dose number ${n}.`, `The regimen gives ${there} dose${there === 1 ? "" : "s"} in all.`, "Lower the number, or repeat the dose first, for example with .every('14 day').");
}

/** @param {Regimen} base @param {number} n @returns {Regimen} */
export function counted(base, n) {
  if (!(n >= 1 && n <= MOST_DOSES)) throw new Refusal(`a count of ${n} doses is refused.`, `It must lie from 1 to ${MOST_DOSES}.`, "Write for example .times(6).");
  refuseFewer(base, n);
  return { ...changed(base, `for ${n} dose${n === 1 ? "" : "s"}`), endless: false, dated: base.dated, *given(who) { let left = n; for (const one of base.given(who)) { if (left-- <= 0) return; yield one; } } };
}

/** @param {Regimen} base @param {number[]} numbers @returns {Regimen} */
export function missed(base, numbers) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b), last = sorted[sorted.length - 1];
  if (!sorted.length || sorted[0] < 1) throw new Refusal("the doses to omit are not valid.", "Doses are numbered from 1; name at least one.", "Write for example .without(doses=[2, 3]).");
  refuseFewer(base, last);
  const words = sorted.length > 1 ? `without doses ${sorted.slice(0, -1).join(", ")} and ${last}` : `without dose ${last}`;
  return { ...changed(base, words), endless: base.endless, dated: base.dated, *given(who) { let n = 0; for (const one of base.given(who)) if (!sorted.includes(++n)) yield one; } };
}

/** @param {Regimen} base @param {number} by @returns {Regimen} */
export function delayed(base, by) {
  between(by, 0, LIFETIME, "a start", ".starting('7 day')");
  const describe = base.dated ? () => `(${base.describe()}), all ${inWords(by)} later` : changed(base, `starting on ${moment(by)}`).describe;
  return { ...changed(base, ""), describe, endless: base.endless, dated: true, *given(who) { for (const { time, dose } of base.given(who)) yield { time: time + by, dose }; } };
}

/** @param {Regimen} base @param {number} until @returns {Regimen} */
export function limited(base, until) {
  between(until, HOUR, LIFETIME, "an end", ".until('84 day')");
  return { ...changed(base, `until ${moment(until)}`), endless: false, dated: true, *given(who) { for (const one of base.given(who)) { if (!(one.time < until - TICK)) return; yield one; } } };
}

/** @param {Regimen} first @param {Regimen} second @param {number} gap @returns {Regimen} */
function successive(first, second, gap) {
  const days = second.dated ? " (days counted from there)" : "";
  return {
    endless: second.endless, numbered: first.numbered && second.numbered, dated: first.dated || second.dated, nested: true,
    *given(who) { let last = 0; for (const one of first.given(who)) { last = one.time; yield one; } for (const { time, dose } of second.given(who)) yield { time: last + gap + time, dose }; },
    describe: () => `${inBrackets(first)}; then, ${inWords(gap)} after the last dose, ${inBrackets(second)}${days}`,
  };
}

/** @param {Regimen[]} regimens in parallel @returns {Regimen} */
export function combined(regimens) {
  const parts = regimens.flatMap((r) => r.parts ?? [r]);
  if (parts.length < 2) return parts[0] ?? noDrug();
  return {
    parts, endless: parts.some((p) => p.endless), numbered: false, dated: parts.some((p) => p.dated), nested: true,
    *given(who) {
      const open = parts.map((p) => { const it = p.given(who); return { it, next: it.next() }; });
      for (;;) {
        const left = open.filter((o) => !o.next.done);
        if (!left.length) return;
        const first = left.reduce((a, b) => (b.next.value.time < a.next.value.time ? b : a));
        yield first.next.value;
        first.next = first.it.next();
      }
    },
    describe: () => parts.map(inBrackets).join("; together with "),
  };
}

/** @param {Regimen} base @param {number} share @param {number} step h @param {Amount | null} floor @returns {Regimen} */
export function tapered(base, share, step, floor) {
  const level = (/** @type {number} */ n) => { const kept = (1 - share) ** n; return floor || kept >= LAST ? kept : 0; };
  const reduced = (/** @type {Amount} */ dose, /** @type {number} */ kept) => {
    if (!floor) return { ...dose, value: dose.value * kept };
    if (floor.per !== dose.per) throw new Refusal(`a taper of ${amountText(dose)} cannot end at ${amountText(floor)}.`, "Dose and floor must both be for the child, both per kg or both per m2.", "Write the floor as the dose is written.");
    return { ...dose, value: Math.max(dose.value * kept, Math.min(floor.value, dose.value)) };
  };
  const lower = (/** @type {Dose} */ dose, /** @type {number} */ n) => {
    if (n === 0) return dose;
    const kept = level(n), amount = Array.isArray(dose.amount) ? dose.amount.map((b) => ({ ...b, amount: reduced(/** @type {Amount} */ (b.amount), kept) })) : reduced(dose.amount, kept);
    return { ...dose, amount, cap: dose.cap === null ? null : dose.cap * kept };
  };
  const first = base.given(TYPICAL).next();
  if (!first.done) lower(first.value.dose, 1);
  const end = floor ? `down to ${amountText(floor)}` : "then stopped";
  return {
    ...base, single: null, endless: base.endless && floor !== null, nested: false,
    *given(who) { for (const { time, dose } of base.given(who)) { const n = Math.floor((time + TICK) / step); if (level(n) === 0) return; yield { time, dose: lower(dose, n) }; } },
    describe: () => `${inBrackets(base)}, ${plain(100 * share)} % less every ${inWords(step).replace(/^1 /, "")}, ${end}`,
  };
}

/** @param {Band[]} bands each with its regimen @returns {Regimen} */
function byBand(bands) {
  const own = bands.map((b) => restored(b.regimen));
  const refused = (/** @type {string} */ value) => /** @type {[string, string, string]} */ ([`There is no regimen for a child of ${value}.`, `The bands are ${bands.map(bandText).join("; ")}.`, "Choose another regimen, or state a dose."]);
  return {
    endless: own.some((r) => r.endless), numbered: own.every((r) => r.numbered), dated: own.some((r) => r.dated), nested: true,
    given: (who) => own[bands.indexOf(bandOf(bands, who, refused))].given(who),
    describe: () => own.map((r, i) => `${inBrackets(r)} ${where(bands[i])}`).join(", or "),
  };
}

/** A standard regimen from model.json. @param {any} r @returns {Regimen} */
export function restored(r) {
  switch (r.kind) {
    case "none": return noDrug();
    case "dose": return once(r.dose);
    case "repeated": return repeated(restored(r.base), r.interval);
    case "counted": return counted(restored(r.base), r.n);
    case "limited": return limited(restored(r.base), r.until);
    case "successive": return successive(restored(r.first), restored(r.second), r.gap);
    case "bands": return byBand(r.bands);
    default: throw new Error(`a regimen of kind ${r.kind} is unknown`);
  }
}
