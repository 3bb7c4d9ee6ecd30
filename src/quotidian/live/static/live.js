// A live figure: controls of one child and its treatment, and charts that follow them.
import { quantile } from "./child.js";
import { COLOURS, Charts, shown } from "./chart.js";
import { Refusal } from "./refusal.js";

/**
 * @typedef {import("./quotidian.js").Model} Model
 * @typedef {object} Settings where the figure begins, and what of it is shown
 * @property {number} [age] years
 * @property {"female" | "male"} [sex]
 * @property {number} [weight] kg
 * @property {number} [severity]
 * @property {string} [regimen] in the notation of `quotidian simulate --regimen`
 * @property {number} [weeks]
 * @property {string[]} [panels] first observables of the charts; all by default
 * @property {string[]} [controls] of age, sex, weight, severity, drug, dose, interval, missed, steroid, weeks, regimen; all by default
 */

const BEFORE = -7, STEROID = "prednisolone";
const escape = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** Content of a place; nothing is done where it is there already. @param {HTMLElement & {held?: string}} place @param {string} markup */
function put(place, markup) {
  if (place.held === markup) return;
  place.held = markup;
  place.innerHTML = markup;
}

/** A regimen as the controls would hold it; null where they cannot. @param {string} text @param {any} known preparations @returns {any} */
function readControls(text, known) {
  const form = /^(none|[\w-]+?)(?::([\d.]+)mg(?:\/kg)?\/(\d+)d)?(?: missing=([\d,]+))?(?: ?\+ ?prednisolone:([\d.]+)mg\/kg\/1d(?:,taper=(\d+)%\/2wk)?)?$/.exec(text.trim());
  if (!form || (form[1] !== "none" && !(form[1] in known)) || form[1] === STEROID) return null;
  const [, drug, dose, interval, missed, steroid, taper] = form;
  return {
    drug, dose: dose ? Number(dose) : null, ...(interval ? { interval: Number(interval) } : {}), steroid: Number(steroid ?? 0), taper: Number(taper ?? 0),
    missed: missed ? missed.split(",").map(Number) : [],
  };
}

/** A figure in a place of the page. */
export class Live {
  /** @param {HTMLElement} host @param {Model} model @param {Settings} [settings] */
  constructor(host, model, settings = {}) {
    this.model = model;
    this.host = host;
    this.only = settings.controls;
    const names = Object.keys(model.facts.preparations).filter((n) => n !== STEROID);
    /** @type {any} */
    this.state = {
      age: 6, sex: "female", weight: null, severity: 1, drug: names[0] ?? "none", dose: null, interval: 14,
      missed: [], steroid: 0, taper: 0, weeks: 12, ...settings, regimen: null,
    };
    host.classList.add("q-live");
    host.innerHTML = this.frame(names);
    this.charts = new Charts(this.part("q-plot"), model.facts, settings.panels);
    this.charts.reading = this.part("q-reading");
    host.addEventListener("input", (e) => this.changed(/** @type {any} */ (e.target)));
    host.addEventListener("click", (e) => this.clicked(/** @type {any} */ (e.target)));
    this.state.regimen = settings.regimen ?? null;
    const moves = readControls(settings.regimen ?? "", model.facts.preparations);
    if (moves) Object.assign(this.state, moves, { regimen: null });
    this.width = host.clientWidth;
    new ResizeObserver(() => { if (host.clientWidth !== this.width) { this.width = host.clientWidth; this.charts.resized(); this.redraw(); } }).observe(host);
    this.answer();
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.host.querySelector(`.${name}`));
  }

  /** @param {string} name */
  has(name) {
    return !this.only || this.only.includes(name);
  }

  /** @param {string[]} names of preparations */
  frame(names) {
    const slider = (/** @type {string} */ key, /** @type {string} */ label, /** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ step) =>
      this.has(key) ? `<label class="q-field">${label}<b data-of="${key}"></b><input type="range" name="${key}" min="${low}" max="${high}" step="${step}"></label>` : "";
    const choice = (/** @type {string} */ key, /** @type {string} */ label, /** @type {[string, string][]} */ options) =>
      this.has(key) ? `<label class="q-field">${label}<select name="${key}">${options.map(([v, t]) => `<option value="${v}">${t}</option>`).join("")}</select></label>` : "";
    const words = (/** @type {string} */ n) => n.replace("-iv", ", into a vein").replace("-sc", ", under the skin").replace(/^./, (c) => c.toUpperCase());
    const steroid = this.has("steroid") && STEROID in this.model.facts.preparations;
    const group = (/** @type {string} */ legend, /** @type {string} */ inner) => (inner ? `<fieldset><legend>${legend}</legend>${inner}</fieldset>` : "");
    const child = slider("age", "Age", 2, 17.75, 0.25) + choice("sex", "Sex", [["female", "girl"], ["male", "boy"]]) + slider("weight", "Weight", 8, 90, 0.1) + slider("severity", "Severity", 0.2, 3, 0.05);
    const drug = choice("drug", "Drug", [["none", "no drug"], ...names.map((n) => /** @type {[string, string]} */ ([n, words(n)]))]) + slider("dose", "Dose", 0, 30, 0.5) + slider("interval", "Interval", 1, 56, 1) +
      (this.has("missed") ? `<div class="q-field">Doses given<div class="q-doses" role="group" aria-label="Doses given; press a dose to omit it"></div></div>` : "");
    const others = (steroid ? slider("steroid", "Prednisolone each morning", 0, 2, 0.05) + `<label class="q-field q-taper">reduction every two weeks<b data-of="taper"></b><input type="range" name="taper" min="0" max="50" step="5"></label>` : "") + slider("weeks", "Weeks", 2, 24, 1);
    const notation = this.has("regimen") ? `<label class="q-field q-notation">Regimen, in the notation of the command line<input type="text" name="regimen" spellcheck="false" autocomplete="off"></label>` : "";
    const open = matchMedia("(max-width: 760px)").matches ? "" : " open";
    return `<details class="q-controls"${open}><summary>Change the child or the treatment</summary>${group("Child", child)}${group("Treatment", drug + others + notation)}</details>` +
      `<div class="q-main"><p class="q-refusal" role="alert" hidden></p><ul class="q-legend"></ul><dl class="q-tiles"></dl><div class="q-plot"></div><p class="q-reading q-sr" aria-live="polite"></p><p class="q-foot"></p></div>`;
  }

  /** The regimen of the controls, in the notation of the command line. */
  written() {
    const s = this.state;
    if (s.regimen !== null) return s.regimen;
    const known = this.model.facts.preparations[s.drug], parts = [];
    if (known) {
      const own = s.dose === null ? "" : `:${s.dose}${this.perKg() ? "mg/kg" : "mg"}/${s.interval}d`;
      parts.push(`${s.drug}${own}${s.missed.length ? ` missing=${s.missed.join(",")}` : ""}`);
    }
    if (s.steroid > 0) parts.push(`${STEROID}:${s.steroid}mg/kg/1d${s.taper > 0 ? `,taper=${s.taper}%/2wk` : ""}`);
    return parts.join(" + ") || "none";
  }

  /** @param {string} name of an observable */
  unitOf(name) {
    return this.model.facts.observables.find((/** @type {any} */ o) => o.name === name).unit.replace(/^ug/, "µg");
  }

  /** Whether the standard dose of the drug is by weight. */
  perKg() {
    let r = this.model.facts.preparations[this.state.drug]?.standard;
    while (r && r.kind !== "dose") r = r.base ?? r.first ?? r.bands?.[0].regimen;
    const amount = r?.dose.amount;
    return (Array.isArray(amount) ? amount[0].amount.per : amount?.per) === "kg";
  }

  /** Solve and draw what the controls say; a refusal leaves the charts as they are. */
  answer() {
    const s = this.state, text = this.written(), begun = performance.now();
    const steroids = text.split("+").map((/** @type {string} */ p) => p.trim()).filter((/** @type {string} */ p) => p.startsWith(STEROID));
    const without = steroids.length && steroids.length < text.split("+").length ? steroids.join(" + ") : "none";
    try {
      const child = { age: s.age, sex: s.sex, severity: s.severity, ...(s.weight === null ? {} : { weight: s.weight }) };
      const course = this.model.course({ child, regimens: [without, text], days: 7 * s.weeks, fromDay: BEFORE });
      this.course = course;
      this.solved = performance.now() - begun;
      this.part("q-refusal").hidden = true;
      this.show(text);
      this.redraw();
      this.took = performance.now() - begun;
      this.part("q-foot").textContent = `Solved in ${Math.round(this.solved)} ms and drawn in ${Math.round(this.took - this.solved)} ms on this device. Model ${this.model.facts.model} ${this.model.facts.fingerprint.slice(0, 8)}, Quotidian ${this.model.facts.version}. ${this.model.facts.notice}`;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const place = this.part("q-refusal");
      place.hidden = false;
      place.innerHTML = [error.what, error.why, error.remedy].filter(Boolean).map((t, i) => (i ? escape(t) : `<b>${escape(t[0].toUpperCase() + t.slice(1))}</b>`)).join("<br>");
      this.show(text);
    }
    this.host.dispatchEvent(new CustomEvent("q-answered"));
  }

  redraw() {
    if (!this.course) return;
    const [without, on] = this.course.described;
    const names = [without === "no drug" ? "without drug" : "without this drug", "treated"];
    this.charts.draw(this.course, names);
    const marks = this.written().split("+").map((/** @type {string} */ p) => this.model.facts.preparations[p.trim().split(" ")[0]]?.mark).filter(Boolean);
    const rows = [[1, on, marks.join("; ")], [0, without === "no drug" ? "The same child without drug" : `The same child without this drug: ${without}`, ""]];
    put(this.part("q-legend"), rows.map(([r, text, mark]) => `<li><i style="background:${COLOURS[/** @type {number} */ (r)]}"></i><span>${escape(String(text).replace(/^./, (c) => c.toUpperCase()))}${mark ? `<small>${escape(String(mark))}</small>` : ""}</span></li>`).join(""));
    put(this.part("q-tiles"), this.tiles().map(([title, off, treated, unit]) => `<div><dt>${title}</dt><dd><b style="color:${COLOURS[1]}">${treated}</b> <span style="color:${COLOURS[0]}">${off}</span> <small>${unit}</small></dd></div>`).join(""));
  }

  /** Figures of the last day, treated and not. @returns {string[][]} */
  tiles() {
    const { times, values, doses } = /** @type {import("./quotidian.js").Course} */ (this.course), n = times.length, from = n - 25;
    const both = (/** @type {string} */ name, /** @type {(d: Float64Array) => number} */ of) => values.map((v) => shown(of(v[name])));
    const high = (/** @type {Float64Array} */ d) => Math.max(...d.slice(from)), end = (/** @type {Float64Array} */ d) => d[n - 1];
    const rows = [["Highest temperature", "temperature", high, "°C"], ["CRP", "crp", end, "mg/L"], ["IL-6", "il6", end, "pg/mL"], ["Active joints", "active_joints", end, "of 71"]];
    const found = rows.filter(([, name]) => /** @type {string} */ (name) in values[0]).map(([title, name, of, unit]) => [title, ...both(/** @type {any} */ (name), /** @type {any} */ (of)), unit]);
    const main = doses[1].filter((one) => one.drug !== STEROID), drug = main[0]?.drug, last = main[main.length - 1];
    if (drug && drug in values[1] && main.length > 1) {
      const at = times.findIndex((t) => t >= last.time);
      found.push(["Trough before the last dose", "", shown(values[1][drug][at]), this.unitOf(drug)]);
    }
    return /** @type {string[][]} */ (found);
  }

  /** Controls as the state has them. @param {string} text the regimen */
  show(text) {
    const s = this.state, facts = this.model.facts, known = facts.preparations[s.drug], typed = s.regimen !== null;
    const typical = quantile("weight", s.age, s.sex, 0, facts), kg = s.weight ?? typical;
    const dose = this.doseOf(known), unit = this.perKg() ? "mg/kg" : "mg";
    /** @type {Record<string, [any, string]>} */
    const said = {
      age: [s.age, `${s.age} years`], sex: [s.sex, ""], weight: [kg, `${kg.toFixed(1)} kg${s.weight === null ? ", typical" : ""}`], severity: [s.severity, `${s.severity} × typical`],
      drug: [s.drug, ""], dose: [s.dose ?? dose.amount, `${s.dose ?? dose.amount} ${unit}${s.dose === null ? ", standard" : ""}`], interval: [s.dose === null ? dose.interval : s.interval, `${s.dose === null ? dose.interval : s.interval} days`],
      steroid: [s.steroid, s.steroid ? `${s.steroid} mg/kg` : "none"], taper: [s.taper, s.taper ? `${s.taper} %` : "no taper"], weeks: [s.weeks, `${s.weeks}`], regimen: [text, ""],
    };
    for (const [key, [value, words]] of Object.entries(said)) {
      const field = /** @type {any} */ (this.host.querySelector(`[name="${key}"]`)), out = this.host.querySelector(`[data-of="${key}"]`);
      if (field && key === "weight") { field.min = Math.floor(quantile("weight", s.age, s.sex, -3, facts)); field.max = Math.ceil(quantile("weight", s.age, s.sex, 3, facts)); }
      if (field && key === "dose") { field.max = unit === "mg" ? 324 : 24; field.step = unit === "mg" ? 1 : 0.5; field.min = unit === "mg" ? 18 : 1; }
      if (field && !(key === "regimen" && document.activeElement === field)) field.value = String(value);
      if (field && ["dose", "interval"].includes(key)) field.disabled = !known;
      if (field?.type === "range") field.setAttribute("aria-valuetext", words);
      if (out) out.textContent = words;
    }
    this.host.classList.toggle("q-typed", typed);
    this.part("q-taper")?.toggleAttribute("hidden", !(s.steroid > 0));
    this.chips();
  }

  /** Dose and interval of a standard regimen for this child. @param {any} known */
  doseOf(known) {
    const main = this.course?.doses[1].filter((d) => d.drug === known?.drug) ?? [], who = this.course?.child;
    let r = known?.standard, interval = 14;
    const kg = who?.weight ?? 20, held = (/** @type {any} */ bands) => bands.find((/** @type {any} */ b) => b.low <= kg && (b.high === null || kg < b.high)) ?? bands[0];
    while (r && r.kind !== "dose") { if (r.kind === "repeated") interval = r.interval / 24; r = r.kind === "bands" ? held(r.bands).regimen : (r.base ?? r.first); }
    const amount = r ? (Array.isArray(r.dose.amount) ? held(r.dose.amount).amount.value : r.dose.amount.value) : (main[0]?.amount ?? 8);
    return { amount, interval };
  }

  /** A button for each dose; those not given are unpressed. */
  chips() {
    const place = this.part("q-doses"), s = this.state, known = this.model.facts.preparations[s.drug];
    if (!place) return;
    const every = s.dose === null ? this.doseOf(known).interval : s.interval, count = known ? Math.ceil((7 * s.weeks - 9 / 24) / every) : 0;
    if (count > 30 || s.regimen !== null) place.textContent = count > 30 ? "all" : "as written below";
    else if (place.childElementCount !== count || place.textContent === "all") place.innerHTML = Array.from({ length: count }, (_, i) => `<button type="button" data-dose="${i + 1}">${i + 1}</button>`).join("");
    for (const button of place.querySelectorAll("button")) button.setAttribute("aria-pressed", String(!s.missed.includes(Number(button.dataset.dose))));
  }

  /** @param {HTMLInputElement} field */
  changed(field) {
    const s = this.state, value = field.type === "range" ? Number(field.value) : field.value;
    if (field.name === "regimen") s.regimen = String(value).trim() || "none";
    else {
      s.regimen = null;
      if (field.name === "dose" || field.name === "interval") {
        const standard = this.doseOf(this.model.facts.preparations[s.drug]);
        if (s.dose === null) Object.assign(s, { dose: standard.amount, interval: standard.interval });
      }
      if (field.name === "drug") Object.assign(s, { dose: null, missed: [] });
      if (field.name === "age" || field.name === "sex") s.weight = null;
      s[field.name] = value;
    }
    this.answer();
  }

  /** @param {HTMLElement} target */
  clicked(target) {
    const dose = Number(target.dataset?.dose), s = this.state;
    if (!dose) return;
    s.missed = s.missed.includes(dose) ? s.missed.filter((/** @type {number} */ d) => d !== dose) : [...s.missed, dose].sort((a, b) => a - b);
    this.answer();
  }
}
