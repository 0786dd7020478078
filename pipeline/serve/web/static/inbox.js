// Files sent to the inbox: by drop, or by choosing; a few at a time, each with its progress.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const area = document.getElementById("drop");
  if (!area) return;
  const say = area.dataset;
  const limits = { file: Number(say.fileBytes), files: Number(say.files), total: Number(say.totalBytes) };
  const box = document.getElementById("sending");
  const told = document.getElementById("sending-told");
  const all = document.getElementById("sending-all");
  const list = document.getElementById("sending-files");
  const stop = document.getElementById("sending-cancel");
  const AT_ONCE = 3;
  const SHOWN = 200; // a longer list tells nobody anything; refused files are always shown
  const number = (value) => value.toLocaleString(say.language === "vi" ? "vi-VN" : "en-GB");
  let sending = null;

  // One file of the list: what is shown of it, and how it goes.
  function item(file, name) {
    const entry = { file, name, state: "waiting", sent: 0, line: null };
    if (list.childElementCount < SHOWN) show(entry);
    return entry;
  }
  function show(entry) {
    if (entry.line) return;
    entry.line = document.createElement("li");
    const label = document.createElement("span");
    label.className = "sending-name";
    label.textContent = entry.name;
    entry.bar = document.createElement("progress");
    entry.bar.max = Math.max(1, entry.file.size);
    entry.bar.value = 0;
    entry.bar.setAttribute("aria-label", entry.name);
    entry.word = document.createElement("span");
    entry.word.className = "sending-word";
    entry.line.append(label, entry.bar, entry.word);
    list.append(entry.line);
  }
  function settle(entry, state, word) {
    entry.state = state;
    entry.sent = entry.file.size;
    if (state === "refused") show(entry);
    if (!entry.line) return;
    entry.line.dataset.state = state;
    entry.bar.remove();
    entry.word.textContent = (state === "sent" ? "✓ " : "✕ ") + word;
  }
  function overall(batch) {
    const done = batch.entries.filter((entry) => entry.state === "sent" || entry.state === "refused").length;
    const bytes = batch.entries.reduce((sum, entry) => sum + entry.sent, 0);
    all.max = Math.max(1, batch.bytes);
    all.value = bytes;
    told.textContent = say.sayProgress.replace("{done}", number(done)).replace("{total}", number(batch.entries.length));
  }

  // Files of a drop, folders walked to their ends; names with their folders.
  async function walked(entry, folder = "") {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      return [[file, folder + entry.name]];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const inner of some) found.push(...(await walked(inner, `${folder}${entry.name}/`)));
      if (found.length > limits.files) break;
    }
    return found;
  }
  async function dropped(transfer) {
    const entries = [...transfer.items].map((one) => one.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return [...transfer.files].map((file) => [file, file.name]);
    const found = [];
    for (const entry of entries) found.push(...(await walked(entry)));
    return found;
  }

  function post(address, entry, batch) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      batch.requests.add(request);
      request.open("POST", address);
      request.setRequestHeader("X-CSRF-Token", vanthu.csrf());
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.addEventListener("progress", (event) => {
        entry.sent = Math.min(event.loaded, entry.file.size);
        if (entry.bar) entry.bar.value = entry.sent;
        overall(batch);
      });
      request.addEventListener("loadend", () => {
        batch.requests.delete(request);
        resolve(request);
      });
      request.send(entry.file);
    });
  }
  async function send(entry, batch) {
    const address = `/inbox/uploads/${batch.id}/file?name=${encodeURIComponent(entry.name)}`;
    for (let attempt = 1; !batch.cancelled; attempt += 1) {
      const answer = await post(address, entry, batch);
      if (batch.cancelled) return;
      if (answer.status === 201) return settle(entry, "sent", say.saySent);
      const busy = answer.status === 429 || (answer.status === 503 && answer.responseText.includes('"busy"'));
      if (!busy || attempt > 60) {
        const why = answer.status ? vanthu.problem(answer.responseText) || String(answer.status) : say.sayBroken;
        return settle(entry, "refused", why);
      }
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }

  function checked(found) {
    let bytes = 0;
    let count = 0;
    return found.map(([file, name]) => {
      const entry = item(file, name);
      if (file.size > limits.file) settle(entry, "refused", say.saySize);
      else if (file.size === 0) settle(entry, "refused", say.sayEmpty);
      else if (count + 1 > limits.files) settle(entry, "refused", say.sayFiles);
      else if (bytes + file.size > limits.total) settle(entry, "refused", say.sayTotal);
      else {
        bytes += file.size;
        count += 1;
      }
      return entry;
    });
  }

  async function take(found) {
    if (sending || !found.length) return;
    list.replaceChildren();
    all.hidden = box.hidden = false;
    stop.textContent = say.sayCancel;
    area.classList.add("sends");
    const entries = checked(found);
    const batch = { id: "", entries, requests: new Set(), cancelled: false, bytes: entries.reduce((sum, e) => sum + e.file.size, 0) };
    sending = batch;
    overall(batch);
    try {
      const waiting = entries.filter((entry) => entry.state === "waiting");
      if (waiting.length) {
        batch.id = (await (await vanthu.ask("/inbox/uploads", { method: "POST" })).json()).batch;
        const next = async () => {
          for (let entry = waiting.shift(); entry && !batch.cancelled; entry = waiting.shift()) {
            await send(entry, batch);
            overall(batch);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, next));
        if (!batch.cancelled) await begun(batch);
      } else finish(say.sayNone, entries);
    } catch (error) {
      finish(error.message, entries);
    }
    sending = null;
    area.classList.remove("sends");
    if (batch.cancelled) finish(say.sayCancelled, []);
  }
  async function begun(batch) {
    const answer = await (await vanthu.ask(`/inbox/uploads/${batch.id}/start`, { method: "POST" })).json();
    finish(answer.files ? say.sayStarted.replace("{count}", number(answer.files)) : say.sayNone, batch.entries);
    htmx.trigger("#live", "look");
  }
  function finish(sentence, entries) {
    const refused = entries.filter((entry) => entry.state === "refused").length;
    told.textContent = sentence + (refused ? ` ${say.sayRefused.replace("{count}", number(refused))}` : "");
    for (const line of [...list.children]) if (line.dataset.state !== "refused") line.remove();
    all.hidden = true;
    stop.textContent = say.sayClose;
  }

  stop.addEventListener("click", async () => {
    const batch = sending;
    if (!batch) return (box.hidden = true);
    batch.cancelled = true;
    for (const request of batch.requests) request.abort();
    if (batch.id) await vanthu.ask(`/inbox/uploads/${batch.id}/cancel`, { method: "POST" }).catch(() => {});
  });
  for (const chooser of area.querySelectorAll('input[type="file"]')) {
    chooser.addEventListener("change", () => {
      const found = [...chooser.files].map((file) => [file, file.webkitRelativePath || file.name]);
      chooser.value = "";
      take(found);
    });
  }

  // A file that is dropped beside the box must not replace the page.
  let over = 0;
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const lit = (on) => area.classList.toggle("over", on);
  addEventListener("dragenter", (event) => { if (carriesFiles(event)) { over += 1; lit(true); } });
  addEventListener("dragleave", (event) => { if (carriesFiles(event)) { over = Math.max(0, over - 1); lit(over > 0); } });
  addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    over = 0;
    lit(false);
    take(await dropped(event.dataTransfer).catch(() => []));
  });
  addEventListener("beforeunload", (event) => { if (sending) event.preventDefault(); });
});
