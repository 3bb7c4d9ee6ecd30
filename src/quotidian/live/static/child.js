// One child: its size by the growth reference (CDC 2000, from 2 to 18 years), and what no child has.
import { Refusal, plain } from "./refusal.js";

/**
 * @typedef {object} ChildInput
 * @property {number} age years, 2 to below 18
 * @property {"female" | "male"} sex
 * @property {number} [weight] kg; typical of age and height by default
 * @property {number} [height] cm; typical of age and weight by default
 * @property {number} [severity] strength of the disease; 1 is typical active disease
 */

/**
 * @typedef {object} Child
 * @property {number} age years
 * @property {"female" | "male"} sex
 * @property {number} weight kg
 * @property {number} height cm
 * @property {number} severity
 * @property {number} targetScore SD score of height in health
 * @property {number} area body surface, m2
 */

const TAIL = 2, EXTREME = 5, ALIKE = 3, MOST = 3.29, YOUNGEST = 2, OLDEST = 17, MOST_SEVERE = 50;
/** @type {Record<string, string>} */
const UNITS = { weight: "kg", height: "cm" };

/** L, M and S at an age: linear between the rows of the reference. @param {string} measure @param {number} age @param {string} sex @param {any} facts */
function lms(measure, age, sex, facts) {
  const { months, rows } = facts.reference[measure], table = tableOf(rows, sex), at = age * 12;
  let low = 0, high = months.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (months[middle] <= at) low = middle; else high = middle;
  }
  const share = (at - months[low]) / (months[low + 1] - months[low]);
  const [L, M, S] = table.map((/** @type {number[]} */ row) => row[low] * (1 - share) + row[low + 1] * share);
  return { L: Math.abs(L) < 1e-6 ? 1e-6 : L, M, S };
}

/** L, M and S as numbers; they are stored as second differences of whole numbers. @param {any} rows @param {string} sex @returns {number[][]} */
function tableOf(rows, sex) {
  if (!rows[sex].ready) {
    rows[sex] = rows[sex].map((/** @type {number[]} */ [decimals, ...changes]) => {
      let last = 0, step = 0;
      return changes.map((d) => (last += step += d) / 10 ** decimals);
    });
    rows[sex].ready = true;
  }
  return rows[sex];
}

/** @param {{L: number, M: number, S: number}} r @param {number} z */
const curve = ({ L, M, S }, z) => M * Math.pow(1 + L * S * z, 1 / L);

/** @param {{L: number, M: number, S: number}} r @param {number} side */
const tail = (r, side) => Math.abs((side > 0 ? curve(r, TAIL) : curve(r, -TAIL)) - r.M) / TAIL;

/**
 * The weight (kg) or height (cm) at an SD score.
 * @param {"weight" | "height"} measure @param {number} age @param {string} sex @param {number} z @param {any} facts
 */
export function quantile(measure, age, sex, z, facts) {
  const r = lms(measure, age, sex, facts), inside = Math.min(Math.max(z, -TAIL), TAIL);
  return curve(r, inside) + (z - inside) * tail(r, z);
}

/**
 * SD from the median to a weight (kg) or height (cm).
 * @param {"weight" | "height"} measure @param {number} age @param {string} sex @param {number} x @param {any} facts
 */
export function sdScore(measure, age, sex, x, facts) {
  const r = lms(measure, age, sex, facts), inside = Math.min(Math.max(x, curve(r, -TAIL)), curve(r, TAIL));
  return (Math.pow(inside / r.M, r.L) - 1) / (r.L * r.S) + (x - inside) / tail(r, x - r.M);
}

/**
 * A child with its size; throws a {@link Refusal} for one that cannot be.
 * @param {ChildInput} input @param {any} facts @returns {Child}
 */
export function childOf(input, facts) {
  const { age, sex, severity = 1 } = input;
  if (!(age >= YOUNGEST && age < OLDEST + 1)) {
    throw new Refusal(
      `An age of ${plain(age)} years is outside the model.`,
      `The model covers ${YOUNGEST} to ${OLDEST} years: from the second birthday until the eighteenth.`,
      "Give such an age as a number of years, or with its unit: '6 years', '30 months'.",
    );
  }
  if (sex !== "female" && sex !== "male") {
    throw new Refusal(`There is no growth reference for the sex '${sex}'.`, "CDC 2000 has one for girls (female) and one for boys (male).", "Known: female, male.");
  }
  const measures = /** @type {("weight" | "height")[]} */ (["weight", "height"]);
  const known = measures.filter((m) => input[m] !== undefined);
  const scores = known.map((m) => plausible(m, age, sex, /** @type {number} */ (input[m]), facts));
  const usual = scores.length ? Math.max(-ALIKE, Math.min(ALIKE, scores[0])) : 0;
  const [weight, height] = measures.map((m) => input[m] ?? quantile(m, age, sex, usual, facts));
  if (!(severity > 0 && severity <= MOST_SEVERE)) {
    throw new Refusal(
      `A severity of ${plain(severity)} is impossible.`, "It multiplies a rate or level of the model; 1 is typical.",
      `Give a number above zero and up to ${MOST_SEVERE}.`,
    );
  }
  const targetScore = sdScore("height", age, sex, height, facts);
  return { age, sex, weight, height, severity, targetScore, area: Math.sqrt((height * weight) / 3600) };
}

/** SD score of a size that a child may have. @param {"weight" | "height"} m @param {number} age @param {"female" | "male"} sex @param {number} value @param {any} facts */
function plausible(m, age, sex, value, facts) {
  const says = (/** @type {string} */ v) => (m === "weight" ? `weighs ${v} kg` : `is ${v} cm tall`), unit = UNITS[m];
  if (!(Number.isFinite(value) && value > 0)) {
    throw new Refusal(`No child ${says(plain(value))}.`, `A ${m} is a finite number above zero.`, `Give the ${m} in ${unit}, or leave it out: the median is taken.`);
  }
  const score = sdScore(m, age, sex, value, facts);
  if (Math.abs(score) <= EXTREME) return score;
  const [lowest, low, high, highest] = [-EXTREME, -MOST, MOST, EXTREME].map((z) => quantile(m, age, sex, z, facts).toFixed(1));
  const years = plain(Math.floor(age * 10 + 1e-6) / 10);
  throw new Refusal(
    `No ${years}-year-old ${sex === "female" ? "girl" : "boy"} ${says(plain(value))}.`,
    `The reference (CDC 2000) has 99.9 % between ${low} and ${high} ${unit} at that age.`,
    `Check the age and the unit, or give a ${m} from ${lowest} to ${highest} ${unit} (5 SD each way).`,
  );
}
