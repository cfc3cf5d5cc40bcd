/* Keys: / to the search, ? for help, g and a letter to a task. Pages work without it. */
"use strict";

(function () {
  const SEARCHES = [
    "#searchbar",
    "#content-main input[type=search]",
    "#id_soql",
    "#id_path",
    "#content-main form input[type=text]",
    "#nav-filter",
  ];
  const PATIENCE_MS = 1500;
  let went = 0;

  function isTyping(target) {
    return target.isContentEditable || target.closest("input, textarea, select") !== null;
  }

  function search() {
    for (const wanted of SEARCHES) {
      const field = document.querySelector(wanted);
      if (!field || field.disabled || field.offsetParent === null) continue;
      field.focus();
      if (field.select) field.select();
      return true;
    }
    return false;
  }

  function help() {
    const panel = document.getElementById("sf-keys");
    if (!panel || !panel.togglePopover) return false;
    panel.togglePopover();
    return true;
  }

  function go(letter) {
    const link = document.querySelector(`[data-sf-go="${CSS.escape(letter)}"]`);
    if (!link) return false;
    window.location.assign(link.href);
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target)) return;
    const isSecond = Date.now() - went < PATIENCE_MS;
    went = 0;
    let isDone = false;
    if (isSecond) isDone = go(event.key);
    else if (event.key === "/") isDone = search();
    else if (event.key === "?") isDone = help();
    else if (event.key === "g") went = Date.now();
    if (isDone) event.preventDefault();
  });
})();
