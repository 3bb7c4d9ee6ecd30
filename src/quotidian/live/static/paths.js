// Ticks of an axis, and the paths of lines and areas at the resolution of a drawing.

const SEEN = 0.4; // units of the drawing below which the range of a bundle of points cannot be seen

/** To a tenth, quicker than toFixed. @param {number} v */
const tenth = (v) => Math.round(v * 10) / 10;

/** Ticks of a linear axis. @param {number} low @param {number} high */
export function nice(low, high) {
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough) ?? 10), first = Math.floor(low / step + 1e-9) * step;
  const ticks = [];
  for (let k = 0; first + k * step < high + step * (1 - 1e-9); k++) ticks.push(Number((first + k * step).toPrecision(12)));
  return ticks;
}

/** @param {number} low @param {number} high */
export function decades(low, high) {
  const ticks = [];
  for (let e = Math.floor(Math.log10(low) + 1e-9); ticks.length < 2 || ticks[ticks.length - 1] < high * (1 - 1e-9); e++) ticks.push(Number((10 ** e).toPrecision(6)));
  return ticks;
}

/**
 * A line; where points lie closer than half a unit of the drawing, the lowest and highest of each unit, or its last if they lie as close.
 * @param {Float64Array} data @param {number} scale @param {(d: number) => number} x @param {(v: number) => number} y @param {Float64Array} times
 */
export function path(data, scale, x, y, times) {
  const n = data.length, bundle = Math.max(1, Math.floor((1.2 * n) / (x(times[n - 1] / 24) - x(times[0] / 24))));
  /** @type {[number, number][]} */
  const parts = [];
  const add = (/** @type {number} */ j, /** @type {number} */ at) => {
    const k = parts.length, across = tenth(x(times[j] / 24));
    if (k > 1 && parts[k - 1][1] === at && parts[k - 2][1] === at) parts[k - 1][0] = across; // a level stretch needs its two ends
    else parts.push([across, at]);
  };
  add(0, tenth(y(data[0] * scale)));
  for (let i = 1; i < n; i += bundle) {
    let low = i, high = i, end = Math.min(n, i + bundle);
    for (let j = i + 1; j < end; j++) {
      if (data[j] < data[low]) low = j;
      if (data[j] > data[high]) high = j;
    }
    const down = tenth(y(data[low] * scale)), top = tenth(y(data[high] * scale));
    if (low !== high && down - top < SEEN) add(end - 1, tenth(y(data[end - 1] * scale)));
    else if (low < high) { add(low, down); add(high, top); }
    else { add(high, top); if (low !== high) add(low, down); }
  }
  return `M${parts.map((p) => p.join()).join("L")}`;
}

/**
 * The line of each day: its mean, or its highest.
 * @param {Float64Array} data @param {string} kind @param {number} scale @param {(d: number) => number} x @param {(v: number) => number} y @param {Float64Array} times
 */
export function daily(data, kind, scale, x, y, times) {
  const points = eachDay(times).map(([from, to]) => {
    let value = kind === "highest" ? -Infinity : 0;
    for (let i = from; i < to; i++) value = kind === "highest" ? Math.max(value, data[i]) : value + data[i] / (to - from);
    return `${tenth(x((times[from] + times[to - 1]) / 48))},${tenth(y(value * scale))}`;
  });
  return `M${points.join("L")}`;
}

/**
 * The range of each day as an area.
 * @param {Float64Array} data @param {number} scale @param {(d: number) => number} x @param {(v: number) => number} y @param {Float64Array} times
 */
export function range(data, scale, x, y, times) {
  /** @type {string[]} */
  const above = [], below = [];
  for (const [from, to] of eachDay(times)) {
    let low = data[from], high = low;
    for (let i = from; i < to; i++) { low = Math.min(low, data[i]); high = Math.max(high, data[i]); }
    const at = tenth(x((times[from] + times[to - 1]) / 48));
    above.push(`${at},${tenth(y(high * scale))}`);
    below.push(`${at},${tenth(y(low * scale))}`);
  }
  return `M${above.join("L")}L${below.reverse().join("L")}z`;
}

/** First output of each day, and the one after its last; a day of one output is left out. @param {Float64Array} times @returns {[number, number][]} */
function eachDay(times) {
  const each = Math.max(1, Math.round(24 / (times[1] - times[0]))), found = [];
  for (let i = 0; i < times.length - 1; i += each) found.push(/** @type {[number, number]} */ ([i, Math.min(i + each, times.length)]));
  return found;
}
