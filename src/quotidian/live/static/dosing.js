// Regimens in the notation of `--regimen`, as doses of one child and as events of the model.
import { Refusal, plain } from "./refusal.js";
import {
  DAY, HOUR, TICK, YEAR, between, bounds, combined, counted, delayed, limited, mg, missed, noDrug, once, repeated,
  restored, tapered,
} from "./regimen.js";

/**
 * @typedef {import("./regimen.js").Regimen} Regimen
 * @typedef {import("./regimen.js").Amount} Amount
 * @typedef {object} Administration
 * @property {number} time h from midnight of day 0
 * @property {string} drug
 * @property {string} route
 * @property {number} amount mg
 * @property {number} duration h; 0 where it is not infused
 * @typedef {object} Event
 * @property {number} time h
 * @property {number} action 0 adds to a state, 1 switches an input
 * @property {string} target name of the state or input
 * @property {number} value
 */

const NUMBER = String.raw`-?\d{1,9}(?:\.\d{1,9})?`;
const TIME = new RegExp(`^(${NUMBER})?(h|hours?|d|days?|w|wk|weeks?)$`);
const AMOUNT = new RegExp(`^(${NUMBER})(ug|mg|g)(/kg|/m2)?$`);
const GAPS = /\s*([:/])\s*|(?<=\d)\s+(?=(?:ug|mg|g|h|hours?|d|days?|w|wk|weeks?)(?![\w-]))|(?:(?<=@)|(?<=\.\.))\s+/g;
const SPLIT = /\s+|(?=@)|(?=\.\.)/;
/** @type {Record<string, number>} */
const HOURS = { h: HOUR, d: DAY, w: 7 * DAY };
/** @type {Record<string, [number, number]>} */
const MASS = { mg: [1, 1], g: [1000, 1], ug: [1, 1000] };
const TIMES_STANDARD = 5;
const FIRST = (/** @type {any} */ facts) => facts.clock.first_dose_h;

/**
 * Read a regimen. Throws a {@link Refusal} for what cannot be read.
 * @param {string} text @param {any} facts content of model.json @returns {Regimen}
 */
export function readRegimen(text, facts) {
  return combined(text.split("+").map((part) => readPart(part, facts)));
}

/** @param {string} text @param {any} facts */
function readPart(text, facts) {
  const [head, ...rest] = text.trim().replace(GAPS, "$1").split(SPLIT);
  const cut = head.indexOf(":"), colon = cut >= 0;
  let name = colon ? head.slice(0, cut) : head;
  if (!name) {
    const what = text.trim() ? `'${text.trim()}'` : "an empty part";
    throw unreadable(what, "Each part starts with a name, and '+' separates two parts.", example(Object.keys(facts.preparations)[0] ?? "drug"));
  }
  let dose = "", options;
  if (colon) [dose, ...options] = head.slice(cut + 1).split(",");
  else [name, ...options] = name.split(",");
  let found = colon ? free(name, dose, facts) : named(name, facts);
  if (options.length) found = withTaper(found, options, head);
  return suffixed(found, rest.filter(Boolean), head);
}

/** @param {string} name @param {any} facts */
function named(name, facts) {
  if (name === "none") return noDrug();
  const known = facts.preparations[name];
  if (!known) throw new Refusal(`there is no regimen '${name}'.`, `Known here: ${["none", ...Object.keys(facts.preparations)].join(", ")}.`);
  if (!known.standard) throw new Refusal(`'${name}' has no standard regimen.`, "A name alone means its standard regimen, and this name has none.", `Add a dose: '${name}:1mg/kg/1d'.`);
  return restored(known.standard);
}

/** @param {string} name @param {string} dose @param {any} facts */
function free(name, dose, facts) {
  const known = facts.preparations[name];
  if (!known) {
    if (name === "none") throw new Refusal(`no dose may follow '${name}'.`, "It is a complete regimen and already has its doses.", `Write '${name}' alone.`);
    throw new Refusal(`there is no drug '${name}' to dose.`, `Known here: ${Object.keys(facts.preparations).join(", ")}.`);
  }
  const [howMuch, interval] = halves(dose, name);
  return located(() => {
    const single = once({ amount: readAmount(howMuch), drug: known.drug, route: known.route, duration: known.over_h, cap: null });
    return interval === "once" ? single : repeated(single, readTime(interval, "interval"));
  }, `'${name}:${dose}'`, example(name));
}

/** @param {string} dose @param {string} name @returns {[string, string]} */
function halves(dose, name) {
  const [first, ...rest] = dose.split("/");
  const per = rest[0] === "kg" || rest[0] === "m2" ? rest.shift() : "";
  const howMuch = per ? `${first}/${per}` : first, interval = rest.join("/");
  if (!AMOUNT.test(howMuch)) throw unreadable(`the amount '${howMuch}' in '${name}:${dose}'`, "An amount is a number and mg, g or ug, with /kg or /m2 if it depends on size.", example(name));
  if (!interval) throw new Refusal(`'${name}:${dose}' states no interval.`, "The amount is followed by '/' and an interval, or by '/once'.", example(name));
  return [howMuch, interval];
}

/** @param {Regimen} base @param {string[]} options @param {string} head */
function withTaper(base, options, head) {
  const found = Object.fromEntries(options.map((o) => { const at = o.indexOf("="); return at < 0 ? [o, ""] : [o.slice(0, at), o.slice(at + 1)]; }));
  const rule = found.taper ?? "", cut = rule.indexOf("/"), share = cut < 0 ? rule : rule.slice(0, cut), interval = cut < 0 ? "" : rule.slice(cut + 1);
  const remedy = "Write for example 'prednisolone:1mg/kg/1d,taper=20%/2wk,floor=0.2mg/kg'.";
  if (!interval || Object.keys(found).length < options.length || Object.keys(found).some((k) => k !== "taper" && k !== "floor")) {
    throw unreadable(`',${options.join(",")}' in '${head}'`, "A dose may be followed by ',taper=' with a share and an interval, then ',floor=' with a dose.", remedy);
  }
  if (found.floor !== undefined && !AMOUNT.test(found.floor)) throw unreadable(`the floor '${found.floor}' in '${head}'`, "A floor is an amount.", remedy);
  return located(() => {
    const step = readTime(interval, "interval"), part = /^\s*(\d+(?:\.\d+)?)\s*%$/.exec(share), less = part ? Number(part[1]) / 100 : -1;
    if (!(less > 0 && less < 1)) throw new Refusal(`a taper by '${share}' is refused.`, "Each step takes a share of the dose, above 0 % and below 100 %.", "Write for example by='20 %'.");
    const floor = found.floor === undefined ? null : readAmount(found.floor);
    between(step, DAY, YEAR, "a step of a taper", "every='2 week'");
    return tapered(base, less, step, floor);
  }, `'${head}'`, remedy);
}

/** @type {[RegExp, (r: Regimen, text: string) => Regimen, string][]} */
const SUFFIXES = [
  [/^x(-?\d{1,9})$/, (r, n) => counted(r, Number(n)), "Change the count, or leave it out."],
  [/^missing=(\d{1,4}(?:,\d{1,4})*)$/, (r, n) => missed(r, n.split(",").map(Number)), "Give numbers of doses, the first is 1: 'missing=2,5'."],
  [/^@(.*)$/, (r, t) => delayed(r, readTime(t, "start")), "Write for example '@7d'."],
  [/^\.\.(.*)$/, (r, t) => limited(r, readTime(t, "end")), "Write for example '..84d'."],
];

/** @param {Regimen} base @param {string[]} tokens @param {string} head */
function suffixed(base, tokens, head) {
  const kinds = tokens.map((token) => {
    const at = SUFFIXES.findIndex(([form]) => form.test(token));
    if (at < 0) {
      const form = !head.includes(":") && /^-?\d{1,9}(?:\.\d{1,9})?(ug|mg|g)/.test(token) ? `${head}:${token}` : `${head} @7d`;
      throw unreadable(`'${token}' after '${head}'`, "After a regimen: a count (x6), doses missed (missing=2,5), a start (@7d) or an end (..84d).", `Write for example '${form}'.`);
    }
    return at;
  });
  let found = base;
  SUFFIXES.forEach(([form, apply, remedy], kind) => {
    const own = tokens.filter((_, i) => kinds[i] === kind);
    if (own.length > 1) throw new Refusal(`'${own[1]}' repeats an option.`, `'${head}' already has '${own[0]}'.`, "Keep one of the two.");
    for (const token of own) found = located(() => apply(found, /** @type {RegExpExecArray} */ (form.exec(token))[1]), `'${token}' after '${head}'`, remedy);
  });
  return found;
}

/** @param {string} text @returns {Amount} */
function readAmount(text) {
  const [, number, unit, per] = /** @type {RegExpExecArray} */ (AMOUNT.exec(text));
  const [times, over] = MASS[unit];
  return bounds({ value: (Number(number) * times) / over, per: per ? per.slice(1) : "child" });
}

/** Hours of a text such as `2wk`, rounded once. @param {string} text @param {string} noun */
function readTime(text, noun) {
  const found = TIME.exec(text);
  if (!found || (noun !== "interval" && found[1] === undefined)) throw unreadable(`the ${noun} '${text}'`, "A time is a number and h, d or wk.", "");
  const [whole, part = ""] = (found[1] ?? "1").split(".");
  return (Number(whole + part) * HOURS[found[2][0]]) / 10 ** part.length;
}

/**
 * Doses of a child from 09:00 of day 0 up to an hour. Throws a {@link Refusal} for a dose that it cannot have.
 * @param {Regimen} plan @param {import("./child.js").Child} who @param {number} untilH @param {any} facts
 * @returns {Administration[]}
 */
export function plannedDoses(plan, who, untilH, facts) {
  const start = FIRST(facts), first = plan.given(who).next();
  if (!first.done && first.value.time + start >= untilH) {
    throw new Refusal(
      `No dose of ${plan.describe()} is given during the simulation.`,
      `The first is at hour ${plain(first.value.time + start)}; the simulation ends at hour ${plain(untilH)}.`, "Start earlier, simulate longer, or use 'none'.",
    );
  }
  /** @type {Administration[]} */
  const given = [];
  for (const { time, dose } of plan.given(who)) {
    if (!(start + time < untilH - TICK)) break;
    given.push({ time: start + time, drug: dose.drug, route: dose.route, amount: mg(dose, who), duration: dose.duration });
  }
  given.sort((a, b) => a.time - b.time || (a.drug < b.drug ? -1 : a.drug > b.drug ? 1 : 0));
  refuseExcess(given, who, facts);
  return given;
}

/** @param {Administration[]} given @param {import("./child.js").Child} who @param {any} facts */
function refuseExcess(given, who, facts) {
  for (const drug of new Set(given.map((one) => one.drug))) {
    const doses = byWeight(given, drug, who), daily = facts.most_per_day[drug];
    if (daily !== undefined) {
      for (const inADay of running(doses, DAY)) {
        if (inADay <= daily * (1 + 1e-9)) continue;
        throw new Refusal(
          `${plain(inADay, 4)} mg/kg of ${drug} in a day is refused.`, `The largest dose of ${drug} that is accepted is ${plain(daily)} mg/kg in 24 hours.`,
          `Check the dose and its interval, for example '${drug}:1mg/kg/1d'.`,
        );
      }
      continue;
    }
    const known = Object.values(facts.preparations).filter((/** @type {any} */ p) => p.drug === drug && p.standard && !p.mark);
    const most = TIMES_STANDARD * Math.max(0, ...known.map((/** @type {any} */ p) => mostInAWeek(p, drug, who)));
    for (const inAWeek of running(doses, 7 * DAY)) {
      if (!(inAWeek > most * (1 + 1e-9) && most > 0)) continue;
      throw new Refusal(
        `${plain(inAWeek, 4)} mg/kg of ${drug} in 7 days is refused.`, `The most that is accepted for this child is ${plain(most, 4)} mg/kg in 7 days, ${TIMES_STANDARD} times the standard.`,
        "Check the dose, its unit and its interval.",
      );
    }
  }
}

/** mg/kg in any 7 days of a standard regimen; 0 for a child to whom it gives no dose. @param {any} known @param {string} drug @param {import("./child.js").Child} who */
function mostInAWeek(known, drug, who) {
  /** @type {any[]} */
  const given = [];
  try {
    for (const { time, dose } of restored(known.standard).given(who)) {
      if (!(time < 28 * DAY - TICK)) break;
      given.push({ time, drug: dose.drug, amount: mg(dose, who) });
    }
  } catch (e) {
    if (e instanceof Refusal) return 0;
    throw e;
  }
  return Math.max(0, ...running(byWeight(given, drug, who), 7 * DAY));
}

/** Time and mg/kg of the doses of a drug. @param {any[]} given @param {string} drug @param {import("./child.js").Child} who @returns {[number, number][]} */
const byWeight = (given, drug, who) => given.filter((one) => one.drug === drug).map((one) => [one.time, one.amount / who.weight]);

/** At each dose the sum of the doses in the window that ends with it. @param {[number, number][]} doses @param {number} window h */
function* running(doses, window) {
  let first = 0, total = 0;
  for (const [time, amount] of doses) {
    total += amount;
    while (doses[first][0] <= time - window + 1e-9) total -= doses[first++][1];
    yield total;
  }
}

/**
 * Events of these doses: amounts added to depots, and rates of infusion switched.
 * @param {Administration[]} given @param {any} facts @returns {Event[]}
 */
export function dosingEvents(given, facts) {
  /** @type {Map<string, [number, number][]>} */
  const rates = new Map();
  /** @type {Event[]} */
  const events = [];
  for (const dose of given) {
    const port = facts.ports.find((/** @type {any} */ p) => p.drug === dose.drug && p.route === dose.route);
    if (port.is_input) {
      const rate = dose.amount / dose.duration;
      if (!rates.has(port.name)) rates.set(port.name, []);
      /** @type {[number, number][]} */ (rates.get(port.name)).push([dose.time, rate], [dose.time + dose.duration, -rate]);
    } else events.push({ time: dose.time + port.lag_h, action: 0, target: port.name, value: dose.amount });
  }
  for (const [name, changes] of rates) {
    const at = new Map([...changes].sort((a, b) => a[0] - b[0]).map(([time]) => [time, 0]));
    for (const [time, change] of changes) at.set(time, /** @type {number} */ (at.get(time)) + change);
    let rate = 0;
    for (const [time, change] of at) {
      rate += change;
      if (Math.abs(rate) < 1e-9) rate = 0;
      events.push({ time, action: 1, target: name, value: rate });
    }
  }
  return events;
}

/** @template T @param {() => T} work @param {string} place @param {string} remedy @returns {T} */
function located(work, place, remedy) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`${place}: ${error.what}`, error.why, remedy);
  }
}

/** @param {string} what @param {string} why @param {string} remedy */
const unreadable = (what, why, remedy) => new Refusal(`${what} cannot be read.`, why, remedy);

/** @param {string} name */
const example = (name) => `Write for example '${name}:8mg/kg/2wk'.`;


