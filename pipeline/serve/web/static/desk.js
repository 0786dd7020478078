// A document at the review desk: which row is looked at, what is decided about it, what comes of
// it. Nothing here is needed to decide: without it the buttons are a form.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("desk");
  if (!root) return;
  document.documentElement.classList.add("js");
  const words = JSON.parse(root.dataset.words);
  const box = root.querySelector("#rows");
  const live = root.querySelector("#live");
  const id = root.dataset.id;
  const KEY_FIELDS = ["number", "issued", "issuer", "doc_type"];
  const TRAIL = "vanthu.desk.trail";
  const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const opened = new Set();
  const desk = { root, words, say };
  let path = "";
  let armed = false;
  let leaving = false;

  const form = () => box.querySelector("#decide");
  const version = () => Number(form().dataset.version);
  const all = () => [...box.querySelectorAll(".entry")];
  const at = (name) => all().find((row) => row.dataset.path === name);
  const isOpen = (row) => row.classList.contains("open");
  const isEmpty = (row) => row.dataset.value === "null";
  const tell = (text) => {
    live.textContent = text;
  };
  desk.rows = all;
  desk.current = () => at(path);
  desk.stay = () => {
    leaving = false;
    root.classList.remove("leaving");
  };

  // What an address of this document keeps: the queue's filter, which parts are open.
  desk.query = (more = {}) => {
    const asked = new URLSearchParams(root.dataset.query);
    for (const item of opened) asked.append("parts", item);
    if (root.dataset.all) asked.set("words", "all");
    for (const [name, value] of Object.entries(more)) if (value) asked.set(name, value);
    return asked.size ? `?${asked}` : "";
  };

  // -- which row ----------------------------------------------------------------------------

  // The input and the buttons of a row, made when it is looked at for the first time.
  function furnish(row) {
    const { kind, path: name, label } = row.dataset;
    if (["finding", "add"].includes(kind) || row.querySelector(".acts")) return;
    const listed = [...row.querySelectorAll(".choices button")].some((one) => kind === "part" && JSON.parse(one.dataset.choice).action === "correct");
    const clone = (template) => {
      const made = root.querySelector(template).content.cloneNode(true);
      for (const one of made.querySelectorAll("[name], [value], [aria-label]")) {
        for (const attribute of ["name", "value", "aria-label"]) {
          const text = one.getAttribute(attribute);
          if (text) one.setAttribute(attribute, text.replace("PATH", name).replace("LABEL", label));
        }
      }
      return made;
    };
    const acts = clone(`#acts-${kind}`);
    if (isEmpty(row) || kind === "part") acts.querySelector('[value^="accept"]').remove();
    if (listed) acts.querySelector(".start-edit").remove();
    if (!["citations", "targets", "deadlines"].includes(row.dataset.name)) acts.querySelector(".open-parts")?.remove();
    const detail = row.querySelector(".detail");
    if (!listed) detail.querySelector(".detail-value").after(clone("#edit"));
    detail.append(acts);
  }

  function select(name, { edit = false, quiet = false } = {}) {
    const row = at(name) ?? all()[0];
    if (!row) return;
    if (desk.edit.row() && desk.edit.row() !== row) desk.edit.end(true);
    path = row.dataset.path;
    furnish(row);
    for (const one of all()) one.classList.toggle("current", one === row);
    row.querySelector(".head").focus({ preventScroll: true });
    row.scrollIntoView({ block: matchMedia("(min-width: 60.01rem)").matches ? "nearest" : "start" });
    desk.viewer.focus(row);
    if (!quiet) {
      const rows = all();
      const status = row.dataset.kind === "finding" ? "" : words[row.dataset.status];
      tell(say(words.row, { n: rows.indexOf(row) + 1, all: rows.length, label: row.dataset.label, status, value: row.querySelector(".detail-value")?.textContent ?? "" }));
    }
    if (edit) desk.edit.begin(row);
  }
  desk.select = select;

  desk.move = (by, from = at(path)) => {
    const rows = all();
    const next = rows[rows.indexOf(from) + by];
    if (next) select(next.dataset.path);
  };

  // On to the next row that needs a look; to the approval where none is left.
  function onward(from) {
    const rows = all();
    const place = rows.indexOf(from);
    const next = [...rows.slice(place + 1), ...rows.slice(0, place)].find(isOpen);
    if (next) {
      select(next.dataset.path, { edit: isEmpty(next) });
      return;
    }
    desk.edit.end(true);
    root.querySelector("#approve").focus({ preventScroll: true });
    tell(words.no_more);
  }

  // The parts of an item are rows of their own while they are asked for.
  desk.openParts = async (row, open) => {
    const item = row.dataset.of || row.dataset.path;
    const whole = at(item);
    if (!whole?.querySelector(".open-parts")) return;
    if (open) opened.add(item);
    else opened.delete(item);
    if (!(await desk.reload())) return;
    select(open ? (all().find((one) => one.dataset.of === item)?.dataset.path ?? item) : item);
  };

  desk.begin = (row, text = null) => {
    furnish(row);
    if (desk.edit.begin(row, text)) return true;
    tell(words.not_possible);
    return false;
  };

  desk.addItem = () => {
    const group = at(path)?.closest("section.group");
    const add = group?.querySelector(".kind-add") ?? box.querySelector(".kind-add");
    if (add) select(add.dataset.path, { edit: true });
  };

  // -- deciding -----------------------------------------------------------------------------

  function send(decision, label = "") {
    desk.saving.put({ doc: id, query: desk.query(), expected: version(), decisions: [decision], label });
  }

  // Shown as decided at once; the archive's answer brings the row as it stands.
  function decide(row, action, value = null, { on = true, shown = null, part = "" } = {}) {
    const name = part ? `${row.dataset.path}/${part}` : row.dataset.path;
    if (desk.edit.row() === row) desk.edit.end(false);
    desk.edit.forget(row.dataset.path);
    armed = false;
    if (on) onward(row);
    row.classList.remove("open", "refused", "draft");
    row.classList.add("saving");
    const text = row.querySelector(".head .value");
    if (text && ["correct", "choose"].includes(action)) text.textContent = shown ?? String(value);
    if (text && ["unreadable", "absent"].includes(action)) text.textContent = words[action];
    if (action === "remove") row.classList.add("gone");
    count();
    send(value === null ? { path: name, action } : { path: name, action, value }, row.dataset.label);
  }

  // What was typed for a row.
  desk.commit = (row, text, on = true) => {
    const { kind, name } = row.dataset;
    const value = JSON.parse(row.dataset.value);
    if (!text) {
      desk.edit.end(false);
      if (on) onward(row);
      return;
    }
    if (kind === "add") {
      decide(row, "add", ["targets", "deadlines"].includes(name) && typeof text === "string" ? { text } : text, { on: false });
      row.classList.remove("saving");
      if (on) select(name, { edit: true, quiet: true });
      return;
    }
    const choice = [...row.querySelectorAll(".choices button")].map((one) => JSON.parse(one.dataset.choice)).find((one) => one.value === text);
    // The words of a claim, and the number of a citation, are a part of it.
    const part = kind === "item" ? { citations: "number", targets: "text", deadlines: "text" }[name] : "";
    if (value !== null && String(value) === text && kind !== "part") decide(row, "accept", null, { on });
    else if (choice) decide(row, choice.action, choice.value, { on, shown: text });
    else decide(row, "correct", text, { on, part });
  };

  desk.accept = (row) => {
    if (row.dataset.kind === "finding") return onward(row);
    if (isEmpty(row)) {
      if (row.dataset.kind !== "add") tell(words.no_value);
      return desk.begin(row);
    }
    return decide(row, "accept");
  };

  // A button of a row, pressed by hand or by its key.
  desk.press = (button) => {
    const row = button.closest(".entry");
    if (button.dataset.choice) {
      const { action, value } = JSON.parse(button.dataset.choice);
      if (action === "add") return desk.commit(row, value);
      return decide(row, action, value, { shown: button.querySelector("b").textContent });
    }
    const [action] = button.value.split(" ");
    if (action === "approve") return desk.approve();
    if (action === "correct" || action === "add") return desk.commit(row, row.querySelector(".edit input").value.trim());
    if (action === "accept") return desk.accept(row);
    return decide(row, action);
  };

  desk.act = (action) => {
    const button = [...(at(path)?.querySelectorAll(".acts button[value]") ?? [])].find((one) => one.value.startsWith(`${action} `));
    if (button) desk.press(button);
    else tell(words.not_possible);
  };

  // The whole document, and on to the next. What is being typed goes first; a draft elsewhere, or a
  // key field that has no value, is shown before.
  desk.approve = () => {
    if (leaving) return;
    const typing = desk.edit.row();
    if (typing && desk.edit.text()) desk.commit(typing, desk.edit.text(), false);
    const drafted = desk.edit.drafted().find((name) => at(name));
    if (drafted) {
      select(drafted, { edit: true });
      return;
    }
    const empty = all().filter((row) => isOpen(row) && KEY_FIELDS.includes(row.dataset.path) && isEmpty(row) && !desk.saving.has(row.dataset.path));
    if (empty.length && !armed) {
      armed = true;
      vanthu.tell(say(words.unanswered, { fields: empty.map((row) => row.dataset.label).join(", ") }));
      return;
    }
    leaving = true;
    root.classList.add("leaving");
    tell(words.waiting);
    send({ path: "", action: "approve" });
  };

  desk.undo = () => desk.saving.put({ kind: "undo", doc: id, query: desk.query(), expected: version() });

  // -- what comes of it -----------------------------------------------------------------------

  function count() {
    root.querySelector("#left").textContent = say(words.left, { count: all().filter(isOpen).length });
  }

  // The rows as they stand now; a row that is being typed in stays as it is.
  function refresh(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const typing = desk.edit.row();
    const had = document.activeElement?.closest?.(".entry") && !typing;
    const scrolled = box.scrollTop;
    const theirs = typing && [...fresh.querySelectorAll(".entry")].find((row) => row.dataset.path === typing.dataset.path);
    if (theirs) around(fresh, typing, theirs);
    else box.replaceChildren(...document.adoptNode(fresh.body).childNodes);
    box.scrollTop = scrolled;
    for (const row of all()) {
      row.classList.toggle("current", row.dataset.path === path);
      row.classList.toggle("saving", desk.saving.has(row.dataset.path));
      if (row.dataset.path === path) furnish(row);
    }
    if (had && at(path)) at(path).querySelector(".head").focus({ preventScroll: true });
    if (!at(path)) select(all()[0].dataset.path);
    count();
    desk.viewer.refresh();
  }
  desk.refresh = refresh;
  desk.reload = async () => {
    try {
      const answer = await vanthu.ask(`/review/${encodeURIComponent(id)}/rows${desk.query()}`);
      refresh(await answer.text());
      return true;
    } catch (error) {
      vanthu.tell(error.message, "notice wrong");
      return false;
    }
  };

  // The input keeps its text, its place and an open composition: all but its row is replaced.
  function around(fresh, typing, theirs) {
    const mine = typing.closest("section.group");
    const section = theirs.closest("section.group");
    const before = [];
    const after = [];
    let list = before;
    for (const row of section.querySelectorAll(".entry")) {
      if (row === theirs) list = after;
      else list.push(row);
    }
    for (const row of mine.querySelectorAll(".entry")) if (row !== typing) row.remove();
    typing.before(...before);
    typing.after(...after);
    mine.querySelector("h2").replaceWith(section.querySelector("h2"));
    section.replaceWith(mine);
    for (const old of [...box.childNodes]) if (old !== mine) old.remove();
    const pieces = [...fresh.body.childNodes];
    const middle = pieces.indexOf(mine);
    mine.remove();
    box.append(...pieces.slice(0, middle), mine, ...pieces.slice(middle + 1));
  }

  desk.saved = (item, body) => {
    if (body.nothing) {
      vanthu.tell(words.nothing_to_undo);
      return;
    }
    if (item.sentTo !== id) {
      if (item.kind === "undo") location.assign(`/review/${encodeURIComponent(item.sentTo)}${desk.query({ at: body.undone.path })}`);
      return;
    }
    if (body.next && leaving) {
      location.assign(body.next);
      return;
    }
    refresh(body.html);
    for (const one of [...(item.decisions ?? []), body.undone]) {
      if (one?.path.startsWith("pages/")) desk.viewer.forget(Number(one.path.split("/")[1]));
    }
    if (body.undone) {
      vanthu.tell(words.undone);
      select(body.undone.path || path);
    }
  };

  desk.refused = (item, body) => {
    desk.stay();
    const decision = item.decisions?.[0];
    const row = item.doc === id ? (at(decision?.path ?? "") ?? at(decision?.path.split("/").slice(0, 2).join("/"))) : null;
    const detail = body.detail ?? "";
    vanthu.tell(row ? `${row.dataset.label}: ${detail}` : say(words.failed, { detail }), "notice wrong");
    if (!row) return;
    row.classList.remove("saving", "gone");
    row.classList.add("refused", "open");
    count();
    if (desk.edit.row() && desk.edit.text()) return; // something else is being typed
    select(row.dataset.path, { quiet: true });
    if (typeof decision.value === "string") desk.begin(row, decision.value);
  };

  desk.state = (state) => {
    const line = root.querySelector("#saving");
    line.textContent = state === "unsaved" ? "" : words[state];
    line.dataset.state = state;
    root.querySelector("#retry").hidden = state !== "unsaved";
  };

  // -- other documents --------------------------------------------------------------------------

  async function go(where) {
    if (desk.edit.row()) desk.edit.end(true);
    tell(words.waiting);
    await desk.saving.settled(3000); // what is not written by then is sent from the next page
    location.assign(where);
  }
  desk.next = () => go(root.querySelector("#next").href);
  desk.previous = () => {
    const trail = desk.saving.load(TRAIL, []);
    const before = trail[trail.indexOf(id) - 1];
    return go(before ? `/review/${encodeURIComponent(before)}${root.dataset.query}` : root.querySelector("#previous").href);
  };

  // -- hands ------------------------------------------------------------------------------------

  box.addEventListener("focusin", (event) => {
    const row = event.target.closest(".entry");
    if (row && row.dataset.path !== path) select(row.dataset.path, { quiet: true });
  });
  root.addEventListener("click", (event) => {
    const row = event.target.closest(".entry");
    const parts = event.target.closest(".open-parts");
    if (!row || !(parts || event.target.closest(".start-edit, .head"))) return;
    event.preventDefault();
    if (parts) desk.openParts(row, !opened.has(row.dataset.path));
    else if (event.target.closest(".start-edit")) desk.begin(row);
    else select(row.dataset.path);
  });
  root.addEventListener("submit", (event) => {
    if (event.target.id !== "decide") return;
    event.preventDefault();
    if (event.submitter?.value) desk.press(event.submitter);
  });
  const presses = { undo: desk.undo, next: desk.next, previous: desk.previous, retry: () => desk.saving.retry() };
  for (const [name, does] of Object.entries(presses)) {
    root.querySelector(`#${name}`).addEventListener("click", (event) => {
      event.preventDefault();
      does();
    });
  }

  // -- begin ------------------------------------------------------------------------------------

  desk.saving = window.deskSaving(desk);
  desk.edit = window.deskEdit(desk);
  desk.viewer = window.deskViewer(desk);
  window.deskTalk(desk);
  window.deskPresence(desk);
  window.deskKeys(desk);
  const trail = desk.saving.load(TRAIL, []);
  if (!trail.includes(id)) desk.saving.store(TRAIL, [...trail, id].slice(-200));
  for (const part of all()) if (part.dataset.of) opened.add(part.dataset.of);
  const drafted = desk.edit.drafted().filter((name) => at(name));
  const first = at(root.dataset.at) ?? at(drafted[0]) ?? all().find(isOpen) ?? all()[0];
  if (first) select(first.dataset.path, { edit: (isOpen(first) && isEmpty(first)) || drafted.includes(first.dataset.path) });
  desk.saving.begin();
  root.dataset.ready = "true";
});
