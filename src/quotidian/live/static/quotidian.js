// The compiled model in a browser: names and numbers in, a course out, in the bits of the native portable mode.
import { childOf } from "./child.js";
import { dosingEvents, plannedDoses, readRegimen } from "./dosing.js";
import { Refusal } from "./refusal.js";

/**
 * @typedef {import("./child.js").Child} Child
 * @typedef {import("./child.js").ChildInput} ChildInput
 * @typedef {import("./dosing.js").Administration} Administration
 * @typedef {import("./dosing.js").Event} Event
 */

/**
 * @typedef {object} Request
 * @property {ChildInput} child who
 * @property {string[]} regimens in the notation of `quotidian simulate --regimen`; one subject each
 * @property {number} days end of the course, days from midnight of the day of the first dose
 * @property {number} [everyHours] interval of the outputs, h; 1 by default
 * @property {number} [fromDay] first output, day; down to -28 shows untreated disease
 * @property {string[]} [observables] names; all by default
 */

/**
 * @typedef {object} Course
 * @property {Child} child the child with its size
 * @property {Float64Array} times [time] h from midnight of day 0
 * @property {Record<string, Float64Array>[]} values for each regimen, by name of observable, [time]
 * @property {Administration[][]} doses for each regimen
 * @property {string[]} described each regimen in words
 */

const ADD = 0, SWITCH = 1, PAGE = 65536, STACK = 32 * PAGE, BYTES = 8;

/** The model: compiled code with its names and values. */
export class Model {
  /**
   * @param {WebAssembly.Module} module
   * @param {any} facts content of model.json
   */
  constructor(module, facts) {
    this.facts = facts;
    this.memory = new WebAssembly.Memory({ initial: STACK / PAGE + 1 });
    const stack = new WebAssembly.Global({ value: "i32", mutable: true }, STACK);
    const env = { __linear_memory: this.memory, __stack_pointer: stack };
    this.code = /** @type {any} */ (new WebAssembly.Instance(module, { env }).exports);
    this.place = Object.fromEntries(
      ["parameters", "states", "inputs", "observables"].map((table) => [
        table, new Map(facts[table].map((/** @type {any} */ one, /** @type {number} */ i) => [one.name ?? one, i])),
      ]),
    );
  }

  /**
   * @param {BufferSource} bytes quotidian.wasm
   * @param {any} facts content of model.json
   * @returns {Promise<Model>}
   */
  static async load(bytes, facts) {
    return new Model(await WebAssembly.compile(bytes), facts);
  }

  /**
   * Parameters of a child, in the order of `facts.parameters`.
   * @param {Child} who
   * @returns {Float64Array}
   */
  parameters(who) {
    const table = Float64Array.from(this.facts.values);
    const own = {
      body_weight: who.weight, age_at_start: who.age, maleness: who.sex === "male" ? 1 : 0,
      height_at_start: who.height, target_height_score: who.targetScore,
    };
    for (const [name, value] of Object.entries(own)) {
      const at = this.place.parameters.get(name);
      if (at !== undefined) table[at] = value;
    }
    const severity = this.place.parameters.get("severity");
    if (severity !== undefined) table[severity] *= who.severity;
    return table;
  }

  /**
   * Follow one child on each of the regimens. Throws a {@link Refusal} where the command line refuses.
   * @param {Request} asked
   * @returns {Course}
   */
  course(asked) {
    const { days, everyHours = 1, fromDay = 0 } = asked;
    const who = childOf(asked.child, this.facts);
    refuseWindow(days, everyHours, fromDay, this.facts);
    const plans = asked.regimens.map((text) => readRegimen(text, this.facts));
    const doses = plans.map((plan) => plannedDoses(plan, who, days * 24, this.facts));
    const events = doses.map((given) => dosingEvents(given, this.facts));
    const first = fromDay * 24, count = Math.floor((days * 24 - first) / everyHours + 1e-9) + 1;
    const times = Float64Array.from({ length: count }, (_, k) => first + k * everyHours);
    const names = asked.observables ?? this.facts.observables.map((/** @type {any} */ o) => o.name);
    const table = this.parameters(who);
    const values = this.run(plans.map(() => table), events, times, days * 24, names);
    return { child: who, times, values, doses, described: plans.map((plan) => plan.describe()) };
  }

  /**
   * Solve subjects from 28 days before day 0 to `end`.
   * @param {Float64Array[]} parameters [subject][parameter]
   * @param {Event[][]} events [subject][event], by name
   * @param {Float64Array} times [time] h, ascending
   * @param {number} end h
   * @param {string[]} names observables to record
   * @returns {Record<string, Float64Array>[]}
   */
  run(parameters, events, times, end, names) {
    const f = this.facts, n = parameters.length, chosen = names.map((name) => this.observable(name));
    const memory = new Arena(this.memory);
    const constants = memory.doubles(n * f.constants), states = memory.doubles(n * f.states.length);
    this.code.prepare(BigInt(n), memory.filled(parameters.flatMap((row) => [...row])), constants, states);
    const sorted = events.map((own) => own.map((e, i) => ({ ...e, i })).sort((a, b) => a.time - b.time || a.i - b.i));
    const begin = -24 * f.clock.run_in_days;
    const within = sorted.map((own) => own.filter((e) => e.time >= begin && e.time < end));
    const flat = within.flat();
    const output = memory.filled(new Float64Array(n * times.length * names.length).fill(NaN));
    /** @type {Record<string, number>} */
    const given = {
      first: 0, last: n, constants, states, begin, end, n_times: times.length, times_stride: 0,
      inputs: memory.filled(parameters.flatMap(() => f.resting)),
      event_offset: memory.integers([0, ...within.map((_, i) => within.slice(0, i + 1).flat().length)]),
      event_time: memory.filled(flat.map((e) => e.time)), event_kind: memory.integers(flat.map((e) => e.action)),
      event_index: memory.integers(flat.map((e) => this.target(e))), event_value: memory.filled(flat.map((e) => e.value)),
      times: memory.filled(times), n_chosen: names.length, chosen: memory.integers(chosen), output,
      status: memory.integers(Array(n).fill(0)), reached: memory.doubles(n),
      accepted: memory.integers(Array(n).fill(0)), rejected: memory.integers(Array(n).fill(0)),
      rtol: f.tolerance.rtol, atol: memory.filled(f.scales.map((/** @type {number} */ s) => f.tolerance.atol * s)),
      first_step: f.tolerance.first_step, longest_step: f.tolerance.longest_step, max_steps: f.tolerance.max_steps,
    };
    const whole = (/** @type {string} */ kind) => kind === "integer";
    this.code.integrate(...f.arguments.map((/** @type {[string, string]} */ [name, kind]) => (whole(kind) ? BigInt(given[name]) : given[name])));
    const status = new BigInt64Array(this.memory.buffer, given.status, n);
    if (status.some((s) => s !== 0n)) {
      throw new Refusal("The numerical solution did not reach the end.", `Status ${status.join(", ")}.`, "Choose a milder disease or another dose.");
    }
    return this.columns(output, n, times.length, names);
  }

  /** @param {number} output @param {number} n @param {number} count @param {string[]} names */
  columns(output, n, count, names) {
    const all = new Float64Array(this.memory.buffer, output, n * count * names.length), width = names.length;
    return Array.from({ length: n }, (_, subject) =>
      Object.fromEntries(names.map((name, k) => {
        const column = new Float64Array(count), from = subject * count * width + k;
        for (let i = 0; i < count; i++) column[i] = all[from + i * width];
        return [name, column];
      })),
    );
  }

  /** @param {string} name */
  observable(name) {
    const at = this.place.observables.get(name);
    if (at === undefined) throw new Refusal(`${this.facts.model} has no observable '${name}'.`, `Known: ${[...this.place.observables.keys()].join(", ")}.`);
    return at;
  }

  /** @param {Event} event */
  target(event) {
    const at = this.place[event.action === SWITCH ? "inputs" : "states"].get(event.target);
    if (at === undefined) throw new Refusal(`${this.facts.model} has no ${event.action === ADD ? "state" : "input"} '${event.target}'.`);
    return at;
  }
}

/** @param {number} days @param {number} everyHours @param {number} fromDay @param {any} facts */
function refuseWindow(days, everyHours, fromDay, facts) {
  const runIn = facts.clock.run_in_days;
  if (!(Number.isFinite(days) && days > 0)) throw new Refusal(`A course of ${days} days is refused.`, "Its end must be after its start.", "Give weeks above 0.");
  if (!(Number.isFinite(everyHours) && everyHours > 0)) throw new Refusal(`Outputs every ${everyHours} h are refused.`, "The interval must be above 0.", "Write '1h'.");
  if (!(fromDay >= -runIn && fromDay <= days)) {
    throw new Refusal(`Outputs from day ${fromDay} on are refused.`, `The simulation covers days ${-runIn} (in the run-in) to ${days} (its end).`, "Give a day in this range.");
  }
}

/** Arrays of one run, one after another above the stack; a later run takes the same place. */
class Arena {
  /** @param {WebAssembly.Memory} memory */
  constructor(memory) {
    this.memory = memory;
    this.next = STACK;
  }

  /** @param {number} count @returns {number} address of zeros */
  doubles(count) {
    const at = this.next;
    this.next = (at + BYTES * Math.max(count, 1) + 63) & ~63;
    const missing = this.next - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
    new Float64Array(this.memory.buffer, at, count).fill(0);
    return at;
  }

  /** @param {ArrayLike<number>} values @returns {number} address */
  filled(values) {
    const at = this.doubles(values.length);
    new Float64Array(this.memory.buffer, at, values.length).set(values);
    return at;
  }

  /** @param {number[]} values @returns {number} address */
  integers(values) {
    const at = this.doubles(values.length);
    new BigInt64Array(this.memory.buffer, at, values.length).set(values.map(BigInt));
    return at;
  }
}
