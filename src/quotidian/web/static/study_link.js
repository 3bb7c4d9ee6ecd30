// A pasted study in the fragment of a link, which browsers keep and never send.
"use strict";

const STUDY = "#study=";

async function withStudy(link, study) {
  if (!study) return link;
  const stream = new Blob([study]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const code = btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
  return link + STUDY + code.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The study of a fragment; empty if there is none. Rejects what is damaged, or longer than a study may be.
async function studyOf(fragment, longest) {
  if (!fragment.startsWith(STUDY)) return "";
  const code = atob(fragment.slice(STUDY.length).replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(code, (c) => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).pipeThrough(new TextDecoderStream()).getReader();
  let study = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    study += part.value;
    if (study.length > longest) throw new Error("too long");
  }
  return study;
}
