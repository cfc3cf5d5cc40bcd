/* Names of objects and fields from the describe, offered while a plan is written. */
"use strict";

(function () {
  const PAUSE_MS = 180;

  function later(work) {
    let timer = null;
    return function () {
      clearTimeout(timer);
      timer = setTimeout(work, PAUSE_MS);
    };
  }

  async function ask(form, given) {
    const query = new URLSearchParams(given);
    const answer = await fetch(form.dataset.sfSuggest + "?" + query, { headers: { Accept: "application/json" } });
    return answer.ok ? answer.json() : { names: [], version: "" };
  }

  function offer(list, values) {
    list.replaceChildren(...values.map(function (value) {
      const option = document.createElement("option");
      option.value = value;
      return option;
    }));
  }

  /* The form of a plan: objects in a list, fields as buttons that add a line. */
  function watchPlan(form) {
    const sobject = form.elements.namedItem("sobject");
    const org = form.elements.namedItem("org");
    const area = form.elements.namedItem("fields");
    if (!sobject || !org || !area) return;
    const list = document.createElement("datalist");
    list.id = "sf-objects";
    sobject.setAttribute("list", list.id);
    sobject.setAttribute("autocomplete", "off");
    sobject.after(list);
    const hints = document.createElement("div");
    hints.className = "sf-hints";
    (area.closest(".flex-container") || area).after(hints);
    let shown = "";
    function add(name) {
      const lines = area.value.split(/[\s,;]+/).filter(Boolean);
      if (!lines.includes(name)) lines.push(name);
      area.value = lines.join("\n");
    }
    async function look() {
      if (!org.value) return;
      offer(list, (await ask(form, { org: org.value, q: sobject.value })).names);
      const key = org.value + " " + sobject.value;
      if (key === shown) return;
      shown = key;
      const told = sobject.value ? await ask(form, { org: org.value, sobject: sobject.value }) : { names: [] };
      hints.replaceChildren(...told.names.map(function (name) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sf-button sf-copy";
        button.textContent = name;
        button.addEventListener("click", function () { add(name); });
        return button;
      }));
    }
    sobject.addEventListener("input", later(look));
    org.addEventListener("change", look);
    look();
  }

  document.addEventListener("DOMContentLoaded", function () {
    const marker = document.getElementById("sf-plan-suggest");
    const plan = document.getElementById("syncplan_form");
    if (marker && plan) {
      plan.dataset.sfSuggest = marker.dataset.url;
      watchPlan(plan);
    }
  });
})();
