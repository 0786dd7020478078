// What every page does: requests of htmx bear the session's mark, problems are told, notices go.
"use strict";
(() => {
  const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

  // A line at the edge of the page, read out by screen readers.
  function tell(text, kind = "notice") {
    const line = document.createElement("p");
    line.className = kind;
    line.textContent = text;
    document.getElementById("notices")?.append(line);
    if (kind === "notice") setTimeout(() => line.remove(), 6000);
    return line;
  }

  // The sentence of a problem, from a page or from problem+json.
  function problem(text) {
    try {
      const told = JSON.parse(text);
      return [told.detail, told.advice].filter(Boolean).join(" ");
    } catch {
      const page = new DOMParser().parseFromString(text, "text/html");
      const part = (id) => page.getElementById(id)?.textContent.trim();
      return [part("problem-title"), part("problem-advice"), part("problem-detail")].filter(Boolean).join(" ");
    }
  }

  // fetch() for our own addresses: bears the mark, throws an Error with the problem's sentence.
  async function ask(address, options = {}) {
    const answer = await fetch(address, {
      ...options,
      headers: { "X-CSRF-Token": csrf(), ...(options.headers ?? {}) },
    });
    if (!answer.ok) {
      const error = new Error(problem(await answer.text()) || String(answer.status));
      error.status = answer.status;
      throw error;
    }
    return answer;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = csrf();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const answer = event.detail.xhr;
    tell(problem(answer.responseText) || String(answer.status), "notice wrong");
  });
  document.addEventListener("htmx:sendError", () => tell("⚠ …", "notice wrong"));
  document.addEventListener("click", (event) => {
    if (event.target.closest("#notices")) event.target.closest("p")?.remove();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("details.menu[open]")?.removeAttribute("open");
  });
  // Enter, where nothing has the focus, goes where the page says that one goes from here.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("a, button, input, select, textarea, summary, [tabindex='0']")) return;
    document.querySelector("[data-enter]")?.click();
  });
  document.addEventListener("DOMContentLoaded", () => {
    for (const line of document.querySelectorAll("#notices .notice")) setTimeout(() => line.remove(), 6000);
  });

  window.vanthu = { ask, csrf, problem, tell };
})();
