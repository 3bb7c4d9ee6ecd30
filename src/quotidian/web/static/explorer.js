// Carries forms to the server and answers to the page; everything that is computed or worded is the server's.
"use strict";

document.documentElement.lang = "en";
const $ = (id) => document.getElementById(id);
const narrow = window.matchMedia("(max-width: 760px)");
const wide = () => !narrow.matches;
const latest = {}; // by page: the number of its newest question, until that is answered
let number = 0;

function fields(form) { // several checkboxes of one name become one field
  const data = new FormData(form);
  return Object.fromEntries([...new Set(data.keys())].map((k) => [k, data.getAll(k).join(",")]));
}
const refusal = (id, said) => { $(id).textContent = said || ""; $(id).hidden = !said; };
const query = (found) => new URLSearchParams(found).toString();
const status = (said) => { $("status").textContent = said; };

// ---- one question at a time to a page's answerer; a control that is dragged asks at most every 60 ms
function asker(name, form, extra = () => ({})) {
  let timer = null;
  const ask = (moved, what) => {
    timer = null;
    latest[name] = ++number;
    status("working");
    document.body.setAttribute("aria-busy", "true");
    Shiny.setInputValue(`ask_${name}`, { fields: { ...fields(form), ...extra() }, moved, what, wide: wide(), number }, { priority: "event" });
  };
  return (moved, what, now) => {
    if (now) return ask(moved, what);
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => ask(moved, what), 60);
  };
}

function answered(name, found) {
  if (found.number === latest[name]) delete latest[name];
  if (Object.keys(latest).length) return;
  document.body.removeAttribute("aria-busy");
  status(found.seconds != null ? `answered in ${found.seconds} s` : "ready");
}

function follow(form) {
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("input", (e) => {
    const shown = form.querySelector(`output[data-of="${e.target.name}"]`);
    if (shown) shown.textContent = Number(e.target.value).toPrecision(4).replace(/\.?0+$/, "");
  });
}

// ---- pages
function turn(page, link) {
  for (const section of document.querySelectorAll(".page")) section.hidden = section.id !== `page-${page}`;
  for (const a of document.querySelectorAll("nav a")) {
    if (a.dataset.page === page) a.setAttribute("aria-current", "page"); else a.removeAttribute("aria-current");
  }
  if (link) history.replaceState(null, "", link);
  if (page === "system" && !$("system-chart").firstChild) systemAsk("link", "", true);
}

document.querySelector("nav").addEventListener("click", (e) => {
  const page = e.target.dataset.page;
  if (!page || e.ctrlKey || e.metaKey) return;
  e.preventDefault();
  turn(page, page === "child" ? $("child-link").getAttribute("href") : $(`${page}-link`).getAttribute("href") || `?page=${page}`);
});

document.querySelector(".skip").addEventListener("click", (e) => {
  e.preventDefault();
  const shown = document.querySelector(".page:not([hidden])");
  const target = shown.querySelector("[data-skip-to]");
  target.focus();
  target.scrollIntoView({ block: "start" });
});

// ---- Child
const childForm = $("child-form");
const childAsk = asker("child", childForm);
const chart = new LinkedChart($("child-chart"), $("child-reading"), (first, last) => view(first, last), (day) => {
  childForm.elements.at.value = day.toFixed(2);
  childAsk("at");
});

const own = new OwnData($("own-text"), $("own-file"), $("own-says"), $("child-chart"), () => { if (chart.svg) own.draw(chart); });
const ownFit = new OwnFit($("own-fit"), $("child-fit"), childForm, asker("fit", childForm, () => ({ measurements: own.area.value })));

function fitAnswer(found) {
  answered("fit", found);
  refusal("fit-error", found.ok ? "" : found.error);
  ownFit.answer(found);
  ownFit.draw(chart);
  own.draw(chart);
}

function view(first, last) {
  const end = 7 * Number(childForm.elements.weeks.value);
  const whole = last - first >= end + 7;
  childForm.elements.from.value = whole ? "" : Math.max(-7, first).toPrecision(7);
  childForm.elements.to.value = whole ? "" : Math.min(end, last).toPrecision(7);
  childAsk("window");
}

follow(childForm);
childForm.addEventListener("input", (e) => {
  if (e.target.name === "weeks") { childForm.elements.from.value = ""; childForm.elements.to.value = ""; childForm.elements.at.value = ""; }
  childAsk(e.target.name);
});
for (const button of document.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    if (button.dataset.zoom === "all") view(-1e9, 1e9); else chart.zoom(button.dataset.zoom === "in" ? 0.4 : 2.5);
  });
}
$("print").addEventListener("click", () => window.print());

function childAnswer(found) {
  answered("child", found);
  refusal("child-error", found.ok ? "" : found.error);
  if (!found.ok) return;
  chart.differences = found.differences;
  chart.show(found.svg);
  ownFit.draw(chart);
  own.draw(chart);
  $("child-beside").innerHTML = found.beside;
  $("child-legend").innerHTML = found.legend;
  $("child-lights").innerHTML = found.lights;
  $("child-cli").textContent = found.cli;
  $("child-python").textContent = found.python;
  $("child-link").href = found.link;
  $("child-svg").href = `child.svg?${query(found.query)}`;
  $("child-csv").href = `child.csv?${query(found.query)}`;
  const weight = childForm.elements.weight, w = found.weight;
  weight.min = w.low;
  weight.max = w.high;
  if (document.activeElement !== weight) weight.value = w.value;
  childForm.querySelector('output[data-of="weight"]').textContent = Number(w.value).toPrecision(3);
  $("weight-says").textContent = w.says;
  if (!found.drawn) childForm.elements.drawn.value = "";
  if (!$("page-child").hidden) history.replaceState(null, "", found.link);
}

// ---- Trial
const trialForm = $("trial-form");
let trialRunning = false;
let studyRun = "";
trialForm.addEventListener("submit", (e) => {
  e.preventDefault();
  refusal("trial-error", studyWaits);
  if (studyWaits) return toTrial("trial-error");
  running(true);
  toTrial("trial-bar");
  studyRun = trialForm.elements.study.value.trim();
  Shiny.setInputValue("ask_trial", { fields: fields(trialForm), number: ++number }, { priority: "event" });
});
$("trial-cancel").addEventListener("click", () => Shiny.setInputValue("cancel_trial", ++number, { priority: "event" }));

function toTrial(id) { // beside an open form, what happens may lie far away
  if ($("study-builder").open) $(id).scrollIntoView({ block: "nearest" });
}

function running(on) {
  trialRunning = on;
  $("trial-run").disabled = on;
  $("trial-cancel").disabled = !on;
  $("trial-bar").hidden = !on;
  $("trial-progress").value = 0;
}

function trialAnswer(found) {
  running(false);
  refusal("trial-error", found.ok ? "" : found.error);
  if (!found.ok) return toTrial("trial-error");
  $("trial-empty").hidden = true;
  $("trial-result").hidden = false;
  toTrial("trial-headline");
  $("trial-headline").textContent = found.headline;
  $("trial-agreement").textContent = found.agreement;
  $("trial-figures").replaceChildren(...found.figures.map((f) => {
    const figure = document.createElement("figure");
    figure.innerHTML = `<h3></h3><div class="wide">${f.wide}</div><div class="narrow">${f.narrow}</div><figcaption></figcaption>`;
    figure.querySelector("h3").textContent = f.title;
    figure.querySelector("figcaption").textContent = f.caption;
    const link = line("a", "Figure (SVG)");
    link.className = "button";
    link.href = `trial.svg?${found.download}&figure=${f.name}`;
    link.download = `quotidian-${f.name}.svg`;
    figure.append(link);
    return figure;
  }));
  $("trial-table").innerHTML = found.table;
  $("trial-children").innerHTML = found.children;
  $("trial-children").closest("figure").hidden = !found.children;
  $("children-svg").href = `trial.svg?${found.download}&figure=children`;
  $("trial-csv").href = `trial.csv?${found.download}`;
  withStudy(found.link, studyRun).then((link) => { $("trial-link").href = link; });
  $("trial-cli").textContent = found.cli;
  $("trial-python").textContent = found.python;
  status(`trial run in ${found.seconds} s`);
}

// ---- System
const systemForm = $("system-form");
const systemAsk = asker("system", systemForm, () => mechanisms.chosen);
const mechanisms = new MechanismMap($("map"), $("map-rows"), $("system-detail"), narrow, (kind) => systemAsk("map", kind, true));
const pair = new LinkedChart($("system-chart"), $("child-reading"), null, null);
follow(systemForm);
systemForm.addEventListener("input", () => systemAsk("factor", "change"));
$("system-detail").addEventListener("click", (e) => {
  const name = e.target.dataset.parameter;
  if (!name) return;
  const list = systemForm.elements.parameter;
  if (![...list.options].some((o) => o.value === name)) list.add(new Option(e.target.dataset.words, name));
  list.value = name;
  systemForm.elements.factor.value = 2;
  systemForm.querySelector('output[data-of="factor"]').textContent = "2";
  systemAsk("parameter", "change", true);
  $("system-words").scrollIntoView({ behavior: "smooth" });
});

function systemAnswer(found) {
  answered("system", found);
  refusal("system-error", found.ok ? "" : found.error);
  if (!found.ok) return;
  if (found.detail != null) {
    $("system-detail").innerHTML = found.detail;
    for (const law of document.querySelectorAll(".formula")) if (law.scrollWidth > law.clientWidth) law.tabIndex = 0;
    return;
  }
  pair.show(found.svg);
  $("system-table").innerHTML = found.table;
  $("system-words").textContent = `Before and after: ${found.words}`;
  $("system-python").textContent = found.python;
  $("system-link").href = found.link;
  $("system-svg").href = `system.svg?${query(found.query)}`;
  $("system-csv").href = `system.csv?${query(found.query)}`;
  if (!$("page-system").hidden) history.replaceState(null, "", found.link);
}

// ---- wiring
if (narrow.matches) for (const drawer of document.querySelectorAll("#page-child .drawer")) drawer.removeAttribute("open");
narrow.addEventListener("change", () => { childAsk("width"); if ($("system-chart").firstChild) systemAsk("width", "change"); });
Shiny.addCustomMessageHandler("child", childAnswer);
Shiny.addCustomMessageHandler("fit", fitAnswer);
Shiny.addCustomMessageHandler("trial", trialAnswer);
Shiny.addCustomMessageHandler("system", systemAnswer);
Shiny.addCustomMessageHandler("trial-progress", (found) => {
  $("trial-progress").value = found.share;
  $("trial-said").textContent = found.share >= 1 ? "All children simulated; drawing the figures" : found.share > 0 ? `${Math.floor(100 * found.share)} % of the children simulated` : "Waiting in the queue";
});
jQuery(document).on("shiny:sessioninitialized", () => {
  status("ready");
  childAsk("link", "", true);
  turn(document.querySelector(".page:not([hidden])").id.slice(5), "");
});
jQuery(document).on("shiny:disconnected", () => { status("connection lost: reload the page"); document.body.classList.add("lost"); });
