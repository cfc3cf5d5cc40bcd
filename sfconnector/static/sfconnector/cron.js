/* What a cron text means, while it is typed; a preset that is chosen is written down. */
"use strict";

(function () {
  const PAUSE_MS = 180;

  function watch(box) {
    const input = box.querySelector("input");
    const presets = box.querySelector("select");
    const told = box.querySelector(".sf-cron-told");
    let timer = null;
    let turn = 0;

    async function look() {
      const asked = ++turn;
      const query = new URLSearchParams({ text: input.value });
      try {
        const answer = await fetch(box.dataset.sfCron + "?" + query);
        if (!answer.ok || asked !== turn) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (asked === turn) told.replaceChildren(...page.body.childNodes);
      } catch (error) {
        /* The network is away: saving says what is wrong with the text. */
      }
    }

    input.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE_MS);
    });
    presets.addEventListener("change", function () {
      if (!presets.value) return;
      input.value = presets.value;
      presets.value = "";
      look();
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-sf-cron]").forEach(function (box) {
      if (box.dataset.sfCron) watch(box);
    });
  });
})();
