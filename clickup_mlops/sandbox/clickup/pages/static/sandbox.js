// Refreshes the live part of a page, and sends a form as soon as its choice changes.
"use strict";

document.documentElement.classList.add("scripted");

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

const live = document.querySelector("[data-live]");

function levels() {
  const rows = live.querySelectorAll("[data-key]");
  return new Map(Array.from(rows, (row) => [row.dataset.key, row.dataset.level]));
}

function busy() {
  // A choice that somebody is making must not be pulled away.
  const focus = document.activeElement;
  return live.contains(focus) && focus.matches("select, input, textarea");
}

async function refresh() {
  if (document.hidden || busy()) return;
  const answer = await fetch(live.dataset.live, { cache: "no-store" });
  const text = await answer.text();
  if (!answer.ok || text === refresh.last) return;
  const before = levels();
  refresh.last = text;
  live.innerHTML = text;
  for (const row of live.querySelectorAll("[data-key]")) {
    if (before.get(row.dataset.key) !== row.dataset.level) row.classList.add("changed");
  }
}

if (live) setInterval(() => refresh().catch(() => {}), 1000);
