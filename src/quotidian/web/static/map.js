// The map of mechanisms: what is chosen and its neighbours stay in ink, the rest becomes the background. On a
// narrow page rows stand in its place, and the laws open below their row.
"use strict";

class MechanismMap {
  constructor(map, rows, detail, narrow, ask) {
    this.rows = rows;
    this.detail = detail;
    this.narrow = narrow;
    this.ask = ask;
    this.chosen = {};
    this.drawing = map.querySelector("svg");
    this.drawing.setAttribute("role", "group"); // an image could hold no buttons
    for (const one of this.drawing.querySelectorAll(".mechanism, .arrow")) this.button(one);
    map.addEventListener("click", (e) => this.pick(e.target));
    map.addEventListener("keydown", (e) => this.key(e));
    rows.addEventListener("click", (e) => this.row(e.target.closest(".rows > button")));
    detail.addEventListener("click", (e) => this.go(e.target.dataset));
  }

  button(one) {
    one.setAttribute("tabindex", "0");
    one.setAttribute("role", "button");
    one.setAttribute("aria-label", one.querySelector("title")?.textContent || "");
    if (!one.classList.contains("arrow")) return;
    const grip = one.cloneNode(true); // a wide unseen copy, so that a thin line can be hit
    for (const name of ["marker-end", "stroke-dasharray", "tabindex", "role", "aria-label"]) grip.removeAttribute(name);
    grip.classList.add("grip");
    one.before(grip);
  }

  pick(target) {
    const box = target.closest(".mechanism"), arrow = target.closest(".arrow");
    if (!box && !arrow) return this.whole();
    this.choose(box ? { name: box.dataset.name } : { source: arrow.dataset.source, target: arrow.dataset.target });
  }

  key(event) {
    if (event.key === "Escape") return this.whole();
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    this.pick(event.target);
  }

  row(button) {
    if (!button) return;
    if (button.getAttribute("aria-expanded") === "true") this.whole(); else this.choose({ name: button.dataset.name });
  }

  go({ name, source, target }) {
    if (name || source) this.choose(name ? { name } : { source, target });
  }

  choose(what) {
    this.chosen = what;
    this.focus(what);
    const row = this.narrow.matches && [...this.rows.querySelectorAll(":scope > button")].find((b) => b.dataset.name === what.name);
    if (row) row.after(this.detail);
    this.ask(what.name ? "box" : "arrow");
  }

  whole() {
    this.chosen = {};
    this.focus({});
    this.detail.replaceChildren();
  }

  focus({ name, source, target }) {
    for (const old of this.drawing.querySelectorAll(".chosen, .near")) old.classList.remove("chosen", "near");
    this.drawing.classList.toggle("focused", !!(name || source));
    const ends = new Set();
    for (const arrow of this.drawing.querySelectorAll(".arrow:not(.grip)")) {
      const { source: from, target: to } = arrow.dataset;
      if (name ? from !== name && to !== name : from !== source || to !== target) continue;
      ends.add(from).add(to);
      arrow.classList.add(name ? "near" : "chosen");
    }
    for (const box of this.drawing.querySelectorAll(".mechanism")) {
      if (box.dataset.name === name) box.classList.add("chosen");
      else if (ends.has(box.dataset.name)) box.classList.add("near");
    }
    for (const row of this.rows.querySelectorAll(":scope > button")) row.setAttribute("aria-expanded", String(row.dataset.name === name));
  }
}
