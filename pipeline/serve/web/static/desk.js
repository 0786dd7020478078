// A document at the review desk: rows, keys, decisions. Nothing here is needed to decide: without
// it each row's buttons are a form.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("desk");
  if (!root) return;
  document.documentElement.classList.add("js");
  const words = JSON.parse(root.dataset.words);
  const box = root.querySelector("#rows");
  const live = root.querySelector("#live");
  const KEY_FIELDS = ["number", "issued", "issuer", "doc_type"];
  const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const opened = new Set();
  const desk = { root, words };
  let path = "";
  let armed = false;
  let leaving = false;
  let burst = null;

  const form = () => box.querySelector("#decide");
  const version = () => Number(form().dataset.version);
  const all = () => [...box.querySelectorAll(".row")];
  const seen = () => all().filter((row) => !row.dataset.of || opened.has(row.dataset.of));
  const at = (name) => all().find((row) => row.dataset.path === name);
  const waiting = () => seen().filter((row) => row.classList.contains("open"));
  const tell = (text) => {
    live.textContent = "";
    live.textContent = text;
  };
  desk.rows = all;
  desk.current = () => at(path);

  // -- which row ----------------------------------------------------------------------------

  function select(name, { edit = false, quiet = false } = {}) {
    const row = at(name) ?? seen()[0];
    if (!row) return;
    if (row.dataset.of) opened.add(row.dataset.of);
    if (desk.edit.row() && desk.edit.row() !== row) desk.edit.end(true);
    path = row.dataset.path;
    parts();
    all().forEach((one) => one.classList.toggle("current", one === row));
    row.querySelector(".head").focus({ preventScroll: true });
    const scroller = matchMedia("(min-width: 60.01rem)").matches ? "nearest" : "start";
    row.scrollIntoView({ block: scroller });
    desk.viewer.focus(row);
    if (!quiet) {
      const rows = seen();
      const status = row.dataset.kind === "finding" ? "" : words[row.dataset.status];
      tell(say(words.row, { n: rows.indexOf(row) + 1, all: rows.length, label: row.dataset.label, status, value: row.querySelector(".detail-value")?.textContent ?? "" }));
    }
    if (edit) desk.edit.begin(row);
  }
  desk.select = select;

  function move(by, from = at(path)) {
    const rows = seen();
    const next = rows[rows.indexOf(from) + by];
    if (next) select(next.dataset.path);
  }
  desk.move = move;

  // On to the next row that needs a look; to the approval where none is left.
  function onward(from) {
    const rows = seen();
    const place = rows.indexOf(from);
    const next = [...rows.slice(place + 1), ...rows.slice(0, place)].find((row) => row.classList.contains("open"));
    if (next) {
      select(next.dataset.path, { edit: next.dataset.value === "null" });
      return;
    }
    desk.edit.end(true);
    root.querySelector("#approve").focus({ preventScroll: true });
    tell(words.no_more);
  }

  function parts() {
    for (const row of all()) if (row.dataset.of) row.hidden = !opened.has(row.dataset.of);
  }

  function openParts(row, open) {
    const item = row.dataset.of || row.dataset.path;
    if (!at(`${item}`) || !all().some((one) => one.dataset.of === item)) return false;
    if (open) opened.add(item);
    else opened.delete(item);
    parts();
    select(open ? all().find((one) => one.dataset.of === item).dataset.path : item);
    return true;
  }

  // -- deciding -----------------------------------------------------------------------------

  function decide(row, action, value = null, { on = true, shown = null } = {}) {
    const decision = { path: row.dataset.path, action };
    if (value !== null) decision.value = value;
    desk.edit.forget(row.dataset.path);
    if (desk.edit.row() === row) desk.edit.end(false);
    desk.edit.forget(row.dataset.path);
    armed = false;
    if (on) onward(row);
    row.classList.remove("open", "refused", "draft");
    row.classList.add("saving");
    const text = row.querySelector(".head .value");
    if (text && ["correct", "choose"].includes(action)) text.textContent = shown ?? String(value);
    if (text && ["unreadable", "absent", "remove"].includes(action)) text.textContent = words[action] ?? "";
    if (action === "remove") row.classList.add("gone");
    count();
    desk.saving.put({ doc: root.dataset.id, query: root.dataset.query, expected: version(), decisions: [decision], label: row.dataset.label });
  }

  // What was typed for a row.
  function commit(row, text, on = true) {
    const value = JSON.parse(row.dataset.value);
    const name = row.dataset.path;
    if (!text) {
      desk.edit.end(false);
      if (on) onward(row);
      return;
    }
    if (row.dataset.kind === "add") {
      decide(row, "add", ["targets", "deadlines"].includes(name) ? { text } : text, { on: false });
      if (on) select(name, { edit: true, quiet: true });
      return;
    }
    const choice = [...row.querySelectorAll(".choices button")].map((one) => JSON.parse(one.dataset.choice)).find((one) => one.value === text);
    if (value !== null && String(value) === text && row.dataset.kind !== "part") decide(row, "accept", null, { on });
    else if (choice) decide(row, choice.action, choice.value, { on, shown: text });
    else if (row.dataset.kind === "item" && row.querySelector(".open-parts")) decideText(row, text, on);
    else decide(row, "correct", text, { on });
  }
  desk.commit = commit;

  // The words of a claim, or the number of a citation, are a part of it.
  function decideText(row, text, on) {
    const part = at(`${row.dataset.path}/${row.dataset.name === "citations" ? "number" : "text"}`);
    row.classList.remove("open");
    row.querySelector(".head .value").textContent = text;
    desk.edit.forget(row.dataset.path);
    desk.edit.end(false);
    if (on) onward(row);
    decide(part, "correct", text, { on: false });
  }

  function accept(row) {
    if (row.dataset.kind === "finding") return onward(row);
    if (row.dataset.kind === "part") {
      if (row.dataset.value === "null") return move(1);
      return decide(row, "accept");
    }
    if (row.dataset.value === "null") {
      if (row.dataset.kind !== "add") tell(words.no_value);
      return desk.edit.begin(row);
    }
    return decide(row, "accept");
  }

  // A button of a row, pressed by hand or by its key.
  function press(button) {
    const row = button.closest(".row");
    if (button.dataset.choice) {
      const { action, value } = JSON.parse(button.dataset.choice);
      return decide(row, action, value, { shown: button.querySelector("b").textContent });
    }
    const [action] = (button.value ?? "").split(" ");
    if (action === "approve") return approve();
    if (action === "correct" || action === "add") return commit(row, row.querySelector(".edit input").value.trim());
    if (action === "accept") return accept(row);
    return decide(row, action);
  }
  desk.press = press;

  function act(action) {
    const row = at(path);
    const button = row && [...row.querySelectorAll(".acts button[value]")].find((one) => one.value.startsWith(`${action} `));
    if (button) press(button);
    else tell(words.not_possible);
  }

  function approve() {
    if (leaving) return;
    const typing = desk.edit.row();
    if (typing && desk.edit.text()) commit(typing, desk.edit.text(), false);
    const drafted = desk.edit.drafted().find((name) => at(name));
    if (drafted) {
      select(drafted, { edit: true });
      return;
    }
    const empty = waiting().filter((row) => KEY_FIELDS.includes(row.dataset.path) && row.dataset.value === "null" && !desk.saving.has(row.dataset.path));
    if (empty.length && !armed) {
      armed = true;
      const text = say(words.unanswered, { fields: empty.map((row) => row.dataset.label).join(", ") });
      vanthu.tell(text);
      return;
    }
    leaving = true;
    root.classList.add("leaving");
    tell(words.waiting);
    desk.saving.put({ doc: root.dataset.id, query: root.dataset.query, expected: version(), decisions: [{ path: "", action: "approve" }], label: "" });
  }

  function undo() {
    desk.saving.put({ kind: "undo", doc: root.dataset.id, query: root.dataset.query, expected: version() });
  }

  // -- what comes of it -----------------------------------------------------------------------

  function count() {
    root.querySelector("#left").textContent = say(words.left, { count: all().filter((row) => row.classList.contains("open")).length });
  }

  // The rows as they stand now; what has the focus or is being typed stays as it is.
  function refresh(html) {
    const typing = desk.edit.row();
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const had = document.activeElement?.closest?.(".row")?.dataset.path;
    const kept = typing ? { path: typing.dataset.path, node: typing } : null;
    const scrolled = box.scrollTop;
    if (kept) {
      // The input keeps its text, its place and an open composition: only its row stays.
      const theirs = [...fresh.querySelectorAll(".row")].find((row) => row.dataset.path === kept.path);
      patch(fresh, theirs ? kept : null);
    } else box.replaceChildren(...document.adoptNode(fresh.body).childNodes);
    box.scrollTop = scrolled;
    parts();
    all().forEach((row) => {
      row.classList.toggle("current", row.dataset.path === path);
      if (desk.saving.has(row.dataset.path)) row.classList.add("saving");
    });
    if (!kept && had && at(had)) at(had).querySelector(".head").focus({ preventScroll: true });
    if (!at(path) && seen()[0]) select(seen()[0].dataset.path);
    count();
    desk.viewer.refresh();
  }

  function patch(fresh, kept) {
    const place = kept ? kept.node.closest("section.group").dataset.group : "";
    for (const section of fresh.querySelectorAll("section.group")) {
      const mine = box.querySelector(`section.group[data-group="${section.dataset.group}"]`);
      if (section.dataset.group !== place) {
        if (mine) mine.replaceWith(document.adoptNode(section));
        continue;
      }
      mine.querySelector("h2").replaceWith(document.adoptNode(section.querySelector("h2")));
      const list = mine.querySelector("ol");
      for (const row of [...list.children]) if (row !== kept.node) row.remove();
      let before = true;
      for (const row of [...section.querySelectorAll("ol > .row")]) {
        if (row.dataset.path === kept.path) before = false;
        else if (before) kept.node.before(document.adoptNode(row));
        else list.append(document.adoptNode(row));
      }
    }
    form().replaceWith(document.adoptNode(fresh.querySelector("#decide")));
  }

  desk.saved = (item, body) => {
    if (body.nothing) return tell(words.nothing_to_undo);
    if (item.sentTo !== root.dataset.id) {
      if (item.kind === "undo") location.assign(`/review/${encodeURIComponent(item.sentTo)}${query({ at: body.undone.path })}`);
      return undefined;
    }
    if (body.next && leaving) {
      location.assign(body.next);
      return undefined;
    }
    refresh(body.html);
    const word = item.decisions?.find((one) => one.path.startsWith("pages/"))?.path ?? body.undone?.path ?? "";
    if (word.startsWith("pages/")) desk.viewer.forget(Number(word.split("/")[1]));
    if (body.undone) {
      vanthu.tell(words.undone);
      select(body.undone.path || path);
    }
    return undefined;
  };
  desk.refused = (item, body) => {
    leaving = false;
    root.classList.remove("leaving");
    const row = item.doc === root.dataset.id ? at(item.decisions?.[0]?.path ?? "") : null;
    const detail = body.detail ?? "";
    vanthu.tell(row ? `${row.dataset.label}: ${detail}` : say(words.failed, { detail }), "notice wrong");
    if (!row) return;
    row.classList.remove("saving");
    row.classList.add("refused", "open");
    count();
    const typed = item.decisions[0].value;
    if (desk.edit.row() && desk.edit.text()) return; // something else is being typed
    select(row.dataset.path, { quiet: true });
    if (typeof typed === "string") desk.edit.begin(row, typed);
  };
  desk.others = (names) => {
    leaving = false;
    root.classList.remove("leaving");
    vanthu.tell(say(words.others, { by: names.join(", ") }), "notice wrong");
  };
  desk.expired = () => {
    leaving = false;
    root.classList.remove("leaving");
    desk.state("unsaved", desk.saving.pending());
    const line = vanthu.tell(words.expired, "notice wrong");
    const link = document.createElement("a");
    link.href = `/login?next=${encodeURIComponent(`${location.pathname}${query({ at: path })}`)}`;
    link.textContent = words.login;
    line.append(" ", link);
    link.focus();
  };
  desk.state = (state) => {
    const line = root.querySelector("#saving");
    line.textContent = state === "unsaved" ? "" : words[state];
    line.dataset.state = state;
    root.querySelector("#retry").hidden = state !== "unsaved";
  };

  // -- questions to the person ------------------------------------------------------------------

  desk.askName = (then) => {
    const dialog = root.querySelector("#name-dialog");
    const name = dialog.querySelector("input");
    const back = document.activeElement;
    leaving = false;
    root.classList.remove("leaving");
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      try {
        await vanthu.ask("/person", { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams({ name: name.value, next: "/" }) });
      } catch (error) {
        vanthu.tell(error.message, "notice wrong");
        return;
      }
      root.dataset.person = name.value;
      const menu = document.querySelector(".who summary");
      if (menu) menu.textContent = name.value;
      dialog.close();
      back?.focus?.({ preventScroll: true });
      then();
    };
    dialog.onclose = () => { if (!root.dataset.person) desk.state("unsaved"); };
    dialog.showModal();
    name.focus();
  };

  desk.conflict = (item, body, answer) => {
    const dialog = root.querySelector("#conflict");
    const { conflict } = body;
    const mine = item.decisions.find((one) => one.path === conflict.path) ?? item.decisions[0];
    const part = (name, text) => { dialog.querySelector(`#conflict-${name}`).textContent = text; };
    part("lead", say(words.lead, conflict));
    part("theirs", [conflict.theirs, conflict.status].filter(Boolean).join(" · ") || words.none);
    part("mine", mine.action === "approve" ? words.approved : mine.value === undefined ? (words[mine.action] ?? words.accepted) : typeof mine.value === "string" ? mine.value : JSON.stringify(mine.value));
    leaving = false;
    root.classList.remove("leaving");
    const done = (use) => {
      dialog.onclose = null;
      dialog.close();
      if (item.doc === root.dataset.id) refresh(body.html);
      answer(use);
      if (item.doc === root.dataset.id) select(conflict.path && at(conflict.path) ? conflict.path : path);
    };
    dialog.querySelector("#keep-theirs").onclick = () => done(false);
    dialog.querySelector("#use-mine").onclick = () => done(true);
    dialog.onkeydown = (event) => {
      if (event.key === "1") done(false);
      else if (event.key === "2") done(true);
      event.stopPropagation();
    };
    dialog.onclose = () => done(false);
    dialog.showModal();
    dialog.querySelector("#keep-theirs").focus();
  };

  // -- other documents --------------------------------------------------------------------------

  const query = (more = {}) => {
    const asked = new URLSearchParams(root.dataset.query);
    for (const [name, value] of Object.entries(more)) if (value) asked.set(name, value);
    return asked.size ? `?${asked}` : "";
  };
  async function go(where) {
    if (desk.edit.row()) desk.edit.end(true);
    tell(words.waiting);
    await desk.saving.settled(3000);
    location.assign(where);
  }
  const TRAIL = "vanthu.desk.trail";
  function previous() {
    const trail = desk.saving.load(TRAIL, []);
    const before = trail[trail.indexOf(root.dataset.id) - 1];
    return go(before ? `/review/${encodeURIComponent(before)}${query()}` : root.querySelector("#previous").href);
  }

  // -- keys -----------------------------------------------------------------------------------

  const singles = () => localStorage.getItem("vanthu.desk.singles") !== "off";
  function addItem() {
    const row = at(path);
    const group = row?.closest("section.group");
    const add = group?.querySelector(".kind-add") ?? box.querySelector(".kind-add");
    if (add) select(add.dataset.path, { edit: true });
  }
  // What each key does; docs/desk.md has the same table.
  const KEYS = {
    ArrowDown: () => move(1),
    j: () => move(1),
    ArrowUp: () => move(-1),
    k: () => move(-1),
    e: () => { if (!desk.edit.begin(at(path))) tell(words.not_possible); },
    u: () => act("unreadable"),
    x: () => act({ item: "remove", word: "revert" }[at(path).dataset.kind] ?? "absent"),
    z: undo,
    a: approve,
    n: () => go(root.querySelector("#next").href),
    p: previous,
    "+": addItem,
    ArrowRight: () => openParts(at(path), true),
    ArrowLeft: () => openParts(at(path), false),
    "=": () => desk.viewer.do("in"),
    "-": () => desk.viewer.do("out"),
    w: () => desk.viewer.do("width"),
    0: () => desk.viewer.do("whole"),
    f: () => desk.viewer.do("field"),
    "[": () => desk.viewer.do("before"),
    "]": () => desk.viewer.do("after"),
    r: () => desk.viewer.do("turn"),
    t: () => desk.viewer.do("cycle"),
    "?": () => root.querySelector("#keys").showModal(),
  };
  const PAN = { ArrowUp: [0, 80], ArrowDown: [0, -80], ArrowLeft: [80, 0], ArrowRight: [-80, 0] };

  // A digit chooses a candidate, unless more is typed at once: then a value was begun.
  function digit(event, row) {
    const text = event.key;
    const chosen = row.querySelectorAll(".choices button")[Number(text) - 1];
    if (!chosen) return desk.edit.begin(row, text);
    burst = { text, row, timer: setTimeout(() => { burst = null; press(chosen); }, 300) };
    return undefined;
  }

  function command(event) {
    const row = at(path);
    const inViewer = event.target.closest?.(".stage");
    if ((event.shiftKey || inViewer) && PAN[event.key]) desk.viewer.pan(...PAN[event.key]);
    else if (event.key === "Enter") {
      if (event.target.closest("button, a, summary")) return;
      accept(row);
    } else if (burst && event.key.length === 1) {
      clearTimeout(burst.timer);
      desk.edit.begin(burst.row, burst.text + event.key);
      burst = null;
    } else if (/^[1-9]$/.test(event.key)) digit(event, row);
    else if (event.key.length === 1 && !singles() && event.key !== "?") desk.edit.begin(row, event.key);
    else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key]();
    else if (event.key.length === 1 && event.key !== " " && row?.querySelector(".edit input")) desk.edit.begin(row, event.key);
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", (event) => {
    if (root.querySelector("dialog[open]") || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      event.preventDefault();
      approve();
      return;
    }
    if (desk.edit.key(event)) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest?.("input, select, textarea");
    if (field || (event.target !== document.body && !root.contains(event.target) && event.target.id !== "main")) return;
    command(event);
  });

  // -- hands ------------------------------------------------------------------------------------

  box.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row && row.dataset.path !== path) select(row.dataset.path, { quiet: true });
  });
  root.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (event.target.closest(".start-edit")) desk.edit.begin(row);
    else if (event.target.closest(".open-parts")) openParts(row, !opened.has(row.dataset.path));
    else if (row && event.target.closest(".head")) select(row.dataset.path);
  });
  root.addEventListener("submit", (event) => {
    if (event.target.id !== "decide") return;
    event.preventDefault();
    if (event.submitter?.value) press(event.submitter);
  });
  root.querySelector("#undo").addEventListener("click", undo);
  root.querySelector("#retry").addEventListener("click", () => desk.saving.retry());
  root.querySelector("#show-keys").addEventListener("click", () => KEYS["?"]());
  root.querySelector("#next").addEventListener("click", (event) => { event.preventDefault(); KEYS.n(); });
  root.querySelector("#previous").addEventListener("click", (event) => { event.preventDefault(); previous(); });
  const singlesBox = root.querySelector("#singles");
  singlesBox.checked = singles();
  singlesBox.addEventListener("change", () => localStorage.setItem("vanthu.desk.singles", singlesBox.checked ? "on" : "off"));

  // -- begin ------------------------------------------------------------------------------------

  const present = (gone = false) =>
    fetch(`/review/${encodeURIComponent(root.dataset.id)}/here${gone ? "?gone=1" : ""}`, { method: "POST", keepalive: true, redirect: "manual", headers: { "X-CSRF-Token": vanthu.csrf() } }).catch(() => {});
  addEventListener("pagehide", () => present(true));
  addEventListener("pageshow", (event) => { if (event.persisted) present(); });
  setTimeout(present, 2000); // the page before may have said good-bye only just now
  setInterval(present, 30000);
  desk.saving = window.deskSaving(desk);
  desk.edit = window.deskEdit(desk);
  desk.viewer = window.deskViewer(desk);
  const trail = desk.saving.load(TRAIL, []);
  if (!trail.includes(root.dataset.id)) desk.saving.store(TRAIL, [...trail, root.dataset.id].slice(-200));
  parts();
  const first = at(root.dataset.at) ?? at(desk.edit.drafted().find((name) => at(name)) ?? "") ?? waiting()[0] ?? seen()[0];
  if (first) select(first.dataset.path, { edit: (first.classList.contains("open") && first.dataset.value === "null") || desk.edit.drafted().includes(first.dataset.path) });
  desk.saving.begin();
  root.dataset.ready = "true";
});
