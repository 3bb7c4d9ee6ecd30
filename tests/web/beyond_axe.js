// Faults of a page that axe-core does not see: pale text in drawings, and content beyond its card. A list of texts.
() => {
  const seen = (e) => e.getClientRects().length && getComputedStyle(e).visibility !== "hidden" && !e.closest(".sr, .skip");
  const rgb = (text) => { const p = text.match(/[\d.]+/g)?.map(Number) || [0, 0, 0, 0]; return [p[0], p[1], p[2], p[3] ?? 1]; };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const white = [255, 255, 255]; // drawings have white paper
  const over = (top) => top.slice(0, 3).map((c, i) => c * top[3] + white[i] * (1 - top[3]));
  const shown = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${e.getAttribute("class") || ""} '${e.textContent.trim().slice(0, 30)}'`;
  const faults = [];
  for (const e of document.querySelectorAll("svg text, svg tspan")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !seen(e)) continue;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const [a, b] = [light(over(rgb(style.fill))), light(white)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), wanted = size >= 24 || (bold && size >= 18.66) ? 3 : 4.5;
    if (ratio < wanted) faults.push(`contrast ${ratio.toFixed(2)} of ${shown(e)}`);
  }
  for (const e of document.querySelectorAll(".charts, .controls fieldset, #map, footer, header")) {
    if (!seen(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.right > innerWidth + 1) faults.push(`beyond the page: ${shown(e)}`);
    for (const inner of e.querySelectorAll("th, td, h2, h3, p, label, select")) if (seen(inner) && !inner.closest(".scroll, .map, .detail, pre") && inner.getBoundingClientRect().right > box.right + 1) faults.push(`beyond its card: ${shown(inner)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} pixels`);
  return faults;
}
