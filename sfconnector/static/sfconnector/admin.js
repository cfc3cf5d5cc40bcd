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

  /* What a search hides of a table is not sent either. */
  function narrow(input) {
    const table = document.getElementById(input.dataset.sfNarrow);
    const wanted = input.value.trim().toLowerCase();
    for (const row of table.tBodies[0].rows) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
      for (const box of row.querySelectorAll("input")) box.disabled = row.hidden;
    }
    document.querySelectorAll("[data-sf-shown]").forEach(meanShown);
    document.querySelectorAll("[data-sf-tick-all]").forEach(followTicks);
  }

  function shownBoxes(id) {
    return Array.from(document.querySelectorAll("#" + id + " tbody input[type=checkbox]:enabled"));
  }

  /* A button marked with data-sf-shown acts on the rows that are shown, and says so. */
  function meanShown(button) {
    const id = button.dataset.sfShown;
    const shown = shownBoxes(id);
    const label = button.lastElementChild;
    button.dataset.sfAll = button.dataset.sfAll || label.textContent;
    const isWhole = shown.length === document.getElementById(id).tBodies[0].rows.length;
    button.value = shown.map(function (box) { return box.value; }).join(",");
    label.textContent = isWhole
      ? button.dataset.sfAll : button.dataset.sfSome.replace("#", shown.length);
  }

  function followTicks(head) {
    const shown = shownBoxes(head.dataset.sfTickAll);
    head.checked = shown.length > 0 && shown.every(function (box) { return box.checked; });
  }

  function tickShown(head) {
    for (const box of shownBoxes(head.dataset.sfTickAll)) box.checked = head.checked;
  }

  /* A button marked with data-sf-append adds its text as a line of a text area. */
  function append(button) {
    const area = document.getElementById(button.dataset.sfAppend);
    const lines = area.value.split(/\s+/).filter(Boolean);
    if (!lines.includes(button.dataset.sfText)) lines.push(button.dataset.sfText);
    area.value = lines.join("\n");
  }

  /* A form that was sent is not sent again by a second press. Its buttons come back
     with the page, or after a while: the answer may be a download. */
  const AGAIN_MS = 8000;

  function buttonsOf(form) {
    return Array.from(form.elements).filter(function (element) {
      return element.type === "submit";
    });
  }

  function release(form) {
    delete form.dataset.sfSent;
    buttonsOf(form).forEach(function (button) { button.disabled = false; });
  }

  function guard(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sfSent) {
      event.preventDefault();
      return;
    }
    form.dataset.sfSent = "yes";
    /* Only now: a button that is disabled at once is not sent along. */
    setTimeout(function () {
      buttonsOf(form).forEach(function (button) { button.disabled = true; });
    }, 0);
    setTimeout(function () { release(form); }, AGAIN_MS);
  }

  document.addEventListener("submit", guard);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) document.querySelectorAll("form[data-sf-sent]").forEach(release);
  });

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
      input.addEventListener("keydown", function (event) {
        if (event.key === "Enter") event.preventDefault();
      });
      if (input.value) narrow(input);
    });
    document.querySelectorAll("[data-sf-tick-all]").forEach(function (head) {
      head.hidden = false;
      followTicks(head);
      head.addEventListener("change", function () { tickShown(head); });
      document.getElementById(head.dataset.sfTickAll).tBodies[0].addEventListener(
        "change", function () { followTicks(head); });
    });
    /* What stands in a link behind "#" reaches no server but in this form. */
    const secret = document.querySelector("[data-sf-from-link]");
    if (secret && window.location.hash.length > 1) {
      secret.value = window.location.hash.slice(1);
      secret.form.requestSubmit();
    }
    document.querySelectorAll("[data-sf-submit]").forEach(function (field) {
      field.addEventListener("change", function () { field.form.requestSubmit(); });
    });
  });
})();
