// The queue: Enter begins where nothing else has the focus.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("a, button, input, select, textarea, summary")) return;
  document.getElementById("start")?.click();
});
