// Faults of a page that keep people from using it; WCAG 2.1 AA in computed styles. Returns a list of texts.
() => {
  const seen = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden" && !e.closest(".sr, .skip");
  const rgb = (text) => { const p = text.match(/[\d.]+/g)?.map(Number) || [0, 0, 0, 0]; return [p[0], p[1], p[2], p[3] ?? 1]; };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
  const ground = (e) => {
    const layers = [];
    for (let up = e; up; up = up.parentElement) layers.push(rgb(getComputedStyle(up).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const name = (e) => (e.getAttribute("aria-label") || e.querySelector?.("title")?.textContent || [...(e.labels || [])].map((l) => l.textContent).join(" ") || e.textContent || e.getAttribute("title") || "").trim();
  const shown = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${e.getAttribute("class") || ""} '${e.textContent.trim().slice(0, 30)}'`;
  const faults = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !seen(e) || e.closest(":disabled, script, style, title, option")) continue;
    const style = getComputedStyle(e), svg = e.ownerSVGElement;
    const back = svg ? ground(svg.parentElement) : ground(e);
    const ink = over(rgb(svg ? style.fill : style.color), back);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    if (ratio < wanted) faults.push(`contrast ${ratio.toFixed(2)} of ${shown(e)}`);
  }
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a[href], summary, [role=button], [role=application], [role=img], [role=group], progress")) {
    if (seen(e) && !name(e)) faults.push(`no name: ${shown(e)}`);
  }
  let before = 0;
  for (const e of [...document.querySelectorAll("h1, h2, h3, h4, h5")].filter(seen)) {
    const level = Number(e.tagName[1]);
    if (level > before + 1) faults.push(`heading ${level} after ${before}: ${shown(e)}`);
    before = level;
  }
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  for (const one of ["main", "header", "footer", "nav"]) if (document.querySelectorAll(`body > ${one}, body > * > ${one}, ${one}`).length !== 1) faults.push(`not one ${one}`);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((x, i) => ids.indexOf(x) !== i))) faults.push(`id twice: ${id}`);
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby], [for]")) {
    for (const key of ["aria-labelledby", "aria-describedby", "for"]) for (const id of (e.getAttribute(key) || "").split(" ").filter(Boolean)) if (!document.getElementById(id)) faults.push(`${key} to nothing: ${id}`);
  }
  for (const e of document.querySelectorAll("[tabindex]")) if (Number(e.getAttribute("tabindex")) > 0) faults.push(`order forced: ${shown(e)}`);
  for (const e of document.querySelectorAll("button, select, summary, .button, nav a, input:not([type=hidden])")) {
    const box = e.getBoundingClientRect();
    if (seen(e) && (box.height < 24 || box.width < 24)) faults.push(`small target ${box.width.toFixed(0)}×${box.height.toFixed(0)}: ${shown(e)} ${e.name || ""}`);
  }
  for (const e of document.querySelectorAll(".charts, .controls fieldset, #map, footer, header")) {
    if (!seen(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.right > innerWidth + 1) faults.push(`beyond the page: ${shown(e)}`);
    for (const inner of e.querySelectorAll("th, td, h2, h3, p, label, select")) if (seen(inner) && !inner.closest(".scroll, .map, .detail, pre") && inner.getBoundingClientRect().right > box.right + 1) faults.push(`beyond its card: ${shown(inner)}`);
  }
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title) faults.push("no title");
  return faults;
}
