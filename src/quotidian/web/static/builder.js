// The study builder: the form follows the text and the text the form; what each means is the server's.
"use strict";

const studyArea = $("study-text");
const studyForm = $("study-form");
let studyWaits = ""; // why the text is older than the fields; empty if it is not
const studyPast = []; // texts before each change that the server made
let studyFocus = null; // chooses the control to focus after the form is drawn again
const studyAsk = asker("study", studyForm, () => ({ study: studyArea.value }));
follow(studyForm);

let typing = null;
studyArea.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => studyAsk("study", "text"), 300);
});
studyForm.addEventListener("input", (e) => studyAsk(e.target.name, "redraw" in e.target.dataset ? "redraw" : "fields"));
studyForm.addEventListener("click", (e) => {
  const button = e.target.closest("[data-act]");
  if (!button) return;
  const [act, at] = button.dataset.act.split(" ");
  const list = act === "add" ? at : at.replace(/\.\d+$/, "");
  studyFocus = () => (act === "add" && firstOfLast(list)) || studyForm.querySelector(`[data-act="add ${list}"]`);
  studyAsk(at, button.dataset.act, true);
});
$("study-variant").addEventListener("click", () => studyAsk("study", `variant ${trialForm.elements.trial.value}`, true));
$("study-empty").addEventListener("click", () => studyAsk("study", "empty", true));
$("study-clear").addEventListener("click", () => { writeStudy(""); studyAsk("study", "text", true); });
$("study-example").addEventListener("click", (e) => {
  writeStudy(e.currentTarget.dataset.study);
  studyAsk("study", "text", true);
});
$("study-undo").addEventListener("click", () => {
  if (studyPast.length) studyArea.value = studyPast.pop();
  studyAsk("study", "text", true);
});

function writeStudy(text) {
  if (text !== studyArea.value && studyPast.push(studyArea.value) > 200) studyPast.shift();
  studyArea.value = text;
}

$("study-download").addEventListener("click", (e) => {
  if (e.currentTarget.href.startsWith("blob:")) URL.revokeObjectURL(e.currentTarget.href);
  e.currentTarget.href = URL.createObjectURL(new Blob([studyArea.value], { type: "application/yaml" }));
});

function firstOfLast(list) { // the first control of the last row
  const rows = [...studyForm.querySelectorAll(".row, .give")].filter((e) => e.dataset.at.replace(/\.\d+$/, "") === list);
  return rows.pop()?.querySelector("input:not([type=hidden]), select, textarea");
}

function drawStudy(html) {
  const open = new Map([...studyForm.querySelectorAll("[data-section]")].map((d) => [d.dataset.section, d.open]));
  const name = studyForm.contains(document.activeElement) ? document.activeElement.name : "";
  studyForm.innerHTML = html;
  for (const d of studyForm.querySelectorAll("[data-section]")) if (open.has(d.dataset.section)) d.open = open.get(d.dataset.section);
  const target = studyFocus ? studyFocus() : name && studyForm.elements[name];
  if (target) (target.focus ? target : [...target].find((e) => e.type !== "hidden")).focus();
  studyFocus = null;
}

// Each fault at its field, or at the nearest part that is shown, and all of them in one list with links.
function studyFaults(faults) {
  for (const said of studyForm.querySelectorAll(".wrong")) said.hidden = true;
  for (const bad of studyForm.querySelectorAll("[aria-invalid]")) bad.removeAttribute("aria-invalid");
  const items = faults.map(({ at, says }) => {
    let near = at;
    while (near && !$(`w-${near}`)) near = near.replace(/\.?[^.]*$/, "");
    const said = $(`w-${near}`);
    const control = $(`f-${at}`) || said?.parentElement.querySelector("input:not([type=hidden]), select, textarea, button");
    if (said) { said.textContent = says; said.hidden = false; }
    $(`f-${at}`)?.setAttribute("aria-invalid", "true");
    const item = document.createElement("li");
    if (!control) { item.textContent = says; return item; }
    const link = document.createElement("button");
    link.type = "button";
    link.textContent = says;
    link.addEventListener("click", () => {
      for (let d = control.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
      control.focus();
    });
    item.append(link);
    return item;
  });
  const list = document.createElement("ul");
  list.append(...items);
  $("study-faults").hidden = !items.length;
  $("study-faults").replaceChildren(line("p", items.length === 1 ? "One entry needs correction:" : `${items.length} entries need correction:`), list);
}

function studyAnswer(found) {
  if (found.number !== latest.study) return;
  answered("study", found);
  if (!found.ok) { $("study-cannot").textContent = found.error; return; }
  if (found.text != null) writeStudy(found.text);
  if (found.form != null) drawStudy(found.form);
  $("study-cannot").textContent = found.cannot;
  studyFaults(found.faults);
  $("study-rules").innerHTML = found.rules;
  studyWaits = found.stale ? "The text is not changed until the entries named above have a value." : "";
  if (studyWaits) $("study-cannot").textContent = studyWaits;
  $("study-undo").disabled = !studyPast.length;
  if (found.file) $("study-download").download = found.file;
  $("study-downloads").hidden = !studyArea.value.trim();
  $("trial-runs").textContent = studyArea.value.trim() ? "Runs your own study." : "";
  const { trial, replicates, seed, members } = fields(trialForm);
  withStudy(`?${query({ page: "trial", trial, replicates, seed, members })}`, studyArea.value.trim() ? studyArea.value : "").then((link) => { $("study-link").href = link; });
}

// A study in the fragment of the link, and the first question about it.
function restoreStudy() {
  studyOf(location.hash, studyArea.maxLength).then((study) => {
    if (study) {
      studyArea.value = study;
      $("study-builder").open = true;
      $("trial-link").href = location.search + location.hash;
    }
    if (studyArea.value.trim()) studyAsk("study", "text", true);
  }).catch(() => refusal("trial-error", "The study in this link cannot be read: the link is incomplete. Copy the whole link, or paste the study."));
}
Shiny.addCustomMessageHandler("study", studyAnswer);
jQuery(document).on("shiny:sessioninitialized", restoreStudy);
