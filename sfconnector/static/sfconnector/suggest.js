/* Names of objects and fields from the describe, offered while a plan is written. */
"use strict";

(function () {
  const PAUSE_MS = 180;
  const MOST = 50;

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

  /* The names that contain a word: those that begin with it first, at most fifty. */
  function fitting(names, word) {
    const wanted = word.toLowerCase();
    const found = names.filter(function (name) { return name.toLowerCase().includes(wanted); });
    const isFirst = function (name) { return name.toLowerCase().startsWith(wanted) ? 0 : 1; };
    return found.sort(function (a, b) { return isFirst(a) - isFirst(b); }).slice(0, MOST);
  }

  /* Where the word before the caret begins; between quotes there is a value, no name. */
  function wordBefore(area) {
    const before = area.value.slice(0, area.selectionStart);
    const quotes = before.replace(/\\./g, "").split("'").length - 1;
    return quotes % 2 ? null : /[\w.]*$/.exec(before)[0];
  }

  /* A text area with the names that fit its last word as buttons below it. */
  function complete(area, ending, names) {
    const hints = document.createElement("div");
    hints.className = "sf-hints";
    hints.id = area.id + "-hints";
    hints.setAttribute("role", "group");
    hints.setAttribute("aria-label", area.labels.length ? area.labels[0].textContent : "");
    hints.hidden = true;
    const holder = document.createElement("div");
    holder.className = "sf-completed";
    area.replaceWith(holder);
    holder.append(area, hints);
    let turn = 0;

    function close() {
      turn += 1;
      hints.hidden = true;
    }

    function take(name) {
      const caret = area.selectionStart;
      const word = wordBefore(area) || "";
      const rest = /^\w*/.exec(area.value.slice(caret))[0].length;
      const end = /^\s/.test(area.value.slice(caret + rest)) ? "" : ending;
      area.setRangeText(name + end, caret - word.length, caret + rest, "end");
      area.focus();
      close();
    }

    function button(name) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "sf-button sf-copy";
      made.textContent = name;
      made.addEventListener("click", function () { take(name); });
      return made;
    }

    async function look() {
      const asked = ++turn;
      const word = wordBefore(area);
      /* After a blank in a filter comes a name or a sign or a value: wait for a letter. */
      const isOpen = word || !area.value || ending === "\n";
      const found = word !== null && isOpen ? fitting(await names(), word) : [];
      const isDone = found.length === 1 && found[0] === word;
      if (asked !== turn) return;
      hints.replaceChildren(...(isDone ? [] : found).map(button));
      hints.hidden = !hints.children.length;
    }

    /* The arrows walk from the text to the buttons and among them; Escape goes back. */
    function walk(event) {
      const all = Array.from(hints.children);
      const at = all.indexOf(document.activeElement);
      if (event.key === "Escape" && !hints.hidden) {
        area.focus();
        close();
      } else if (event.key === "ArrowDown" && at < 0 && !hints.hidden && area.selectionEnd === area.value.length) {
        all[0].focus();
      } else if (at >= 0 && ["ArrowDown", "ArrowRight"].includes(event.key)) {
        all[Math.min(at + 1, all.length - 1)].focus();
      } else if (at >= 0 && ["ArrowUp", "ArrowLeft"].includes(event.key)) {
        (all[at - 1] || area).focus();
      } else {
        return;
      }
      event.preventDefault();
    }

    area.addEventListener("input", look);
    area.addEventListener("focus", look);
    holder.addEventListener("keydown", walk);
    holder.addEventListener("focusout", function (event) {
      if (!holder.contains(event.relatedTarget)) close();
    });
    /* A press may not take the focus off the text: some browsers give it to nothing. */
    hints.addEventListener("mousedown", function (event) { event.preventDefault(); });
  }

  /* The form of a plan: objects in a list, fields by the word that is typed. */
  function watchPlan(form) {
    const sobject = form.elements.namedItem("sobject");
    const org = form.elements.namedItem("org");
    if (!sobject || !org) return;
    const list = document.createElement("datalist");
    list.id = "sf-objects";
    sobject.setAttribute("list", list.id);
    sobject.setAttribute("autocomplete", "off");
    sobject.after(list);

    async function look() {
      if (org.value) offer(list, (await ask(form, { org: org.value, q: sobject.value })).names);
    }

    let known = { key: "", names: Promise.resolve([]) };
    function fields() {
      const given = { org: org.value, sobject: sobject.value.trim() };
      const key = JSON.stringify(given);
      if (!given.org || !given.sobject) return [];
      if (key !== known.key) {
        known = { key: key, names: ask(form, given).then(function (told) { return told.names; }) };
      }
      return known.names;
    }

    sobject.addEventListener("input", later(look));
    org.addEventListener("change", look);
    for (const [name, ending] of [["fields", "\n"], ["where", " "]]) {
      const area = form.elements.namedItem(name);
      if (area) complete(area, ending, fields);
    }
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
