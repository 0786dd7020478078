// The page of a document: fields and their places on the leaf, turning leaves, zoom.
"use strict";
(() => {
  const viewer = () => document.getElementById("viewer");
  const paper = () => viewer()?.querySelector(".paper");
  const MOST_ZOOM = 3;
  const narrow = () => matchMedia("(max-width: 62rem)").matches;
  let zoom = 0;
  let boxesShown = false;
  let wanted = ""; // the field that is marked
  let turning = null;

  const address = (page, field) => {
    const url = new URL(location.href);
    url.searchParams.set("page", page);
    if (field) url.searchParams.set("field", field);
    else url.searchParams.delete("field");
    url.searchParams.delete("whole");
    url.hash = "";
    return url.pathname + url.search;
  };

  // The parts of the page that tell of a field, and its boxes on the leaf that is open.
  function mark(field, { reveal = true } = {}) {
    wanted = field;
    for (const part of document.querySelectorAll("[data-fact]")) {
      const on = part.dataset.fact === field;
      part.classList.toggle("on", on);
      if (on) open(part, true);
    }
    let first = null;
    for (const box of viewer().querySelectorAll("[data-box]")) {
      const on = box.dataset.box === field;
      box.classList.toggle("on", on);
      if (on) first ??= box;
    }
    if (first && reveal) bring(first);
    if (first) name(first);
  }

  // What a field rests on is told with it.
  function open(part, shown) {
    const button = part.querySelector(".expand");
    if (!button) return;
    button.setAttribute("aria-expanded", String(shown));
    document.getElementById(button.getAttribute("aria-controls")).hidden = !shown;
  }

  // Scroll the paper, never the page, so that nothing moves under the hand.
  function bring(box) {
    const frame = paper();
    const at = box.getBoundingClientRect();
    const seen = frame.getBoundingClientRect();
    frame.scrollBy({
      left: at.left + at.width / 2 - (seen.left + seen.width / 2),
      top: at.top + at.height / 2 - (seen.top + seen.height / 2),
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  }

  const name = (box) => {
    const line = document.getElementById("named");
    if (line) line.textContent = box.querySelector("title")?.textContent ?? "";
  };

  // Another leaf, or the same one with its text otherwise.
  async function turn(where) {
    if (turning === where) return;
    turning = where;
    const held = document.activeElement?.closest("#viewer a.turn, #reading a.turn");
    try {
      await htmx.ajax("GET", where, { target: "#viewer", swap: "outerHTML" });
      history.replaceState(history.state, "", where);
      dress();
      bringLine();
      if (held) hold(held);
    } finally {
      turning = null;
    }
  }

  // Who turned a leaf by keyboard stands where they stood.
  function hold(link) {
    const same = link.rel ? viewer().querySelector(`a[rel="${link.rel}"]`) : null;
    const kept = link.closest(".switcher") ? ".switcher [aria-current]" : ".leaves [aria-current]";
    (same ?? document.querySelector(kept) ?? paper())?.focus({ preventScroll: true });
  }

  async function show(page, field) {
    if (!page) return mark(field);
    if (String(page) !== viewer().dataset.page || !paper()) await turn(address(page, field));
    else history.replaceState(history.state, "", address(page, field));
    mark(field);
  }

  // What a new leaf does not know: zoom and boxes as they were.
  function dress() {
    if (!paper()) return;
    paper().dataset.zoom = zoom;
    viewer().classList.toggle("show-boxes", boxesShown);
    document.getElementById("all-boxes").checked = boxesShown;
  }

  function zoomed(by) {
    zoom = Math.min(MOST_ZOOM, Math.max(0, zoom + by));
    dress();
    const on = viewer().querySelector(".box.on");
    if (on) bring(on);
  }

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const spot = event.target.closest("a[data-field]");
    const leaf = event.target.closest("a.turn");
    const box = event.target.closest("[data-box]");
    const step = event.target.closest("[data-zoom].zoom");
    const more = event.target.closest(".expand");
    if (more) return open(more.closest("[data-fact]"), more.getAttribute("aria-expanded") === "false");
    if (spot) {
      event.preventDefault();
      show(spot.dataset.page, spot.dataset.field);
      if (narrow()) viewer().scrollIntoView({ block: "start" });
    } else if (leaf) {
      event.preventDefault();
      wanted = "";
      turn(leaf.getAttribute("href").replace(/#.*/, "")).then(() => mark(new URL(location.href).searchParams.get("field") ?? "", { reveal: false }));
    } else if (box) {
      const link = document.querySelector(`a[data-field="${CSS.escape(box.dataset.box)}"]`);
      if (link) {
        link.focus({ preventScroll: true });
        link.closest("[data-fact]")?.scrollIntoView({ block: "center" });
      }
      show(viewer().dataset.page, box.dataset.box);
    } else if (step) {
      zoomed(Number(step.dataset.zoom));
    }
  });
  // With the keyboard: to reach a field is to see its place.
  document.addEventListener("focusin", (event) => {
    const spot = event.target.closest("a[data-field]");
    if (spot && spot.matches(":focus-visible") && spot.dataset.field !== wanted) show(spot.dataset.page, spot.dataset.field);
  });
  document.addEventListener("pointerover", (event) => {
    const box = event.target.closest?.("[data-box]");
    if (box) name(box);
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "all-boxes") return;
    boxesShown = event.target.checked;
    dress();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, .scroll")) return;
    const to = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (to && !(event.target.closest(".paper") && zoom)) viewer().querySelector(`a[rel="${to}"]`)?.click();
    else if (event.key === "+" || event.key === "=") zoomed(1);
    else if (event.key === "-") zoomed(-1);
  });
  // The line of the text that a field was seen in, where the text stands in place of the picture.
  function bringLine() {
    const text = document.querySelector(".left > #reading");
    const line = text?.querySelector(".line.on");
    if (line) text.scrollTop += line.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 2;
  }

  document.addEventListener("DOMContentLoaded", () => {
    wanted = new URL(location.href).searchParams.get("field") ?? "";
    if (!viewer() || !wanted) return;
    const on = viewer().querySelector(".box.on");
    if (on) {
      bring(on);
      name(on);
    }
    bringLine();
    if (narrow()) viewer().scrollIntoView({ block: "start" });
    else document.querySelector(`[data-fact="${CSS.escape(wanted)}"]`)?.scrollIntoView({ block: "center" });
  });
})();
