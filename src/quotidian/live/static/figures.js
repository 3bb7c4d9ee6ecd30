// Live figures on pages of a site: the model is fetched once, from the folder of this script.
import { Live } from "./live.js";
import { Model } from "./quotidian.js";

/**
 * Replace the picture in every element of class `quotidian-live` by a live figure; its attribute `data-settings` holds
 * {@link import("./live.js").Settings} as JSON. Where the model cannot run the pictures stay.
 * @param {Document} [page]
 */
export async function figures(page = document) {
  const places = [...page.querySelectorAll(".quotidian-live")];
  if (!places.length) return;
  const [code, facts] = await Promise.all([
    fetch(new URL("quotidian.wasm", import.meta.url)).then((r) => r.arrayBuffer()),
    fetch(new URL("model.json", import.meta.url)).then((r) => r.json()),
  ]);
  const model = await Model.load(code, facts);
  const alive = places.map((place) => new Live(/** @type {HTMLElement} */ (place), model, JSON.parse(place.getAttribute("data-settings") ?? "{}")));
  Object.assign(globalThis, { quotidian: { model, live: alive[0], all: alive } });
}
