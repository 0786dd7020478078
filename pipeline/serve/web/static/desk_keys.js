// The keys of the desk. docs/desk.md has a table of them.
"use strict";
window.deskKeys = (desk) => {
  const { root, words } = desk;
  const here = () => desk.current();
  const singles = () => localStorage.getItem("vanthu.desk.singles") !== "off";
  const help = () => root.querySelector("#keys").showModal();
  let burst = null;

  const KEYS = {
    ArrowDown: () => desk.move(1),
    j: () => desk.move(1),
    ArrowUp: () => desk.move(-1),
    k: () => desk.move(-1),
    e: () => desk.begin(here()),
    u: () => desk.act("unreadable"),
    x: () => desk.act({ item: "remove", word: "revert" }[here().dataset.kind] ?? "absent"),
    z: desk.undo,
    a: desk.approve,
    n: desk.next,
    p: desk.previous,
    "+": desk.addItem,
    ArrowRight: () => desk.openParts(here(), true),
    ArrowLeft: () => desk.openParts(here(), false),
    "=": () => desk.viewer.do("in"),
    "-": () => desk.viewer.do("out"),
    w: () => desk.viewer.do("width"),
    0: () => desk.viewer.do("whole"),
    f: () => desk.viewer.do("field"),
    "[": () => desk.viewer.do("before"),
    "]": () => desk.viewer.do("after"),
    r: () => desk.viewer.do("turn"),
    t: () => desk.viewer.do("cycle"),
    "?": help,
  };
  const PAN = { ArrowUp: [0, 80], ArrowDown: [0, -80], ArrowLeft: [80, 0], ArrowRight: [-80, 0] };

  // A digit chooses a candidate, unless more is typed at once: then a value was begun.
  function digit(text, row) {
    const chosen = row.querySelectorAll(".choices button")[Number(text) - 1];
    if (!chosen) return desk.begin(row, text);
    burst = { text, row, chosen, timer: setTimeout(settle, 300) };
    return true;
  }

  // The digit was all: its candidate is chosen.
  function settle() {
    if (!burst) return;
    const { chosen, timer } = burst;
    clearTimeout(timer);
    burst = null;
    desk.press(chosen);
  }

  function typed(row, text) {
    if (text !== " " && row && desk.begin(row, text)) return true;
    return false;
  }

  // A key where nothing is typed; true where it meant something.
  function command(event) {
    const { key } = event;
    const letter = key.length === 1;
    if (burst && key === "Enter") {
      settle(); // it confirms the choice, and accepts nothing else
      return true;
    }
    if (!letter && !["Shift", "Control", "Alt", "Meta"].includes(key)) settle();
    const row = here();
    if ((event.shiftKey || event.target.closest?.(".stage")) && PAN[key]) desk.viewer.pan(...PAN[key]);
    else if (key === "Enter") {
      if (event.target.closest("button, summary") || !row) return false;
      desk.accept(row);
    } else if (burst && letter) {
      clearTimeout(burst.timer);
      const { row: of, text } = burst;
      burst = null;
      desk.begin(of, text + key);
    } else if (/^[1-9]$/.test(key) && row) digit(key, row);
    else if (letter && !singles() && key !== "?") return typed(row, key);
    else if (Object.hasOwn(KEYS, key)) KEYS[key]();
    else return letter && typed(row, key);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (root.querySelector("dialog[open]") || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      settle();
      desk.approve();
      return;
    }
    if (desk.edit.key(event)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target.closest?.("input, select, textarea")) return;
    if (target !== document.body && target.id !== "main" && !root.contains(target)) return;
    if (command(event)) event.preventDefault();
  });

  const box = root.querySelector("#singles");
  box.checked = singles();
  box.addEventListener("change", () => {
    localStorage.setItem("vanthu.desk.singles", box.checked ? "on" : "off");
    if (!box.checked) vanthu.tell(words.keys_off);
  });
  root.querySelector("#show-keys").addEventListener("click", help);
};
