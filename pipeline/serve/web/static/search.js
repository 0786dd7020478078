// Search by keyboard: / goes to the box, arrows or j and k walk the cards, Enter opens one.
"use strict";
(() => {
  const cards = () => [...document.querySelectorAll("#cards a.open")];
  const box = () => document.getElementById("q");
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

  function walk(step) {
    const all = cards();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const to = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    to.focus({ preventScroll: true });
    to.closest("li").scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === box()) {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        walk(1);
      } else if (event.key === "Escape" && !box().value) box().blur();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      box().focus();
      box().select();
    } else if (event.key === "ArrowDown" || event.key === "j") {
      if (event.key === "ArrowDown" && !cards().includes(document.activeElement)) return;
      event.preventDefault();
      walk(1);
    } else if (event.key === "ArrowUp" || event.key === "k") {
      if (event.key === "ArrowUp" && !cards().includes(document.activeElement)) return;
      event.preventDefault();
      if (document.activeElement === cards()[0]) box().focus();
      else walk(-1);
    }
  });

  // Fields that ask for nothing stay out of the address.
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "asking") return;
    for (const field of event.target.querySelectorAll("input, select")) {
      if (field.name && !field.value) field.disabled = true;
    }
  });
  // Back from a document the form is as it was, and its fields can be used.
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("#asking :disabled")) field.disabled = false;
  });
  // A picture that cannot be made leaves the plain sheet.
  document.addEventListener("error", (event) => {
    if (event.target.matches?.(".thumb img")) event.target.remove();
  }, true);
})();
