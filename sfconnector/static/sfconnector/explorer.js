/* The explorer without reloads: answers in place, Back that works, words offered,
   JSON checked while it is typed. Every page works without this file. */
"use strict";

(function () {
  const PAUSE_MS = 150;
  const ID = "sf-explorer";
  const snapshots = new Map();
  let number = 0;
  let view = "";
  let isSending = false;

  function panel() {
    return document.getElementById(ID);
  }

  function say(text) {
    const said = document.getElementById("sf-said");
    if (!said) return;
    const note = document.createElement("div");
    note.className = "sf-note sf-bad";
    note.setAttribute("role", "alert");
    note.textContent = text;
    said.replaceChildren(note);
  }

  /* Sending ----------------------------------------------------------------- */

  function swap(fresh) {
    const old = panel();
    const focused = document.activeElement && old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(fresh);
    wake(fresh);
    const chosen = view && fresh.querySelector("#" + view);
    if (chosen) chosen.checked = true;
    const confirm = fresh.querySelector("#id_confirm");
    const refused = fresh.querySelector("[data-sf-at]");
    const next = confirm || refused || (focused && fresh.querySelector("#" + focused)) || fresh.querySelector("#sf-said");
    if (next) next.focus({ preventScroll: true });
    return old;
  }

  /* The address that would fill the form like this again, for Reload. */
  function addressOf(form, data) {
    const address = new URL(form.action, location.href);
    for (const name of ["org", "method", "path"]) {
      const value = data.get(name);
      if (value && value.length < 1500) address.searchParams.set(name, value);
    }
    return address;
  }

  async function send(form, submitter) {
    const root = panel();
    const data = new FormData(form, submitter);
    const button = submitter && submitter.querySelector("span");
    isSending = true;
    root.setAttribute("aria-busy", "true");
    if (button && submitter.classList.contains("sf-x-send")) button.textContent = root.dataset.sfSending;
    try {
      const answer = await fetch(form.action, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(ID);
      if (!answer.ok || !fresh) throw new Error(answer.status);
      const old = swap(document.adoptNode(fresh));
      snapshots.set(number, old);
      number += 1;
      history.pushState({ sf: number }, "", addressOf(form, data));
    } catch (error) {
      root.removeAttribute("aria-busy");
      restore(root);
      say(root.dataset.sfBroken);
    } finally {
      isSending = false;
    }
  }

  function goBack(event) {
    const wanted = event.state && event.state.sf ? event.state.sf : 0;
    const kept = snapshots.get(wanted);
    if (!kept) {
      location.reload();
      return;
    }
    snapshots.set(number, panel());
    kept.removeAttribute("aria-busy");
    panel().replaceWith(kept);
    number = wanted;
    restore(kept);
  }

  function restore(root) {
    for (const button of root.querySelectorAll(".sf-x-send span")) {
      if (button.dataset.sfText) button.textContent = button.dataset.sfText;
    }
  }

  /* Enter presses a form's first button, which stands for none: the field says which. */
  function meant(form, submitter) {
    if (!submitter || submitter.dataset.sfEnter === undefined) return submitter;
    const field = document.activeElement;
    if (field && field.closest(".sf-x-keep")) return form.querySelector("[value=keep]");
    if (field && field.closest(".sf-x-confirm")) return form.querySelector(".sf-x-confirm button");
    return form.querySelector(".sf-x-send");
  }

  function onSubmit(event) {
    const form = event.target;
    if (!form.closest("#" + ID)) return;
    const submitter = meant(form, event.submitter);
    const isHere = new URL(form.action, location.href).pathname === location.pathname;
    if (!isHere || (submitter && submitter.dataset.sfNative !== undefined)) return;
    event.preventDefault();
    const body = form.elements.namedItem("body");
    if (body && size(body.value) > Number(body.dataset.sfMost)) {
      body.focus();
      return;
    }
    if (!isSending) send(form, submitter);
  }

  /* Words offered while one types -------------------------------------------- */

  function offers(field, ask) {
    const holder = field.closest(".sf-x-field");
    holder.classList.add("sf-x-holds");
    const list = document.createElement("ul");
    list.className = "sf-x-offers";
    list.id = field.id + "-offers";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.labels.length ? field.labels[0].textContent : "");
    holder.append(list);
    /* A text area may not be a combobox: it stays a text box with a list. */
    const isLine = field.tagName === "INPUT";
    if (isLine) field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    let found = [];
    let at = -1;
    let timer = null;
    let asked = 0;

    function tell(isOpen) {
      list.hidden = !isOpen;
      if (isLine) field.setAttribute("aria-expanded", String(isOpen));
    }

    function close() {
      tell(false);
      at = -1;
      field.removeAttribute("aria-activedescendant");
    }

    function mark(index) {
      at = index;
      Array.from(list.children).forEach(function (line, place) {
        line.setAttribute("aria-selected", String(place === at));
        if (place === at) {
          line.scrollIntoView({ block: "nearest" });
          field.setAttribute("aria-activedescendant", line.id);
        }
      });
    }

    function draw() {
      list.replaceChildren(...found.map(function (one, index) {
        const line = document.createElement("li");
        line.id = list.id + "-" + index;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        for (const text of [one.label || one.text, one.kind]) {
          const part = document.createElement("span");
          part.textContent = text;
          line.append(part);
        }
        line.addEventListener("mousedown", function (event) {
          event.preventDefault();
          take(index);
        });
        return line;
      }));
      tell(found.length > 0);
      at = -1;
    }

    function take(index) {
      const one = found[index];
      const caret = field.selectionStart;
      field.setRangeText(one.text, caret - one.length, caret, "end");
      close();
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }

    async function look() {
      const turn = ++asked;
      const query = ask(field);
      if (!query) return close();
      const answer = await fetch(panel().dataset.sfComplete + "?" + query, { headers: { Accept: "application/json" } });
      if (!answer.ok || turn !== asked || document.activeElement !== field) return;
      found = (await answer.json()).suggestions;
      draw();
    }

    function later() {
      clearTimeout(timer);
      timer = setTimeout(function () { look().catch(close); }, PAUSE_MS);
    }

    tell(false);
    field.addEventListener("input", later);
    field.addEventListener("blur", close);
    field.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === " " && event.ctrlKey) {
        event.preventDefault();
        later();
      } else if (event.key === "ArrowDown" && isLine && list.hidden) {
        event.preventDefault();
        later();
      } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark((at + step + found.length) % found.length);
      } else if (!list.hidden && (event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && at >= 0) {
        event.preventDefault();
        take(at);
      }
    });
  }

  function askPath(form) {
    return function (field) {
      const org = form.elements.namedItem("org").value;
      return new URLSearchParams({ org: org, path: field.value.slice(0, field.selectionStart) });
    };
  }

  function askQuery(form) {
    return function (field) {
      const query = new URLSearchParams({
        soql: field.value.slice(0, field.selectionStart),
        after: field.value.slice(field.selectionEnd),
      });
      const chosen = form.querySelectorAll("input[name=orgs]:checked");
      for (const org of chosen) query.append("org", org.value);
      return chosen.length ? query : null;
    };
  }

  /* The body ------------------------------------------------------------------ */

  function size(text) {
    return new TextEncoder().encode(text).length;
  }

  function watchBody(form) {
    const body = form.elements.namedItem("body");
    const said = form.querySelector("#sf-json-said");
    const tidy = form.querySelector("[data-sf-tidy]");
    const headers = form.elements.namedItem("headers");
    let timer = null;

    function check() {
      const isOther = /content-type:(?!.*json)/i.test(headers.value);
      said.className = "";
      said.textContent = "";
      tidy.hidden = true;
      if (size(body.value) > Number(body.dataset.sfMost)) {
        said.className = "sf-x-bad";
        said.textContent = said.dataset.sfLarge;
      } else if (body.value.trim() && !isOther) {
        try {
          JSON.parse(body.value);
          said.className = "sf-x-good";
          said.textContent = said.dataset.sfGood;
          tidy.hidden = false;
        } catch (error) {
          said.className = "sf-x-bad";
          said.textContent = error.message;
        }
      }
    }

    body.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(check, PAUSE_MS);
    });
    tidy.addEventListener("click", function () {
      body.value = JSON.stringify(JSON.parse(body.value), null, 2);
      check();
    });
    check();
  }

  /* The request line ---------------------------------------------------------- */

  function watchLine(form) {
    const method = form.elements.namedItem("method");
    const org = form.elements.namedItem("org");
    const hasBody = ["POST", "PATCH", "PUT"];
    function apply() {
      const part = form.querySelector(".sf-x-body");
      part.hidden = !hasBody.includes(method.value);
      if (!part.hidden) part.open = true;
      form.querySelector(".sf-x-writes").hidden = ["GET", "HEAD"].includes(method.value);
      const chosen = org.selectedOptions[0];
      form.dataset.sfType = (chosen && chosen.dataset.sfType) || "unknown";
    }
    method.addEventListener("change", apply);
    org.addEventListener("change", apply);
    apply();
  }

  /* A refused query: the caret goes to the word that the org could not read. */
  function pointAt(field, at) {
    const word = /^[\w.]*/.exec(field.value.slice(at))[0];
    field.setSelectionRange(at, at + word.length);
    field.dataset.sfAt = String(at);
  }

  function wake(root) {
    for (const label of root.querySelectorAll(".sf-x-send span")) label.dataset.sfText = label.textContent;
    const call = root.querySelector("#sf-call");
    if (call) {
      watchLine(call);
      watchBody(call);
      offers(call.elements.namedItem("path"), askPath(call));
    }
    const query = root.querySelector("#sf-query");
    if (query) offers(query.elements.namedItem("soql"), askQuery(query));
    const mistake = root.querySelector("[data-sf-caret]");
    if (query && mistake) pointAt(query.elements.namedItem("soql"), Number(mistake.dataset.sfCaret));
    document.dispatchEvent(new Event("sf:woken"));
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (!panel()) return;
    wake(panel());
    document.addEventListener("submit", onSubmit);
    window.addEventListener("popstate", goBack);
    document.addEventListener("change", function (event) {
      if (event.target.name === "view") view = event.target.id;
    });
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      const form = event.target.closest("#sf-call, #sf-query");
      if (!form) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector(".sf-x-send"));
    });
  });
})();
