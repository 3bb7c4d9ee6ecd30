// Every live figure of a page comes alive; where it cannot, its picture stays.
import { figures } from "./quotidian/figures.js";

// What the theme leaves out for a keyboard or a screen reader.
const names = { ".announcement-content": "Notice", ".sidebar-drawer": "Pages", ".toc-drawer": "Sections of this page" };
for (const [place, name] of Object.entries(names)) document.querySelector(place)?.setAttribute("aria-label", name);
for (const caption of document.querySelectorAll(".caption[role=heading]")) caption.setAttribute("aria-level", "2");
function reach() { // whatever scrolls sideways is a stop of the Tab key
  for (const box of document.querySelectorAll(".table-wrapper, .math, pre")) box.toggleAttribute("tabindex", box.scrollWidth > box.clientWidth) && (box.tabIndex = 0);
}
reach();
addEventListener("resize", reach);

figures().catch((error) => console.info("Live figures stay pictures:", error));
