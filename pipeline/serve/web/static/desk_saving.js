// Decisions on their way to the archive: one after the other, kept in the tab until they are
// written, sent again where the line was down, and never lost by going to another page.
"use strict";
window.deskSaving = (desk) => {
  const BOX = "vanthu.desk.outbox";
  const VERSIONS = "vanthu.desk.versions";
  const STACK = "vanthu.desk.made";
  const load = (name, without) => {
    try {
      return JSON.parse(sessionStorage.getItem(name)) ?? without;
    } catch {
      return without;
    }
  };
  const store = (name, value) => {
    try {
      sessionStorage.setItem(name, JSON.stringify(value));
    } catch {
      // A full or forbidden store: what waits is still in this page.
    }
  };
  let items = load(BOX, []);
  let busy = false;
  let held = false; // a question to the person comes first
  let waits = 0;
  let timer = 0;
  const idle = [];

  const keep = () => store(BOX, items);
  const versions = () => load(VERSIONS, {});
  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  const group = (path) => (["number", "serial", "symbol"].includes(path) ? "number" : path);

  // Put a step in line. One that builds on an own step before it is about what that one leaves.
  function put(item) {
    const own = items.filter((one) => one.doc === item.doc);
    const paths = new Set(own.flatMap((one) => one.decisions ?? []).map((one) => group(one.path)));
    const latest = own.length > 0 && (item.decisions ?? []).some((one) => one.action === "approve" || paths.has(group(one.path)));
    items.push({ key: key(), latest, by: desk.root.dataset.person, ...item });
    keep();
    pump();
  }

  async function send(item) {
    const undo = item.kind === "undo";
    const last = load(STACK, []).at(-1);
    const doc = undo && last ? last.doc : item.doc;
    const expected = item.latest ? Math.max(item.expected, versions()[item.doc] ?? 0) : item.expected;
    item.by ||= desk.root.dataset.person;
    const body = undo ? { decision: last?.id ?? null } : { key: item.key, expected, by: item.by, decisions: item.decisions };
    const answer = await fetch(`/review/${encodeURIComponent(doc)}/${undo ? "undo" : "decide"}${item.query ?? ""}`, {
      method: "POST",
      redirect: "manual",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRF-Token": vanthu.csrf() },
      body: JSON.stringify(body),
    });
    item.sentTo = doc;
    return answer;
  }

  // The mark of the session is another one after signing in again, or after the server's restart.
  async function anotherMark() {
    const page = await fetch(location.href, { redirect: "manual" });
    if (!page.ok) return false;
    const found = new DOMParser().parseFromString(await page.text(), "text/html").querySelector('meta[name="csrf"]');
    const mine = document.querySelector('meta[name="csrf"]');
    if (!found || !mine || found.content === mine.content) return false;
    mine.content = found.content;
    return true;
  }

  function later() {
    waits += 1;
    clearTimeout(timer);
    timer = setTimeout(pump, Math.min(1000 * 2 ** waits, 30000));
    desk.state("unsaved", items.length);
  }

  const approves = (item, doc) => item.doc === doc && item.decisions?.some((one) => one.action === "approve");

  function saved(item, body) {
    items.shift();
    waits = 0;
    if (item.kind === "undo") {
      const stack = load(STACK, []);
      stack.pop();
      store(STACK, stack);
    } else {
      const made = body.made.map((one) => ({ ...one, doc: item.doc }));
      store(STACK, [...load(STACK, []), ...made].slice(-200));
    }
    if (body.version !== undefined) store(VERSIONS, { [item.sentTo]: body.version });
    // What somebody else changed in between was not seen when the document was approved.
    if (body.others?.length && items.some((one) => approves(one, item.doc))) {
      items = items.filter((one) => !approves(one, item.doc));
      desk.others(body.others);
    }
    keep();
    desk.saved(item, body);
  }

  // Another person is signed in than the one who decided: nobody signs for somebody else unasked.
  function leftBehind(by, me) {
    held = true;
    desk.root.dataset.person = me;
    const theirs = items.filter((item) => item.by === by && item.decisions);
    desk.left(theirs, me, (mine) => {
      held = false;
      if (mine) for (const item of theirs) Object.assign(item, { by: me, key: key() });
      else items = items.filter((item) => !theirs.includes(item));
      keep();
      pump();
      if (!mine) desk.reload();
    });
  }

  async function one() {
    const item = items[0];
    if (!desk.root.dataset.person) {
      held = true;
      desk.askName(() => {
        held = false;
        pump();
      });
      return false;
    }
    let answer;
    try {
      answer = await send(item);
    } catch {
      later();
      return false;
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      held = true;
      desk.expired();
      return false;
    }
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) {
      saved(item, body);
      return true;
    }
    if (answer.status === 409 && body.conflict) {
      held = true;
      items = [item, ...items.slice(1).filter((other) => !approves(other, item.doc))];
      desk.conflict(item, body, (mine) => {
        held = false;
        store(VERSIONS, { ...versions(), [item.doc]: body.version });
        if (mine) Object.assign(item, { key: key(), expected: body.version });
        else items.shift();
        keep();
        pump();
      });
      return false;
    }
    if (answer.status === 412) {
      leftBehind(item.by, body.person);
      return false;
    }
    if (answer.status === 428) {
      desk.root.dataset.person = "";
      return true; // asked before it is sent again
    }
    if (answer.status === 403 && !item.marked) {
      item.marked = true;
      if (await anotherMark().catch(() => false)) return true;
    }
    if (answer.status === 429 || answer.status >= 500) {
      later();
      return false;
    }
    items.shift(); // it cannot be written so; an approval behind it would approve something else
    items = items.filter((other) => !approves(other, item.doc));
    keep();
    desk.refused(item, body);
    return true;
  }

  async function pump() {
    if (busy || held) return;
    busy = true;
    clearTimeout(timer);
    if (items.length) desk.state("saving", items.length);
    let going = true;
    while (items.length && going) going = await one();
    busy = false;
    if (!items.length) {
      desk.state("saved", 0);
      while (idle.length) idle.shift()();
    }
  }

  addEventListener("online", () => pump());
  addEventListener("beforeunload", (event) => {
    if (items.length && waits && navigator.userActivation?.hasBeenActive) event.preventDefault();
  });
  return {
    put,
    retry: () => {
      held = false;
      pump();
    },
    pending: () => items.length,
    has: (path) => items.some((item) => item.doc === desk.root.dataset.id && item.decisions?.some((one) => one.path === path)),
    undoable: () => load(STACK, []).length > 0,
    // Resolves when all is written; false where that takes too long.
    settled: (ms) =>
      !items.length
        ? Promise.resolve(true)
        : new Promise((done) => {
            idle.push(() => done(true));
            setTimeout(() => done(false), ms);
          }),
    begin: pump,
    load,
    store,
  };
};
