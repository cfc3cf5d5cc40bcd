/* The query in colours while it is written: a layer behind the text area, which stays
   what is typed into, read out and sent. Without this file it is black on white. */
"use strict";

(function () {
  const MOST = 20000;
  const PIECES = /('(?:\\[^]|[^'\\])*'?)|(\b\d[\w.:+-]*)|([A-Za-z_][\w.]*)|[^]/g;

  function pieces(text, reserved) {
    const drawn = document.createDocumentFragment();
    for (const found of text.matchAll(PIECES)) {
      const kind = found[1] ? "text" : found[2] ? "number" : reserved.has(found[0].toUpperCase()) ? "keyword" : "";
      const last = drawn.lastChild;
      if (!kind && last && last.nodeType === Node.TEXT_NODE) {
        last.data += found[0];
      } else if (!kind) {
        drawn.append(found[0]);
      } else {
        const part = document.createElement("span");
        part.className = "sf-soql-" + kind;
        part.textContent = found[0];
        drawn.append(part);
      }
    }
    return drawn;
  }

  function paint(area) {
    if (area.closest(".sf-painted")) return;
    const reserved = new Set(area.dataset.sfPaint.split(" "));
    const holder = document.createElement("div");
    holder.className = "sf-painted";
    const layer = document.createElement("div");
    layer.className = "sf-paint";
    layer.setAttribute("aria-hidden", "true");
    area.replaceWith(holder);
    holder.append(layer, area);

    function draw() {
      /* A longer one would lag behind the keys: it keeps its own colour. */
      holder.classList.toggle("sf-plain", area.value.length > MOST);
      layer.replaceChildren(area.value.length > MOST ? "" : pieces(area.value + "\n", reserved));
      follow();
    }

    function follow() {
      layer.scrollTop = area.scrollTop;
    }

    area.addEventListener("input", draw);
    area.addEventListener("scroll", follow);
    draw();
  }

  function paintAll() {
    document.querySelectorAll("textarea[data-sf-paint]").forEach(paint);
  }

  document.addEventListener("DOMContentLoaded", paintAll);
  document.addEventListener("sf:woken", paintAll);
})();
