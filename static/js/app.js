// A polish on pages that work without it: the search key, copying, records opened in place, and
// words for a request that failed.
"use strict";

(() => {
  const status = () => document.getElementById("status");

  const say = (sentence, failed) => {
    const line = document.createElement("p");
    line.textContent = sentence;
    if (failed) line.className = "failed";
    status().replaceChildren(line);
  };

  // The error page of the server says what happened; where there is none, the page's own words do.
  const sentenceOf = (answer) => {
    const page = new DOMParser().parseFromString(answer || "", "text/html");
    return page.querySelector("[data-sentence]")?.textContent.trim() || status().dataset.failed;
  };

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 422) say(sentenceOf(event.detail.xhr.responseText), true);
  });

  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => say(status().dataset.unreachable, true));
  }

  // The few keys there are; the list of them stands in base.html.
  const keys = {
    "/": () => document.getElementById("search")?.focus(),
    "?": () => document.getElementById("keys")?.togglePopover(),
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    const act = keys[event.key];
    if (!act || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  // A second press while a plain form is under way would send it twice. After a download the page
  // is still there, and may ask for another.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.matches("[hx-post], [data-download]")) return;
    if (form.dataset.sent) event.preventDefault();
    else if (!event.defaultPrevented) form.dataset.sent = "yes";
  });

  const mayBeSentAgain = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  };
  // Back from a page that came of it, or from the browser's own page about a lost connection.
  window.addEventListener("pageshow", mayBeSentAgain);

  // A request that was stopped, or answered with a file, leaves this page as it is. Browsers without
  // the Navigation API tell of nothing but the key that stops it.
  if (window.navigation) navigation.addEventListener("navigateerror", mayBeSentAgain);
  else {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") mayBeSentAgain();
    });
  }

  // A second press on an opened record closes it again.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const link = event.target;
    if (link.getAttribute("aria-expanded") !== "true") return;
    event.preventDefault();
    link.closest("tr").nextElementSibling.remove();
    link.setAttribute("aria-expanded", "false");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const link = event.target;
    if (link.hasAttribute("aria-expanded") && event.detail.successful) {
      link.setAttribute("aria-expanded", "true");
    }
  });

  const offerCopying = (root) => {
    for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
    for (const link of root.querySelectorAll("a.expander:not([aria-expanded])")) {
      link.setAttribute("aria-expanded", "false");
    }
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say(button.dataset.copied);
    } catch {
      say(button.dataset.copyFailed, true);
    }
  });

  document.addEventListener("DOMContentLoaded", () => offerCopying(document));
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("form[data-send-on]")?.requestSubmit();
  });
  document.addEventListener("htmx:load", (event) => offerCopying(event.detail.elt));
})();
