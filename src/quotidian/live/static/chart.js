// Small multiples of one course: a line for each regimen, one cursor through all panels, values beside the titles.
import { daily, decades, nice, path, range } from "./paths.js";

/**
 * @typedef {import("./quotidian.js").Course} Course
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} unit
 * @property {[string, string][]} lines observable and its name; the second is dashed
 * @property {boolean} [log]
 * @property {number} [low] the axis includes it
 * @property {number} [high]
 * @property {number} [times] factor on the values
 * @property {[number, string][]} [marks] labelled levels
 * @property {boolean} [wide] across both columns
 * @property {"mean" | "highest"} [daily] line of each day, with its range, where a day is too narrow for hours
 */

/** @type {Panel[]} */
export const PANELS = [
  { title: "Body temperature", unit: "°C", lines: [["temperature", ""]], low: 36, high: 40, marks: [[38, "38 °C"]], wide: true, daily: "highest" },
  { title: "Tocilizumab in plasma", unit: "µg/mL", lines: [["tocilizumab", ""]], low: 0 },
  { title: "IL-6", unit: "pg/mL", lines: [["il6", "free"], ["il6_total", "as measured by an assay"]], log: true, daily: "mean" },
  { title: "CRP", unit: "mg/L", lines: [["crp", ""]], low: 0, high: 20, marks: [[10, "10 mg/L"]], daily: "mean" },
  { title: "Active joints", unit: "of 71", lines: [["active_joints", ""]], low: 0, high: 4 },
  { title: "Soluble IL-6 receptor", unit: "ng/mL", lines: [["sil6r_total", "total"], ["sil6r_free", "free"]], log: true },
  { title: "Free membrane IL-6 receptor", unit: "%", lines: [["mil6r_free", ""]], low: 0, high: 100, times: 100 },
  { title: "Ferritin", unit: "µg/L", lines: [["ferritin", ""]], log: true, marks: [[684, "684 µg/L"]], daily: "mean" },
  { title: "ESR", unit: "mm/h", lines: [["esr", ""]], low: 0, high: 25, marks: [[20, "20 mm/h"]], daily: "mean" },
  { title: "Haemoglobin", unit: "g/dL", lines: [["haemoglobin", ""]], daily: "mean" },
  { title: "Neutrophils", unit: "10⁹/L", lines: [["neutrophils", ""]], low: 0, high: 8, marks: [[1, "1"]], daily: "mean" },
  { title: "Platelets", unit: "10⁹/L", lines: [["platelets", ""]], low: 0, high: 400, daily: "mean" },
  { title: "Cortisol", unit: "nmol/L", lines: [["cortisol", ""]], low: 0, daily: "mean" },
  { title: "Prednisolone", unit: "nmol/L", lines: [["prednisolone", ""]], low: 0, daily: "highest" },
];
export const COLOURS = ["#c2561a", "#005a8c"];
const NARROW = 5; // units of the drawing to a day, below which its hours cannot be seen
const LEFT = 44, RIGHT = 10, TOP = 8, FOOT = 20;

/** @param {number} v */
export function shown(v) {
  const size = Math.abs(v);
  return size >= 1000 ? v.toFixed(0).replace(/\B(?=(\d{3})+$)/g, "\u2009") : size >= 100 ? v.toFixed(0) : size >= 10 ? v.toFixed(1) : size >= 1 ? v.toFixed(2) : size === 0 ? "0" : v.toPrecision(2);
}

const tick = (/** @type {number} */ v) => String(Number(v.toPrecision(6))).replace(/\B(?=(\d{3})+$)/g, "\u2009");

/**
 * Panels of a model: the usual ones, and one for each other output; the level of a drug stands beside that of tocilizumab.
 * @param {any} facts content of model.json @returns {Panel[]}
 */
function panelsOf(facts) {
  const known = new Set(PANELS.flatMap((p) => p.lines.map(([name]) => name))), first = (/** @type {string} */ t) => t[0].toUpperCase() + t.slice(1);
  const others = facts.observables.filter((/** @type {any} */ o) => !known.has(o.name));
  const made = others.map((/** @type {any} */ o) => ({ title: facts.drugs.includes(o.name) ? `${first(o.name)} in plasma` : first(o.meaning), unit: o.unit.replace(/^ug/, "µg"), lines: [[o.name, ""]], low: 0 }));
  return [...PANELS.slice(0, 2), ...made, ...PANELS.slice(2)];
}

/** Charts of a course in a place of the page, drawn again with every course. */
export class Charts {
  /**
   * @param {HTMLElement} host @param {any} facts content of model.json @param {string[]} [only] first observables of the panels to draw
   */
  constructor(host, facts, only) {
    this.host = host;
    this.drugs = facts.drugs;
    this.panels = panelsOf(facts);
    this.only = only;
    this.width = 0;
    /** @type {any[]} */
    this.drawn = [];
    this.seen = new IntersectionObserver((entries) => { // a panel out of sight is drawn when it comes near
      for (const entry of entries) {
        const d = this.drawn.find((one) => one.figure === entry.target);
        if (d) d.near = entry.isIntersecting;
        if (d?.near && d.stale) this.fill(d);
      }
    }, { rootMargin: "120px 0px" });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.later = undefined;
    addEventListener("beforeprint", () => this.complete());
    host.classList.add("q-charts");
    host.tabIndex = 0;
    host.setAttribute("role", "group");
    host.setAttribute("aria-label", "Charts. Arrow keys move the cursor by a day, with Shift by an hour; Home and End jump.");
    host.addEventListener("pointermove", (e) => this.point(e));
    host.addEventListener("pointerdown", (e) => this.point(e));
    host.addEventListener("pointerleave", () => this.rest());
    host.addEventListener("keydown", (e) => this.key(e));
    host.addEventListener("blur", () => this.rest());
  }

  /** @param {Course} course @param {string[]} names one for each regimen */
  draw(course, names) {
    this.course = course;
    this.names = names;
    const held = (/** @type {Panel} */ p) => p.lines[0][0] in course.values[0];
    const taken = new Set(course.doses.flat().map((one) => one.drug));
    const given = (/** @type {Panel} */ p) => !this.drugs.includes(p.lines[0][0]) || taken.has(p.lines[0][0]);
    const panels = this.panels.filter((p) => held(p) && given(p) && (!this.only || this.only.includes(p.lines[0][0])));
    this.width ||= this.host.clientWidth || 640;
    const two = this.width >= 620 && panels.length > 1, one = two ? Math.floor((this.width - 22) / 2) : this.width;
    const sizes = panels.map((p) => [p.wide && two ? this.width : one, p.wide ? (two ? 190 : 170) : 128]);
    if (panels.length !== this.drawn.length || panels.some((p, i) => p !== this.drawn[i].panel || sizes[i].join() !== this.drawn[i].size.join())) this.place(panels, sizes);
    for (const d of this.drawn) {
      this.fit(d);
      d.stale = true;
      if (d.near) this.fill(d);
    }
    clearTimeout(this.later);
    this.later = setTimeout(() => this.complete(), 200);
    this.rest();
  }

  /** Draw what was left out while a control moved, since it was out of sight. */
  complete() {
    for (const d of this.drawn) if (d.stale) this.fill(d);
  }

  /** Measure the place again before the next drawing. */
  resized() {
    this.width = 0;
  }

  /** Empty figures. @param {Panel[]} panels @param {number[][]} sizes */
  place(panels, sizes) {
    this.seen.disconnect();
    this.host.innerHTML = panels.map((panel, i) => {
      const [width, height] = sizes[i], legend = panel.lines.length > 1 ? `<small>— ${panel.lines[0][1]} &nbsp;┄ ${panel.lines[1][1]}</small>` : "";
      return `<figure class="q-panel${panel.wide ? " q-wide" : ""}"><figcaption><b>${panel.title}</b> <span>${panel.unit}</span>${legend}<output class="q-said"></output></figcaption>` +
        `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${panel.title}, ${panel.unit}"><g></g><path class="q-cursor" d=""/></svg></figure>`;
    }).join("");
    this.drawn = panels.map((panel, i) => {
      const figure = this.host.children[i], find = (/** @type {string} */ at) => figure.querySelector(at);
      return { panel, size: sizes[i], figure, svg: find("svg"), inside: find("g"), cursor: find(".q-cursor"), said: find(".q-said"), near: true, stale: true, fixed: "" };
    });
    for (const d of this.drawn) this.seen.observe(d.figure);
  }

  /** The axes of a panel for the present course. @param {any} d */
  fit(d) {
    const { times, values } = /** @type {Course} */ (this.course), { panel, size: [width, height] } = d, scale = panel.times ?? 1;
    const first = times[0] / 24, last = times[times.length - 1] / 24, right = width - RIGHT, bottom = height - FOOT;
    let low = panel.low ?? Infinity, high = panel.high ?? -Infinity;
    const columns = values.flatMap((own, r) => panel.lines.map((/** @type {string[]} */ [name], /** @type {number} */ k) => ({ r, k, data: own[name] })).filter((/** @type {any} */ c) => c.data));
    for (const { data } of columns) for (let t = 0; t < data.length; t++) {
      const v = data[t] * scale;
      if (panel.log && v <= 1e-3) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    if (panel.log && high / low > 1e5) low = high / 1e5;
    if (!(high > low)) high = low + 1;
    const ticks = panel.log ? decades(low, high) : nice(low, high), bottomValue = ticks[0], topValue = ticks[ticks.length - 1];
    const x = (/** @type {number} */ day) => LEFT + ((day - first) / (last - first)) * (right - LEFT);
    const up = panel.log
      ? (/** @type {number} */ v) => Math.log(Math.max(v, bottomValue) / bottomValue) / Math.log(topValue / bottomValue)
      : (/** @type {number} */ v) => (v - bottomValue) / (topValue - bottomValue);
    const y = (/** @type {number} */ v) => bottom - Math.max(-0.02, up(v)) * (bottom - TOP);
    Object.assign(d, { x, y, first, last, columns, scale, left: LEFT, right, bottom, ticks });
  }

  /** Draw the content of a panel: its lines alone where all else is drawn already. @param {any} d */
  fill(d) {
    d.stale = false;
    const fixed = this.paper(d), curves = this.curves(d);
    const shape = fixed + curves.map(([, look]) => look).join("");
    if (shape === d.fixed) return curves.forEach(([way], i) => d.paths[i].setAttribute("d", way));
    d.fixed = shape;
    d.inside.innerHTML = fixed + curves.map(([way, look]) => `<path d="${way}" ${look}/>`).join("");
    d.paths = [...d.inside.children].slice(-curves.length);
  }

  /** Grid, marks and axis of time, as markup. @param {any} d @returns {string} */
  paper(d) {
    const { panel, x, y, first, last, ticks, right, bottom, size: [width, height] } = d, [bottomValue] = ticks, topValue = ticks[ticks.length - 1];
    const grid = ticks.map((/** @type {number} */ v) => `<path d="M${LEFT},${y(v).toFixed(1)}H${right}" class="q-grid"/><text x="${LEFT - 6}" y="${(y(v) + 3.5).toFixed(1)}" class="q-up">${tick(v)}</text>`);
    const inside = (panel.marks ?? []).filter((/** @type {[number, string]} */ [v]) => v > bottomValue && v < topValue);
    const marks = inside.map((/** @type {[number, string]} */ [v, text]) => `<path d="M${LEFT},${y(v).toFixed(1)}H${right}" class="q-mark"/><text x="${right}" y="${(y(v) - 4).toFixed(1)}" class="q-level">${text}</text>`);
    const days = last - first, step = [7, 14, 28, 56, 112, 364].find((s) => days / s <= (width > 500 ? 13 : 7)) ?? 728;
    const dates = [];
    for (let at = Math.ceil(first / step) * step; at <= last + 1e-9; at += step) dates.push(at);
    const axis = dates.map((at) => `<text x="${x(at).toFixed(1)}" y="${height - 5}" class="q-across">${at === 0 ? "week 0" : at / 7}</text><path d="M${x(at).toFixed(1)},${bottom}v4" class="q-axis"/>`);
    const before = first < 0 ? `<rect x="${LEFT}" y="${TOP}" width="${(x(0) - LEFT).toFixed(1)}" height="${bottom - TOP}" class="q-before"/>` : "";
    return `${before}${grid.join("")}${marks.join("")}<path d="M${LEFT},${bottom}H${right}" class="q-axis"/>${axis.join("")}`;
  }

  /** Paths of a panel that follow the course, each with its look: daily ranges, lines, doses. @param {any} d @returns {[string, string][]} */
  curves(d) {
    const { times, doses } = /** @type {Course} */ (this.course), { panel, columns, scale, x, y, first, last, left, right } = d;
    const days = panel.daily && (right - left) / (last - first) < NARROW ? panel.daily : "";
    const bands = columns.filter((/** @type {any} */ c) => days && !c.k).map((/** @type {any} */ c) => [range(c.data, scale, x, y, times), `class="q-band" fill="${COLOURS[c.r]}"`]);
    const lines = columns.map((/** @type {any} */ c) => [days ? daily(c.data, days, scale, x, y, times) : path(c.data, scale, x, y, times), `class="q-line q-${c.r}${c.k ? " q-second" : ""}" stroke="${COLOURS[c.r]}"`]);
    const drug = panel.lines[0][0], own = doses[doses.length - 1].filter((one) => one.drug === drug || (panel.wide && one.drug !== "prednisolone"));
    const given = own.length <= 60 ? own.map((one) => `M${x(one.time / 24).toFixed(1)},${TOP - 1}l-3.2,-5.5h6.4z`).join("") : "";
    return [...bands, ...lines, [given, 'class="q-dose"']];
  }

  /** @param {PointerEvent} event */
  point(event) {
    const figure = /** @type {Element} */ (event.target).closest?.(".q-panel");
    const d = figure && this.drawn[[...this.host.children].indexOf(figure)];
    if (!d) return;
    const box = d.svg.getBoundingClientRect(), at = ((event.clientX - box.left) / box.width) * d.svg.viewBox.baseVal.width;
    this.at(d.first + ((at - d.left) / (d.right - d.left)) * (d.last - d.first));
  }

  /** @param {number} day */
  at(day) {
    const { times } = /** @type {Course} */ (this.course), n = times.length;
    const i = Math.max(0, Math.min(n - 1, Math.round((day * 24 - times[0]) / (times[1] - times[0]))));
    this.day = times[i] / 24;
    for (const d of this.drawn) d.cursor.setAttribute("d", `M${d.x(this.day).toFixed(1)},${TOP}V${d.svg.viewBox.baseVal.height - FOOT}`);
    const hour = ((times[i] % 24) + 24) % 24, clock = `day ${Math.floor(this.day)}, ${String(Math.floor(hour)).padStart(2, "0")}:${String(Math.round((hour % 1) * 60)).padStart(2, "0")}`;
    this.say(i, clock);
    return clock;
  }

  rest() {
    this.day = undefined;
    for (const d of this.drawn) d.cursor.setAttribute("d", "");
    if (this.course) this.say(this.course.times.length - 1, "");
  }

  /** Values of all panels at one output. @param {number} i @param {string} clock */
  say(i, clock) {
    for (const d of this.drawn) {
      const firsts = d.columns.filter((/** @type {any} */ c) => c.k === 0).reverse();
      d.said.innerHTML = (clock ? `<i>${clock}</i> ` : "") + firsts.map((/** @type {any} */ c) => `<b style="color:${COLOURS[c.r]}">${shown(c.data[i] * d.scale)}</b>`).join(" ");
    }
    if (!clock || !this.reading) return;
    const words = this.drawn.map((d) => `${d.panel.title}: ${d.columns.filter((/** @type {any} */ c) => c.k === 0).reverse().map((/** @type {any} */ c) => `${this.names?.[c.r]} ${shown(c.data[i] * d.scale)}`).join(", ")} ${d.panel.unit}`);
    this.reading.textContent = `${clock}. ${words.join("; ")}`;
  }

  /** @type {HTMLElement | undefined} where the cursor's values are said to a screen reader */
  reading;

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.course) return;
    const { times } = this.course, first = times[0] / 24, last = times[times.length - 1] / 24, step = event.shiftKey ? 1 / 24 : 1, now = this.day ?? 0;
    /** @type {Record<string, number>} */
    const moves = { ArrowLeft: now - step, ArrowRight: now + step, Home: first, End: last };
    if (event.key === "Escape") this.rest();
    else if (event.key in moves) this.at(Math.max(first, Math.min(last, moves[event.key])));
    else return;
    event.preventDefault();
  }
}
