/* Copy buttons, live runs, forms that change with a choice. Pages work without it. */
"use strict";

(function () {
  const EVERY_MS = 2000;

  function copy(button) {
    const source = document.getElementById(button.dataset.sfCopy);
    if (!source) return;
    const done = button.dataset.sfDone || "";
    const before = button.lastChild.textContent;
    navigator.clipboard.writeText(source.textContent.trim()).then(function () {
      button.lastChild.textContent = done;
      setTimeout(function () { button.lastChild.textContent = before; }, 1600);
    }).catch(function () {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
    });
  }

  function fill(panel, state) {
    for (const element of panel.querySelectorAll("[data-sf-value]")) {
      const value = state.values[element.dataset.sfValue];
      if (value !== undefined && element.textContent !== value) element.textContent = value;
    }
    const bar = panel.querySelector("progress");
    if (bar && state.expected) {
      bar.max = state.expected;
      bar.value = state.done;
    }
  }

  function follow(panel) {
    let timer = null;
    async function look() {
      timer = null;
      if (document.hidden) return;
      try {
        const answer = await fetch(panel.dataset.sfLive, { headers: { Accept: "application/json" } });
        if (!answer.ok) return;
        const state = await answer.json();
        fill(panel, state);
        if (state.state !== panel.dataset.sfState) {
          window.location.reload();
          return;
        }
        if (!state.active) return;
      } catch (error) {
        /* The site is restarting or the network is away: look again. */
      }
      timer = setTimeout(look, EVERY_MS);
    }
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && timer === null) look();
    });
    timer = setTimeout(look, EVERY_MS);
  }

  /* A row marked with data-sf-when="kind=object" shows only for that choice. */
  function applyChoices(form) {
    for (const marked of form.querySelectorAll("[data-sf-when]")) {
      const [name, wanted] = marked.dataset.sfWhen.split("=");
      const field = form.elements.namedItem(name);
      const row = marked.closest(".form-row") || marked;
      if (field) row.hidden = !wanted.split("|").includes(field.value);
    }
  }

  function narrow(input) {
    const table = document.getElementById(input.dataset.sfNarrow);
    const wanted = input.value.trim().toLowerCase();
    for (const row of table.tBodies[0].rows) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    }
  }

  /* A button marked with data-sf-append adds its text as a line of a text area. */
  function append(button) {
    const area = document.getElementById(button.dataset.sfAppend);
    const lines = area.value.split(/\s+/).filter(Boolean);
    if (!lines.includes(button.dataset.sfText)) lines.push(button.dataset.sfText);
    area.value = lines.join("\n");
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.addEventListener("click", function (event) {
      const copying = event.target.closest("[data-sf-copy]");
      if (copying) copy(copying);
      const appending = event.target.closest("[data-sf-append]");
      if (appending) append(appending);
    });
    document.querySelectorAll("[data-sf-live]").forEach(follow);
    document.querySelectorAll("form").forEach(function (form) {
      if (!form.querySelector("[data-sf-when]")) return;
      applyChoices(form);
      form.addEventListener("change", function () { applyChoices(form); });
    });
    document.querySelectorAll("[data-sf-narrow]").forEach(function (input) {
      input.addEventListener("input", function () { narrow(input); });
    });
    document.querySelectorAll("[data-sf-submit]").forEach(function (field) {
      field.addEventListener("change", function () { field.form.requestSubmit(); });
    });
  });
})();
