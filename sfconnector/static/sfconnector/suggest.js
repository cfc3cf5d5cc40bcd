/* Names of objects, fields and paths from the describe, offered while one types. */
"use strict";

(function () {
  const PAUSE_MS = 180;
  const RESOURCES = ["limits", "sobjects", "query?q=SELECT Id, Name FROM Account", "recent", "search?q=FIND {Acme}", "tooling/sobjects"];

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

  /* The path of a REST call: resources first, then the objects of the org. */
  function watchPath(form) {
    const path = form.elements.namedItem("path");
    const org = form.elements.namedItem("org");
    if (!path || !org) return;
    const list = document.getElementById("sf-paths");
    async function look() {
      const word = (path.value.match(/sobjects\/(\w*)$/) || ["", ""])[1];
      const told = await ask(form, { org: org.value, q: word });
      const base = "/services/data/v" + (told.version || "66.0") + "/";
      const start = (path.value.match(/^\/services\/data\/v[\d.]+\//) || [base])[0];
      const objects = told.names.flatMap(function (name) {
        return [start + "sobjects/" + name, start + "sobjects/" + name + "/describe"];
      });
      offer(list, RESOURCES.map(function (rest) { return start + rest; }).concat(objects));
    }
    path.addEventListener("input", later(look));
    org.addEventListener("change", look);
    if (org.value) look();
  }

  /* The fields of the object after FROM, as buttons that write themselves. */
  function watchQuery(form) {
    const area = form.elements.namedItem("soql");
    const hints = form.querySelector("[data-sf-hints]");
    if (!area || !hints) return;
    let shown = "";
    function write(name) {
      const before = area.value.slice(0, area.selectionStart);
      const after = area.value.slice(area.selectionEnd);
      area.setRangeText(name, area.selectionStart, area.selectionEnd, "end");
      if (/\w$/.test(before) && !/[\s,.(]$/.test(before)) area.value = before + ", " + name + after;
      area.focus();
    }
    async function look() {
      const found = area.value.match(/\bfrom\s+(\w+)/i);
      const orgs = Array.from(form.querySelectorAll("input[name=orgs]:checked"));
      const key = found ? orgs.map(function (org) { return org.value; }).join() + found[1] : "";
      if (key === shown) return;
      shown = key;
      let names = [];
      for (const org of found ? orgs : []) {
        if (!names.length) names = (await ask(form, { org: org.value, sobject: found[1] })).names;
      }
      hints.replaceChildren(...names.map(function (name) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sf-button sf-copy";
        button.textContent = name;
        button.addEventListener("click", function () { write(name); });
        return button;
      }));
    }
    area.addEventListener("input", later(look));
    form.addEventListener("change", look);
    look();
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
    document.querySelectorAll("form[data-sf-suggest]").forEach(function (form) {
      watchPath(form);
      watchQuery(form);
    });
    const marker = document.getElementById("sf-plan-suggest");
    const plan = document.getElementById("syncplan_form");
    if (marker && plan) {
      plan.dataset.sfSuggest = marker.dataset.url;
      watchPlan(plan);
    }
  });
})();
