// The page beside the fields: zoom, turn, boxes of the fields, the text laid over the image.
// Boxes are [page, x0, y0, x1, y1] in fractions of the image as it was read, which lies upright.
"use strict";
window.deskViewer = (desk) => {
  const { root, words } = desk;
  const sheets = JSON.parse(root.dataset.sheets);
  const stage = root.querySelector(".stage");
  const sheet = root.querySelector(".sheet");
  const note = root.querySelector(".stage-note");
  const nameLine = root.querySelector(".box-name");
  const tool = (name) => root.querySelector(`.tools [data-do="${name}"]`);
  const SVG = "http://www.w3.org/2000/svg";
  const view = { at: 0, scale: 1, x: 0, y: 0, turn: 0, text: "", boxes: true, again: () => {} };
  const texts = new Map();
  let overlay = null;
  let current = null;

  const here = () => sheets[view.at] ?? { n: 1, w: 595, h: 842, image: "", boxes: false };
  const turned = () => (view.turn % 180 ? [here().h, here().w] : [here().w, here().h]);
  const address = (end) =>
    `/api/v1/directives/${encodeURIComponent(root.dataset.id)}/pages/${here().n}${end}personal_data=true`;

  // -- how the sheet lies on the stage ------------------------------------------------------

  function draw() {
    const { w, h } = here();
    const turns = { 0: "", 90: `translate(${h}px,0) rotate(90deg)`, 180: `translate(${w}px,${h}px) rotate(180deg)`, 270: `translate(0,${w}px) rotate(270deg)` };
    sheet.style.transform = `translate(${view.x}px,${view.y}px) scale(${view.scale}) ${turns[view.turn]}`;
    sheet.style.setProperty("--thin", `${1.5 / view.scale}px`);
  }

  // A box of the image in pixels of the turned image.
  function placed([, x0, y0, x1, y1]) {
    const { w, h } = here();
    const b = [x0 * w, y0 * h, x1 * w, y1 * h];
    if (view.turn === 90) return [h - b[3], b[0], h - b[1], b[2]];
    if (view.turn === 180) return [w - b[2], h - b[3], w - b[0], h - b[1]];
    if (view.turn === 270) return [b[1], w - b[2], b[3], w - b[0]];
    return b;
  }

  function clamp() {
    const [w, h] = turned();
    const room = (size, whole) => (whole * view.scale <= size ? [(size - whole * view.scale) / 2, (size - whole * view.scale) / 2] : [size - whole * view.scale, 0]);
    const [x0, x1] = room(stage.clientWidth, w);
    const [y0, y1] = room(stage.clientHeight, h);
    view.x = Math.min(Math.max(view.x, x0), x1);
    view.y = Math.min(Math.max(view.y, y0), y1);
    draw();
  }

  function fitWidth() {
    view.scale = stage.clientWidth / turned()[0];
    view.x = 0;
    view.y = 0;
    view.again = fitWidth;
    clamp();
  }

  function fitWhole() {
    const [w, h] = turned();
    view.scale = Math.min(stage.clientWidth / w, stage.clientHeight / h);
    view.again = fitWhole;
    clamp();
  }

  function zoom(by, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
    const least = Math.min(stage.clientWidth / turned()[0], stage.clientHeight / turned()[1]) * 0.8;
    const scale = Math.min(Math.max(view.scale * by, least), 8);
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    view.again = clamp;
    clamp();
  }

  function pan(x, y) {
    view.x += x;
    view.y += y;
    view.again = clamp;
    clamp();
  }

  // Boxes on their page with what stands around them.
  function look(boxes) {
    if (!boxes.length) return;
    const page = boxes[0][0];
    show(sheets.findIndex((one) => one.n === page));
    const all = boxes.filter((box) => box[0] === page).map(placed);
    const box = [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...all.map((b) => b[side])));
    const [w, h] = turned();
    const fit = stage.clientWidth / w;
    const wide = stage.clientWidth / (box[2] - box[0] + w * 0.3);
    const high = stage.clientHeight / (box[3] - box[1] + h * 0.12);
    view.scale = Math.max(Math.min(wide, high, fit * 2), Math.min(fit, high));
    view.x = stage.clientWidth / 2 - ((box[0] + box[2]) / 2) * view.scale;
    view.y = stage.clientHeight * 0.45 - ((box[1] + box[3]) / 2) * view.scale;
    view.again = () => look(boxes);
    clamp();
  }

  // -- what is on it ------------------------------------------------------------------------

  function show(at) {
    if (at < 0 || at >= sheets.length || (at === view.at && sheet.firstChild)) return;
    view.at = at;
    const { n, w, h, image } = here();
    root.querySelector("#sheet-number").textContent = `${at + 1} / ${sheets.length}`;
    sheet.style.width = `${w}px`;
    sheet.style.height = `${h}px`;
    sheet.replaceChildren();
    note.hidden = true;
    if (image) {
      const picture = document.createElement("img");
      Object.assign(picture, { width: w, height: h, alt: `${words.alt} ${n}`, decoding: "async", draggable: false });
      const shown = here();
      picture.addEventListener("error", () => {
        shown.image = "";
        picture.remove();
        if (shown === here()) lay();
      });
      picture.addEventListener("load", () => {
        if (image === "drawn" && shown === here()) resize(picture);
      });
      picture.src = address(image === "read" ? "/image?lies=as_read&" : "/picture?width=1440&");
      sheet.append(picture);
    }
    overlay = document.createElementNS(SVG, "svg");
    overlay.setAttribute("viewBox", `0 0 ${w} ${h}`);
    overlay.setAttribute("aria-hidden", "true");
    sheet.append(overlay);
    drawBoxes();
    lay();
  }

  // How high a page is that is drawn of its file, only its picture tells.
  function resize(picture) {
    here().h = (here().w * picture.naturalHeight) / picture.naturalWidth;
    sheet.style.height = `${here().h}px`;
    overlay.setAttribute("viewBox", `0 0 ${here().w} ${here().h}`);
    drawBoxes();
    lay();
    view.again();
  }

  function drawBoxes() {
    if (!overlay) return;
    overlay.querySelectorAll(".box").forEach((one) => one.remove());
    const { n, w, h } = here();
    for (const row of desk.rows()) {
      // Parts lie inside of what they are parts of.
      const inner = row.dataset.kind === "part" || ["serial", "symbol"].includes(row.dataset.path);
      if (inner && row.dataset.path !== current) continue;
      for (const [page, x0, y0, x1, y1] of JSON.parse(row.dataset.boxes)) {
        if (page !== n) continue;
        const pad = 0.003 * w;
        const rect = shape("rect", { x: x0 * w - pad, y: y0 * h - pad, width: (x1 - x0) * w + 2 * pad, height: (y1 - y0) * h + 2 * pad, rx: pad });
        rect.setAttribute("class", `box box-${row.dataset.kind} box-${row.dataset.status}${row.dataset.path === current ? " current" : ""}`);
        rect.dataset.path = row.dataset.path;
        rect.dataset.label = row.dataset.label;
        overlay.append(rect);
      }
    }
    overlay.querySelectorAll(".box.current").forEach((one) => overlay.append(one));
    overlay.classList.toggle("no-boxes", !view.boxes);
  }

  // The text over the page: as it was repaired, with what was changed underlined, or as read.
  async function lay() {
    overlay.querySelectorAll(".layer").forEach((one) => one.remove());
    sheet.querySelector(".flow")?.remove();
    const { n, image } = here();
    note.hidden = Boolean(image);
    note.textContent = words.missing;
    tool("text").setAttribute("aria-pressed", String(view.text === "text"));
    tool("raw").setAttribute("aria-pressed", String(view.text === "raw"));
    if (!view.text && image) return;
    try {
      if (!texts.has(n)) texts.set(n, vanthu.ask(address("?")).then((answer) => answer.json()));
      const page = await texts.get(n);
      if (here().n !== n) return;
      if (here().boxes) over(page, image);
      else flow(page);
    } catch {
      texts.delete(n);
      note.hidden = false;
      note.textContent = words.image_failed;
    }
  }

  function edited(page) {
    const edits = new Map();
    for (const edit of page.edits ?? []) edits.set(`${edit.line}/${edit.word}`, edit);
    return edits;
  }

  const shape = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // A word as it is laid over the page: what lies under it is covered.
  function lettered(word, edit, { at, top, bottom, size, baseline }) {
    const { w } = here();
    const [x, width] = [word.bbox[0] * w, Math.max((word.bbox[2] - word.bbox[0]) * w, 1)];
    const back = shape("rect", { x: x - 1, y: top, width: width + 2, height: bottom - top });
    const text = shape("text", { x, y: baseline, "font-size": size, textLength: width, lengthAdjust: "spacingAndGlyphs" });
    text.textContent = view.text === "raw" ? (word.raw ?? word.text) : word.text;
    if (edit) {
      text.setAttribute("class", `edited edited-${edit.status}`);
      text.dataset.path = back.dataset.path = at;
      text.dataset.label = back.dataset.label = `${edit.raw} → ${edit.repaired}`;
    }
    return [back, text];
  }

  function over(page, image) {
    const { h } = here();
    const layer = document.createElementNS(SVG, "g");
    layer.setAttribute("class", image ? "layer over" : "layer alone");
    const edits = edited(page);
    const lines = page.blocks.flatMap((block) => block.lines);
    lines.forEach((line, at) => {
      const boxes = line.words.map((word) => word.bbox).filter(Boolean);
      if (!boxes.length) return;
      const middle = (side) => boxes.map((one) => one[side]).sort((a, b) => a - b)[boxes.length >> 1] * h;
      const top = Math.min(...boxes.map((one) => one[1])) * h;
      const bottom = Math.max(...boxes.map((one) => one[3])) * h;
      const size = Math.max((middle(3) - middle(1)) * 0.95, (bottom - top) * 0.7);
      line.words.forEach((word, place) => {
        if (!word.bbox) return;
        const [back, text] = lettered(word, edits.get(`${at}/${place}`), { at: `pages/${page.page}/${at}/${place}`, top, bottom, size, baseline: bottom - size * 0.26 });
        layer.prepend(back); // none covers the letters of another line
        layer.append(text);
      });
    });
    overlay.prepend(layer);
  }

  // Pages that nobody measured: their lines, one under the other.
  function flow(page) {
    const made = document.createElement("div");
    made.className = "flow";
    const seen = desk.current()?.dataset.seen ?? "";
    const edits = edited(page);
    let at = -1;
    for (const block of page.blocks) {
      for (const line of block.lines) {
        at += 1;
        const p = document.createElement("p");
        line.words.forEach((word, place) => {
          const edit = edits.get(`${at}/${place}`);
          const piece = document.createElement(edit ? "u" : "span");
          piece.textContent = view.text === "raw" ? (word.raw ?? word.text) : word.text;
          if (edit) piece.title = `${edit.raw} → ${edit.repaired}`;
          p.append(piece, " ");
        });
        made.append(p);
      }
    }
    sheet.append(made);
    point(made, seen);
    here().h = Math.max(here().h, made.scrollHeight);
    sheet.style.height = `${here().h}px`;
    view.again();
    const found = made.querySelector(".seen");
    if (found) pan(0, stage.clientHeight / 3 - view.y - found.offsetTop * view.scale);
  }

  // Mark the lines of evidence: those that are it, else the first that has it.
  function point(flowing, seen) {
    const wanted = seen.split("\n").map((line) => line.trim()).filter(Boolean);
    const lines = [...flowing.children];
    for (const text of wanted) {
      const line = lines.find((one) => one.textContent.trim() === text) ?? lines.find((one) => one.textContent.includes(text));
      if (line) line.className = "seen";
    }
  }

  // -- hands ----------------------------------------------------------------------------------

  const doing = {
    before: () => { show(view.at - 1); fitWidth(); },
    after: () => { show(view.at + 1); fitWidth(); },
    in: () => zoom(1.25),
    out: () => zoom(0.8),
    width: fitWidth,
    whole: fitWhole,
    turn: () => { view.turn = (view.turn + 90) % 360; fitWhole(); },
    text: () => { view.text = view.text === "text" ? "" : "text"; lay(); },
    raw: () => { view.text = view.text === "raw" ? "" : "raw"; lay(); },
    cycle: () => { view.text = { "": "text", text: "raw", raw: "" }[view.text]; lay(); },
    boxes: () => {
      view.boxes = !view.boxes;
      tool("boxes").setAttribute("aria-pressed", String(view.boxes));
      overlay?.classList.toggle("no-boxes", !view.boxes);
    },
    field: () => { const row = desk.current(); if (row) look(JSON.parse(row.dataset.boxes)); },
  };
  root.querySelector(".tools").addEventListener("click", (event) => doing[event.target.closest("button")?.dataset.do]?.());

  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = stage.getBoundingClientRect();
    if (event.shiftKey) pan(-event.deltaY, 0);
    else zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });
  let held = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button === 0) held = { x: event.clientX, y: event.clientY, moved: false };
  });
  stage.addEventListener("pointermove", (event) => {
    if (held) {
      const [x, y] = [event.clientX - held.x, event.clientY - held.y];
      if (!held.moved && Math.hypot(x, y) > 4) {
        held.moved = true;
        stage.setPointerCapture(event.pointerId);
      }
      if (held.moved) {
        pan(x, y);
        held.x = event.clientX;
        held.y = event.clientY;
      }
    }
    const box = event.target.closest?.("[data-label]");
    nameLine.hidden = !box;
    if (box) {
      nameLine.textContent = box.dataset.label;
      const at = stage.getBoundingClientRect();
      nameLine.style.left = `${Math.min(event.clientX - at.left + 12, stage.clientWidth - nameLine.offsetWidth - 4)}px`;
      nameLine.style.top = `${Math.max(event.clientY - at.top - 32, 2)}px`;
    }
  });
  stage.addEventListener("pointerleave", () => { nameLine.hidden = true; });
  stage.addEventListener("pointercancel", () => { held = null; });
  stage.addEventListener("pointerup", (event) => {
    const click = held && !held.moved;
    held = null;
    const box = event.target.closest?.("[data-path]");
    if (click && box) desk.select(box.dataset.path);
  });
  stage.addEventListener("dblclick", () => (view.again === fitWidth ? zoom(2) : fitWidth()));
  new ResizeObserver(() => view.again()).observe(stage);

  view.again = fitWidth;
  show(0);
  return {
    do: (name) => doing[name]?.(),
    pan,
    refresh: drawBoxes,
    forget: (page) => { texts.delete(page); lay(); },
    focus(row) {
      current = row.dataset.path;
      drawBoxes();
      const boxes = JSON.parse(row.dataset.boxes);
      if (boxes.length) look(boxes);
      else if (row.dataset.seen && !here().boxes) lay();
    },
  };
};
