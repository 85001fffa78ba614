// Lets an analyst work through the queue without the mouse; every page works without this file.
//
// A link or button with data-key="x" is followed or pressed by that key. In lists, J and K move along
// the links with data-row. D moves to the reasons for dismissal (data-dismiss="1" and so on); while
// one of them has the focus, its number presses it, so that no single slip dismisses anything.
"use strict";

(function () {
  function isTyping(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }

  function moveAlong(rows, step) {
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    if (rows[next]) {
      rows[next].focus();
      rows[next].scrollIntoView({ block: "nearest" });
    }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) {
      return;
    }
    if (event.key === "Escape" && isTyping(event.target)) {
      event.target.blur();
      return;
    }
    if (isTyping(event.target) && event.target.type !== "checkbox") {
      return;
    }
    const key = event.key.toLowerCase();
    const target = document.querySelector('[data-key="' + CSS.escape(key) + '"]');
    if (target) {
      event.preventDefault();
      if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) {
        target.focus();
        target.select();
      } else {
        target.click();
      }
      return;
    }
    if (key === "d") {
      const reason = document.querySelector("[data-dismiss]");
      if (reason) {
        event.preventDefault();
        reason.focus();
      }
      return;
    }
    if (/^[1-9]$/.test(key) && document.activeElement.matches("[data-dismiss]")) {
      const reason = document.querySelector('[data-dismiss="' + key + '"]');
      if (reason) {
        event.preventDefault();
        reason.click();
      }
      return;
    }
    if (key === "j" || key === "k") {
      const rows = Array.from(document.querySelectorAll("[data-row]"));
      if (rows.length) {
        event.preventDefault();
        moveAlong(rows, key === "j" ? 1 : -1);
      }
    }
  });

  // A second click while the first is on its way would only meet a page that says "already decided".
  document.addEventListener("submit", function (event) {
    if (event.target.dataset.sent) {
      event.preventDefault();
    }
    event.target.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
  });
})();
