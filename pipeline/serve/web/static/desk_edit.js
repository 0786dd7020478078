// Typing a value: the input of a row as a combobox with what the archive knows.
"use strict";
window.deskEdit = (desk) => {
  const { root } = desk;
  let row = null;
  let input = null;
  let list = null;
  let active = -1;
  let asked = 0;
  let timer = 0;
  const DRAFT = "vanthu.desk.draft";

  const drafts = () => desk.saving.load(DRAFT, {});
  function draft(path, text) {
    const all = drafts();
    const name = `${root.dataset.id} ${path}`;
    if (text) all[name] = text;
    else delete all[name];
    desk.saving.store(DRAFT, all);
  }

  // Open the input of a row: with a text in it, with the value to change, or empty for a new one.
  function begin(of, text = null) {
    if (row && row !== of) end(true);
    const found = of.querySelector(".edit input");
    if (!found) return false;
    row = of;
    input = found;
    row.classList.add("editing");
    if (!list) {
      list = document.createElement("ul");
      list.id = "completions";
      list.setAttribute("role", "listbox");
      list.hidden = true;
    }
    list.setAttribute("aria-label", input.getAttribute("aria-label"));
    input.after(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", "completions"]]) input.setAttribute(name, value);
    const kept = drafts()[`${root.dataset.id} ${row.dataset.path}`];
    const value = JSON.parse(row.dataset.value);
    if (text !== null) input.value = text;
    else if (kept) input.value = kept;
    else input.value = row.dataset.kind === "add" || value === null ? "" : written(row, value);
    input.focus({ preventScroll: true });
    if (text === null) input.select();
    return true;
  }

  // A value as one types it.
  function written(of, value) {
    const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(String(value));
    return day ? `${Number(day[3])}/${Number(day[2])}/${day[1]}` : String(value);
  }

  function close() {
    active = -1;
    if (list) list.hidden = true;
    input?.setAttribute("aria-expanded", "false");
    input?.removeAttribute("aria-activedescendant");
  }

  // Stop typing; what was typed stays as a draft unless it is thrown away.
  function end(keep) {
    if (!row) return;
    const [was, field] = [row, input];
    close();
    clearTimeout(timer);
    asked += 1;
    row = input = null;
    was.classList.remove("editing");
    draft(was.dataset.path, keep && field.value.trim() && field.value !== written(was, JSON.parse(was.dataset.value) ?? "") ? field.value : "");
    was.classList.toggle("draft", Boolean(drafts()[`${root.dataset.id} ${was.dataset.path}`]));
  }

  function mark(at) {
    const options = [...list.children];
    if (!options.length) return;
    active = (at + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    options[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[active].id);
  }

  async function complete() {
    const mine = ++asked;
    const typed = input.value.trim();
    if (!typed) return close();
    let items = [];
    try {
      const query = new URLSearchParams({ field: row.dataset.path, typed });
      const answer = await vanthu.ask(`/review/${encodeURIComponent(root.dataset.id)}/completions?${query}`);
      items = (await answer.json()).items;
    } catch {
      return undefined; // completion is a help, not a need
    }
    if (mine !== asked || !input) return undefined;
    items = items.filter((item) => item.value !== input.value);
    list.replaceChildren(...items.map((item, at) => {
      const option = document.createElement("li");
      option.id = `completion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.value = item.value;
      const from = document.createElement("small");
      from.textContent = item.from;
      option.append(item.value, " ", from);
      return option;
    }));
    active = -1;
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    return undefined;
  }

  function take() {
    if (active < 0 || !list || list.hidden) return false;
    const { value } = list.children[active].dataset;
    // A symbol completes the number that was begun; the rest of the serial stays.
    const serial = row.dataset.path === "number" ? /^\s*(\d+[a-zđ]?)\s*[/-]?/.exec(input.value) : null;
    input.value = serial && !/^\d/.test(value) ? `${serial[1]}/${value}` : value;
    draft(row.dataset.path, input.value);
    close();
    return true;
  }

  // Keys of the input; true where the key meant something here.
  function key(event) {
    if (!input || event.target !== input || event.isComposing) return false;
    if (event.altKey && /^[1-9]$/.test(event.key)) {
      const chosen = row.querySelectorAll(".choices button")[Number(event.key) - 1];
      if (chosen) desk.press(chosen);
      return true;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!list.hidden) mark(active + (event.key === "ArrowDown" ? 1 : active < 0 ? 0 : -1));
      else if (input.value.trim() && event.key === "ArrowDown") complete();
      else desk.move(event.key === "ArrowDown" ? 1 : -1);
      return true;
    }
    if (event.key === "Escape") {
      if (!list.hidden) close();
      else {
        const was = row;
        end(false);
        desk.select(was.dataset.path);
      }
      return true;
    }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      if (!take()) desk.commit(row, input.value.trim());
      return true;
    }
    if (event.key === "Tab") {
      const was = row;
      if (input.value.trim() && input.value.trim() !== written(row, JSON.parse(row.dataset.value) ?? "")) {
        desk.commit(row, input.value.trim(), false);
      } else end(false);
      desk.move(event.shiftKey ? -1 : 1, was);
      return true;
    }
    return false;
  }

  root.addEventListener("input", (event) => {
    if (event.target !== input) return;
    draft(row.dataset.path, input.value);
    clearTimeout(timer);
    timer = setTimeout(complete, 120);
  });
  root.addEventListener("pointerdown", (event) => {
    const option = event.target.closest?.("#completions li");
    if (!option) return;
    event.preventDefault();
    active = [...list.children].indexOf(option);
    take();
  });
  root.addEventListener("focusout", (event) => {
    if (event.target === input && !row?.contains(event.relatedTarget)) setTimeout(() => {
      if (input && document.activeElement !== input && document.hasFocus()) end(true);
    });
  });

  return {
    begin,
    end,
    key,
    row: () => row,
    text: () => input?.value.trim() ?? "",
    drafted: () => Object.keys(drafts()).filter((name) => name.startsWith(`${root.dataset.id} `)).map((name) => name.slice(root.dataset.id.length + 1)),
    forget: (path) => draft(path, ""),
  };
};
