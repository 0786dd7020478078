// What the desk asks a person: a name, what to do about a conflict, to sign in again.
"use strict";
window.deskTalk = (desk) => {
  const { root, words, say } = desk;

  // Who decides: asked once, before the first decision.
  desk.askName = (then) => {
    const dialog = root.querySelector("#name-dialog");
    const name = dialog.querySelector("input");
    const back = document.activeElement;
    desk.stay();
    dialog.querySelector("form").onsubmit = async (event) => {
      event.preventDefault();
      try {
        const body = new URLSearchParams({ name: name.value, next: "/" });
        await vanthu.ask("/person", { method: "POST", headers: { "HX-Request": "true" }, body });
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
    dialog.onclose = () => {
      if (!root.dataset.person) desk.state("unsaved");
    };
    dialog.showModal();
    name.focus();
  };

  const told = (decision) => {
    if (decision.action === "approve") return words.approved;
    if (decision.value === undefined || decision.value === null) return words[decision.action] ?? words.accepted;
    return typeof decision.value === "object" ? Object.values(decision.value).join(" · ") : String(decision.value);
  };

  // Both values, who and when; nothing is written until one is chosen. Closing keeps theirs.
  desk.conflict = (item, body, answer) => {
    const dialog = root.querySelector("#conflict");
    const { conflict } = body;
    const mine = item.decisions.find((one) => one.path === conflict.path) ?? item.decisions[0];
    const part = (name, text) => {
      dialog.querySelector(`#conflict-${name}`).textContent = text;
    };
    part("lead", say(words.lead, conflict));
    part("theirs", [conflict.theirs, conflict.status].filter(Boolean).join(" · ") || words.none);
    part("mine", told(mine));
    desk.stay();
    const here = item.doc === root.dataset.id;
    const done = (use) => {
      dialog.onclose = null;
      dialog.close();
      if (here) desk.refresh(body.html);
      answer(use);
      if (here) desk.select(conflict.path || desk.current()?.dataset.path);
    };
    dialog.querySelector("#keep-theirs").onclick = () => done(false);
    dialog.querySelector("#use-mine").onclick = () => done(true);
    dialog.onkeydown = (event) => {
      if (event.key === "1") done(false);
      else if (event.key === "2") done(true);
    };
    dialog.onclose = () => done(false);
    dialog.showModal();
    dialog.querySelector("#keep-theirs").focus();
  };

  // Somebody else signed in at this tab: what was decided before is not theirs unless they say so.
  desk.left = (items, me, answer) => {
    const dialog = root.querySelector("#left-behind");
    const use = dialog.querySelector("#use-left");
    desk.stay();
    dialog.querySelector("#left-lead").textContent = say(words.left_lead, { by: items[0].by, me });
    dialog.querySelector("ul").replaceChildren(...items.flatMap((item) => item.decisions).map((decision) => {
      const line = document.createElement("li");
      line.textContent = told(decision);
      return line;
    }));
    use.textContent = say(words.left_use, { me });
    const done = (mine) => {
      dialog.onclose = null;
      dialog.close();
      answer(mine);
    };
    use.onclick = () => done(true);
    dialog.querySelector("#drop-left").onclick = () => done(false);
    dialog.onclose = () => desk.state("unsaved"); // not decided: it waits
    dialog.showModal();
  };

  // The session has ended: what was typed waits in this tab until one is signed in again. Who is
  // typing is told without being interrupted.
  let ended = null;
  desk.expired = (focus = true) => {
    desk.stay();
    if (focus) desk.state("unsaved");
    if (ended?.isConnected) {
      if (focus) ended.querySelector("a").focus();
      return;
    }
    const line = vanthu.tell(words.expired, "notice wrong");
    ended = line;
    const link = document.createElement("a");
    // Where one is when one goes, not where one was when it was told.
    const renew = () => {
      link.href = `/login?next=${encodeURIComponent(`${location.pathname}${desk.query({ at: desk.current()?.dataset.path })}`)}`;
    };
    renew();
    link.textContent = words.login;
    line.append(" ", link);
    link.addEventListener("focus", renew);
    link.addEventListener("pointerdown", renew);
    if (focus) link.focus();
  };

  desk.others = (names) => {
    desk.stay();
    vanthu.tell(say(words.others, { by: names.join(", ") }), "notice wrong");
  };
};
