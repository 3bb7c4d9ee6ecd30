// Begin on a page that carries the model in itself: compressed, as text.
import { Live } from "./live.js";
import { Model } from "./quotidian.js";

/** @param {string} id of the element with the bytes, gzip in base64 @returns {Promise<ArrayBuffer>} */
function unpacked(id) {
  const text = /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
  const bytes = Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/** Put the live figure in the place of the picture. @returns {Promise<void>} */
export async function start() {
  const host = /** @type {HTMLElement} */ (document.getElementById("figure"));
  try {
    const [code, facts] = await Promise.all([unpacked("code"), unpacked("facts")]);
    const model = await Model.load(code, JSON.parse(new TextDecoder().decode(facts)));
    const live = new Live(host, model, JSON.parse(host.dataset.settings ?? "{}"));
    performance.mark("first-chart");
    Object.assign(globalThis, { quotidian: { model, live } });
    document.body.classList.add("alive");
  } catch (error) {
    const note = /** @type {HTMLElement} */ (document.getElementById("still-note"));
    note.textContent = `This browser cannot run the model (${error instanceof Error ? error.message : error}); the picture shows the first child of the page.`;
    note.hidden = false;
  }
}
