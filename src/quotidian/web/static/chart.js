// A cursor over linked charts: values are read back from the places of the drawn points, and the time since
// the last dose from the days that the drawing carries. Dragging or keys choose a narrower or wider view.
"use strict";

class LinkedChart {
  constructor(host, reading, onWindow, onDay) {
    this.host = host;
    this.reading = reading;
    this.onWindow = onWindow;
    this.onDay = onDay;
    this.day = null;
    this.box = document.createElement("div");
    this.box.className = "tooltip";
    this.box.hidden = true;
    host.addEventListener("pointermove", (e) => this.move(e));
    host.addEventListener("pointerleave", (e) => { if (e.pointerType !== "touch") this.leave(); });
    host.addEventListener("pointerdown", (e) => this.press(e));
    host.addEventListener("pointerup", (e) => this.release(e));
    host.addEventListener("pointercancel", () => { this.start = null; this.shade(null); });
    document.addEventListener("pointerdown", (e) => { if (!host.contains(e.target)) this.leave(); });
    host.addEventListener("keydown", (e) => this.key(e));
  }

  show(markup, lines = true) {
    this.host.innerHTML = markup;
    this.host.append(this.box);
    this.svg = this.host.querySelector("svg");
    this.first = Number(this.svg.dataset.first);
    this.last = Number(this.svg.dataset.last);
    this.panels = [...this.svg.querySelectorAll("g.panel")].map((group) => this.panel(group));
    this.doses = {};
    for (const path of this.svg.querySelectorAll("path.doses")) {
      this.doses[path.dataset.letter] = path.dataset.days.split(" ").filter(Boolean).map(Number);
    }
    this.cursor = document.createElementNS("http://www.w3.org/2000/svg", "path");
    this.cursor.setAttribute("class", "cursor");
    this.band = document.createElementNS("http://www.w3.org/2000/svg", "path");
    this.band.setAttribute("class", "band");
    this.svg.append(this.band, this.cursor);
  }

  panel(group) {
    const [left, top, right, bottom] = group.dataset.box.split(" ").map(Number);
    const d = group.dataset;
    const scale = { low: Number(d.low), high: Number(d.high), log: d.log === "1" };
    const lines = [...group.querySelectorAll("polyline[data-name]")].map((line) => ({ line, points: null }));
    const points = [...group.querySelectorAll("path.published")].map((p) => ({ x: Number(p.dataset.x), words: p.dataset.words }));
    return { left, top, right, bottom, scale, lines, points, title: d.title, unit: d.unit };
  }

  place(event) {
    const box = this.svg.getBoundingClientRect();
    const k = this.svg.viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * k;
    const y = (event.clientY - box.top) * k;
    const under = this.panels.filter((p) => y >= p.top - 26 && y <= p.bottom + 26);
    const panel = under.find((p) => x >= p.left - 30 && x <= p.right + 30) || under[0];
    if (!panel) return null;
    const share = Math.min(1, Math.max(0, (x - panel.left) / (panel.right - panel.left)));
    return { panel, day: this.first + share * (this.last - this.first) };
  }

  values(panel, day) {
    const x = panel.left + ((day - this.first) / (this.last - this.first)) * (panel.right - panel.left);
    return panel.lines.map((entry) => {
      entry.points ??= entry.line.getAttribute("points").split(" ").map((p) => p.split(",").map(Number));
      const points = entry.points;
      let low = 0, high = points.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (points[middle][0] <= x) low = middle; else high = middle;
      }
      const [a, b] = [points[low], points[high]];
      const share = b[0] > a[0] ? Math.min(1, Math.max(0, (x - a[0]) / (b[0] - a[0]))) : 0;
      const y = a[1] + share * (b[1] - a[1]);
      const { low: bottom, high: top, log } = panel.scale;
      const up = (panel.bottom - y) / (panel.bottom - panel.top);
      const value = log ? bottom * Math.pow(top / bottom, up) : bottom + up * (top - bottom);
      return { value, letter: entry.line.dataset.letter, name: entry.line.dataset.name, colour: entry.line.getAttribute("stroke") };
    });
  }

  // the other regimens less the first, line by line
  between(rows, unit) {
    const first = rows[0]?.letter;
    return rows.filter((r) => r.letter !== first).flatMap((r) => {
      const base = rows.find((b) => b.letter === first && b.name === r.name);
      const value = base && r.value - base.value;
      return base ? [{ ...r, said: `${r.letter} − ${first} ${r.name}: ${value < 0 ? "−" : "+"}${plain(Math.abs(value))} ${unit}` }] : [];
    });
  }

  since(letter, day) {
    const before = (this.doses[letter] || []).filter((d) => d <= day + 1e-6);
    if (!before.length) return "before the first dose";
    const days = day - before[before.length - 1];
    return days < 2 ? `${Math.round(days * 24)} h since dose ${before.length}` : `${days.toFixed(1)} d since dose ${before.length}`;
  }

  at(day, panel, client) {
    this.day = day;
    const path = this.panels.map((p) => {
      const x = p.left + ((day - this.first) / (this.last - this.first)) * (p.right - p.left);
      return `M${x},${p.top}V${p.bottom}`;
    });
    this.cursor.setAttribute("d", path.join(""));
    const clock = ((day % 1) + 1) % 1 * 24;
    const hours = `${String(Math.floor(clock)).padStart(2, "0")}:${String(Math.floor((clock % 1) * 60)).padStart(2, "0")}`;
    const head = `day ${Math.floor(day)}, ${hours}`;
    const rows = this.values(panel, day).map((v) => ({ ...v, said: `${v.letter} ${v.name}: ${plain(v.value)} ${panel.unit}` }));
    if (this.differences) rows.push(...this.between(rows, panel.unit));
    const x0 = panel.left + ((day - this.first) / (this.last - this.first)) * (panel.right - panel.left);
    const published = panel.points.filter((p) => Math.abs(p.x - x0) < 8).map((p) => p.words);
    const doses = Object.keys(this.doses).filter((letter) => this.doses[letter].length).map((letter) => `${letter}: ${this.since(letter, day)}`);
    this.box.replaceChildren(line("b", `${panel.title}, ${head}`));
    for (const row of rows) {
      const entry = line("div", row.said);
      entry.style.borderLeft = `3px solid ${row.colour}`;
      this.box.append(entry);
    }
    for (const said of [...doses, ...published]) this.box.append(line("small", said));
    this.box.hidden = false;
    const host = this.host.getBoundingClientRect();
    const svg = this.svg.getBoundingClientRect();
    const k = svg.width / this.svg.viewBox.baseVal.width;
    const x = client ? client.x - host.left : (panel.left + ((day - this.first) / (this.last - this.first)) * (panel.right - panel.left)) * k;
    const y = client ? client.y - host.top : panel.top * k;
    const width = this.box.offsetWidth;
    this.box.style.left = `${Math.max(0, x + 14 + width > host.width ? x - width - 14 : x + 14)}px`;
    this.box.style.top = `${Math.max(0, y - 8)}px`;
    return [head, panel.title, ...rows.map((r) => r.said), ...doses, ...published].join("; ");
  }

  move(event) {
    if (!this.svg) return;
    const found = this.place(event);
    if (!found) return this.leave();
    this.current = found.panel;
    this.at(found.day, found.panel, { x: event.clientX, y: event.clientY });
    if (this.start != null) this.shade(found.day);
  }

  leave() {
    this.box.hidden = true;
    if (this.cursor) this.cursor.removeAttribute("d");
  }

  press(event) {
    if (event.pointerType === "touch") return this.move(event); // a tap reads the chart; there is no hovering
    if (!this.onWindow) return;
    const found = this.svg && this.place(event);
    if (found) this.start = found.day;
  }

  release(event) {
    if (this.start == null) return;
    const found = this.place(event), start = this.start;
    this.start = null;
    this.shade(null);
    if (!found) return;
    if (Math.abs(found.day - start) < (this.last - this.first) / 100) this.onDay?.(found.day);
    else this.onWindow(Math.min(start, found.day), Math.max(start, found.day));
  }

  shade(day) {
    if (day == null) return this.band.removeAttribute("d");
    const d = this.panels.map((p) => {
      const [a, b] = [this.start, day].map((t) => p.left + ((t - this.first) / (this.last - this.first)) * (p.right - p.left));
      return `M${a},${p.top}H${b}V${p.bottom}H${a}z`;
    });
    this.band.setAttribute("d", d.join(""));
  }

  zoom(factor) {
    const middle = this.day != null && this.day > this.first && this.day < this.last ? this.day : (this.first + this.last) / 2;
    const half = ((this.last - this.first) * factor) / 2;
    this.onWindow?.(middle - half, middle + half);
  }

  key(event) {
    if (!this.svg || event.target !== this.host) return;
    const step = (this.last - this.first) / (event.shiftKey ? 12 : 120);
    const panel = this.current || this.panels[0];
    const day = this.day ?? this.first;
    const moves = { ArrowLeft: day - step, ArrowRight: day + step, Home: this.first, End: this.last };
    if (event.key in moves) {
      const to = Math.min(this.last, Math.max(this.first, moves[event.key]));
      this.reading.textContent = this.at(to, panel, null);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const n = this.panels.length, i = this.panels.indexOf(panel) + (event.key === "ArrowDown" ? 1 : n - 1);
      this.current = this.panels[i % n];
      this.reading.textContent = this.at(Math.min(this.last, Math.max(this.first, day)), this.current, null);
    } else if (event.key === "+" || event.key === "=") this.zoom(0.5);
    else if (event.key === "-") this.zoom(2);
    else if (event.key === "Enter") this.onDay?.(day);
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }
}

function line(tag, said) {
  const made = document.createElement(tag);
  made.textContent = said;
  return made;
}

function plain(value) {
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toPrecision(2);
}
