/* In the list of records that a link's form opened: a click gives org and id to the form. */
"use strict";

(function () {
  function give(link) {
    const text = window.name.replace(/__\d+$/, "");
    const org = window.opener.document.getElementById(text.replace(/_1$/, "_0"));
    if (org) org.value = link.dataset.sfOrg;
    window.opener.dismissRelatedLookupPopup(window, link.dataset.sfRecord);
  }

  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-sf-record]");
    if (!link || !window.opener) return;
    event.preventDefault();
    give(link);
  });
})();
