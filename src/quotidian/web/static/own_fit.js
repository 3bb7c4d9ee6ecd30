// The fit of the child to a visitor's measurements: asked for by a button, drawn over the charts, dropped when the child changes.
"use strict";

class OwnFit {
  constructor(button, says, form, ask) {
    this.says = says;
    this.form = form;
    this.found = null;
    button.addEventListener("click", () => { this.asked = this.who(); ask("fit", "", true); });
  }

  // what the fit depends on besides the measurements
  who() {
    return JSON.stringify(Object.entries(fields(this.form)).filter(([name]) => /^(age|sex|weight|steroid|a_.*)$/.test(name)));
  }

  answer(found) {
    this.found = found.ok ? found.bands : null;
    this.says.innerHTML = found.ok ? found.table : "";
  }

  drop() {
    this.found = null;
    this.says.textContent = "";
  }

  draw(chart) {
    for (const old of chart.svg.querySelectorAll(".own-band, .own-median")) old.remove();
    if (this.found && this.asked !== this.who()) this.drop();
    if (!this.found) return;
    for (const panel of chart.panels) {
      for (const { line } of panel.lines) {
        const band = this.found.of[line.dataset.observable];
        if (band && line.dataset.letter === "A") this.shade(chart, panel, Number(line.dataset.scale), band);
      }
    }
  }

  shade(chart, panel, scale, band) {
    const { low, high, log } = panel.scale;
    const kept = this.found.day.map((day, i) => [day, i]).filter(([day]) => day >= chart.first && day <= chart.last);
    if (kept.length < 2) return;
    const place = (values) => kept.map(([day, i]) => {
      const value = values[i] * scale;
      const share = log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
      const x = panel.left + ((day - chart.first) / (chart.last - chart.first)) * (panel.right - panel.left);
      return `${x.toFixed(1)},${(panel.bottom - Math.min(1, Math.max(0, share)) * (panel.bottom - panel.top)).toFixed(1)}`;
    });
    this.path(chart, "own-band", `M${[...place(band.low), ...place(band.high).reverse()].join("L")}Z`);
    this.path(chart, "own-median", `M${place(band.median).join("L")}`);
  }

  path(chart, kind, d) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "path");
    made.setAttribute("class", kind);
    made.setAttribute("d", d);
    chart.svg.append(made);
  }
}
