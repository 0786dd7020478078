// Who has this document open: said again and again, so that others are told. The answer also tells
// that the session has ended, before a person types for nothing.
"use strict";
window.deskPresence = (desk) => {
  const address = `/review/${encodeURIComponent(desk.root.dataset.id)}/here`;
  let timer = 0;

  async function present(gone = false) {
    try {
      const answer = await fetch(`${address}${gone ? "?gone=1" : ""}`, {
        method: "POST",
        keepalive: true,
        redirect: "manual",
        headers: { "X-CSRF-Token": vanthu.csrf() },
      });
      if (!gone && (answer.type === "opaqueredirect" || answer.status === 401)) desk.expired(false);
    } catch {
      // The line is down: saving tells so where there is something to save.
    }
  }

  addEventListener("pagehide", () => {
    clearTimeout(timer); // a page that is left must not come back as one that is open
    present(true);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) present();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") present();
  });
  timer = setTimeout(present, 2000); // the page before may have said good-bye only just now
  setInterval(present, 30000);
};
