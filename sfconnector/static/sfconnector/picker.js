/* The choice of fields: boxes and text say the same, a search narrows the boxes. */
"use strict";

(function () {
  function namesOf(area) {
    return area.value.split(/[\s,;]+/).filter(Boolean);
  }

  function boxesOf(picker) {
    return Array.from(picker.querySelectorAll(".sf-picker-fields input"));
  }

  /* The text is what is sent: boxes that are sent as well would be as many as fields. */
  function takeOver(picker, area) {
    const name = picker.dataset.sfPicker;
    picker.querySelectorAll(`input[type="hidden"][name^="${name}_"]`).forEach(function (input) { input.remove(); });
    boxesOf(picker).forEach(function (box) { box.removeAttribute("name"); });
    const bar = picker.querySelector(".sf-picker-bar");
    if (bar) bar.hidden = false;
    tick(picker, area);
  }

  function tick(picker, area) {
    const chosen = new Set(namesOf(area).map(function (name) { return name.toLowerCase(); }));
    let count = 0;
    for (const box of boxesOf(picker)) {
      box.checked = chosen.has(box.value.toLowerCase());
      if (box.checked) count += 1;
    }
    const told = picker.querySelector("[data-sf-ticked]");
    if (told) told.textContent = String(count);
  }

  function mode(picker, value) {
    const radio = picker.querySelector(`.sf-picker-modes input[value="${value}"]`);
    if (radio) radio.checked = true;
  }

  function write(picker, area, boxes) {
    const changed = new Map(boxes.map(function (box) { return [box.value.toLowerCase(), box]; }));
    const kept = namesOf(area).filter(function (name) {
      const box = changed.get(name.toLowerCase());
      return !box || box.checked;
    });
    const present = new Set(kept.map(function (name) { return name.toLowerCase(); }));
    const added = boxes.filter(function (box) { return box.checked && !present.has(box.value.toLowerCase()); });
    area.value = kept.concat(added.map(function (box) { return box.value; })).join("\n");
    mode(picker, "some");
    tick(picker, area);
  }

  function narrow(picker, text) {
    const wanted = text.trim().toLowerCase();
    for (const row of picker.querySelectorAll(".sf-picker-fields li")) {
      row.hidden = wanted !== "" && !row.textContent.toLowerCase().includes(wanted);
    }
  }

  function put(picker, area, text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    picker.querySelector(".sf-picker-offer").replaceChildren(...page.body.childNodes);
    takeOver(picker, area);
  }

  /* In the form of a plan the boxes follow the object that is written. */
  function follow(picker, area) {
    const form = area.form;
    const sobject = form.elements.namedItem("sobject");
    const org = form.elements.namedItem("org");
    if (!sobject || !org) return;
    let turn = 0;

    async function look(init) {
      const asked = ++turn;
      const query = new URLSearchParams({ org: org.value, sobject: sobject.value.trim() });
      try {
        const answer = await fetch(picker.dataset.sfAsk + "?" + query, init);
        const text = await answer.text();
        if (answer.ok && asked === turn) put(picker, area, text);
      } catch (error) {
        /* The network is away: the names can be written as text. */
      }
    }

    sobject.addEventListener("change", function () { look(); });
    org.addEventListener("change", function () { look(); });
    picker.addEventListener("click", function (event) {
      const button = event.target.closest("[data-sf-read]");
      if (!button) return;
      button.disabled = true;
      const token = form.elements.namedItem("csrfmiddlewaretoken").value;
      look({ method: "POST", headers: { "X-CSRFToken": token } });
    });
    if (!boxesOf(picker).length) look();
  }

  function watch(picker) {
    const area = picker.querySelector("textarea");
    function heard() {
      mode(picker, namesOf(area).length ? "some" : "all");
      tick(picker, area);
    }

    takeOver(picker, area);
    picker.addEventListener("change", function (event) {
      if (event.target.closest(".sf-picker-fields")) write(picker, area, [event.target]);
    });
    picker.addEventListener("input", function (event) {
      if (event.target.type === "search") narrow(picker, event.target.value);
    });
    picker.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && event.target.type === "search") event.preventDefault();
    });
    picker.addEventListener("click", function (event) {
      /* A name that was taken from what is offered below the text is written by now. */
      if (event.target.closest(".sf-hints")) heard();
      const button = event.target.closest("[data-sf-tick]");
      if (!button) return;
      const shown = boxesOf(picker).filter(function (box) { return !box.closest("li").hidden; });
      shown.forEach(function (box) { box.checked = button.dataset.sfTick === "all"; });
      write(picker, area, shown);
    });
    area.addEventListener("input", heard);
    if (picker.dataset.sfAsk) follow(picker, area);
  }

  document.addEventListener("DOMContentLoaded", function () {
    for (const picker of document.querySelectorAll("[data-sf-picker]")) {
      if (!picker.closest(".empty-form")) watch(picker);
    }
  });
  /* Django's admin puts a copy of its empty form below the others. */
  document.addEventListener("formset:added", function (event) {
    event.target.querySelectorAll("[data-sf-picker]").forEach(function (picker) {
      picker.dataset.sfPicker = picker.querySelector("textarea").name;
      watch(picker);
    });
  });
})();
