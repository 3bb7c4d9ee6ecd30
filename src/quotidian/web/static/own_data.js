// Measurements of one's own beside the simulated lines. They are read and drawn in the browser.
"use strict";

class OwnData {
  constructor(area, file, says, host, redraw) {
    this.area = area;
    this.says = says;
    this.columns = [];
    area.addEventListener("input", () => { this.read(area.value); redraw(); });
    file.addEventListener("change", () => this.load(file.files[0], redraw));
    host.addEventListener("dragover", (e) => e.preventDefault());
    host.addEventListener("drop", (e) => { e.preventDefault(); this.load(e.dataTransfer.files[0], redraw); });
  }

  async load(file, redraw) {
    if (!file) return;
    if (file.size > 1e6) { this.says.textContent = "The file is larger than 1 MB. Choose a table of the measurements alone."; return; }
    this.area.value = await file.text();
    this.read(this.area.value);
    redraw();
  }

  // "DAY,ANALYTE,VALUE,UNIT": one measurement a line, as the fit of a child reads it
  readLong(heads, body) {
    const [day, analyte, value, unit] = ["DAY", "ANALYTE", "VALUE", "UNIT"].map((name) => heads.indexOf(name));
    for (const [n, row] of body.entries()) {
      const [name, own] = [(row[analyte] || "").toLowerCase().replaceAll(" ", "_"), row[unit] || ""];
      if (name === "death") continue;
      const point = [Number(row[day] || NaN), Number((row[value] || "x").replace(/^[<>]/, ""))];
      if (!point.every(Number.isFinite)) { this.problem ||= `Line ${n + 2}: '${row[day]}' and '${row[value]}' must be numbers.`; continue; }
      let column = this.columns.find((c) => c.name === name && c.unit === own);
      if (!column) this.columns.push(column = { name, unit: own, points: [] });
      column.points.push(point);
    }
  }

  // "time_day,crp [mg/L],temperature" as the command line reads it: a line a time, an empty cell for no value
  read(text) {
    this.columns = [];
    this.problem = "";
    const lines = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((l) => l.trim());
    if (!lines.length) return;
    const mark = lines[0].includes("\t") ? "\t" : lines[0].includes(";") ? ";" : ",";
    const rows = lines.map((l) => l.split(mark).map((cell) => cell.trim()));
    const [heads, ...body] = rows;
    const named = heads.map((head) => head.toUpperCase());
    if (["DAY", "ANALYTE", "VALUE", "UNIT"].every((name) => named.includes(name))) { this.readLong(named, body); return; }
    const time = heads.indexOf("time_day");
    if (time < 0) { this.problem = "There are neither the columns DAY, ANALYTE, VALUE and UNIT nor time_day. Write for example: DAY,ANALYTE,VALUE,UNIT"; return; }
    heads.forEach((head, i) => {
      if (i === time) return;
      const [, name, unit] = /^([^[\]]*?)\s*(?:\[(.*)\])?$/.exec(head) || [null, head, undefined];
      this.columns.push({ name, unit, points: [] });
      for (const [n, row] of body.entries()) {
        if (!row[i]) continue;
        const [day, value] = [Number(row[time] || NaN), Number(row[i])];
        if (!Number.isFinite(day) || !Number.isFinite(value)) { this.problem ||= `Line ${n + 2}: '${row[time]}' and '${row[i]}' must be numbers.`; continue; }
        this.columns.at(-1).points.push([day, value]);
      }
    });
  }

  draw(chart) {
    for (const old of chart.svg.querySelectorAll(".own")) old.remove();
    const missed = [];
    let drawn = 0;
    for (const column of this.columns) {
      const found = chart.panels.map((panel) => [panel, panel.lines.find((l) => l.line.dataset.observable === column.name)]).find(([, l]) => l);
      if (!found) { missed.push(`no chart shows '${column.name}'`); continue; }
      const [panel, { line }] = found;
      if (column.unit !== undefined && column.unit !== line.dataset.unit) { missed.push(`'${column.name}' is shown in ${line.dataset.unit}, not ${column.unit}`); continue; }
      for (const [day, value] of column.points) drawn += this.point(chart, panel, line, day, value);
    }
    const parts = [this.problem, missed.length ? `Left out: ${missed.join("; ")}.` : "", drawn ? `${drawn} measurement${drawn > 1 ? "s" : ""} drawn.` : ""];
    this.says.textContent = parts.filter(Boolean).join(" ");
  }

  point(chart, panel, line, day, value) {
    if (day < chart.first || day > chart.last) return 0;
    const { low, high, log } = panel.scale;
    const scaled = value * Number(line.dataset.scale);
    const share = log ? Math.log(Math.max(scaled, low) / low) / Math.log(high / low) : (scaled - low) / (high - low);
    const inside = share >= 0 && share <= 1;
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    circle.setAttribute("class", inside ? "own" : "own beyond");
    circle.setAttribute("cx", panel.left + ((day - chart.first) / (chart.last - chart.first)) * (panel.right - panel.left));
    circle.setAttribute("cy", panel.bottom - Math.min(1, Math.max(0, share)) * (panel.bottom - panel.top));
    circle.setAttribute("r", 3.2);
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = `measured, day ${day}: ${value} ${line.dataset.unit}${inside ? "" : ", beyond the axis"}`;
    circle.append(title);
    chart.svg.append(circle);
    return 1;
  }
}
