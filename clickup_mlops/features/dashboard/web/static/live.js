// Keeps an open page up to date without loading it again: what is new replaces what it replaces.
"use strict";
(() => {
  const sections = document.getElementById("sections");
  const text = document.getElementById("live-text");
  const problem = document.getElementById("live-problem");
  const pause = document.getElementById("live-pause");
  const every = Number(sections.dataset.refresh) * 1000;
  const longest = 120000;
  const parts = (root) => [...root.querySelectorAll("[data-live]")];
  const focusable = "a[href], button, input, select, summary, [tabindex]";
  let known = new Map(parts(sections).map((part) => [part.id, part.outerHTML]));
  let etag = "";
  let failures = 0;
  let timer = 0;

  // -- what a reader has done to a part, and doing it to the part that replaces it

  const owner = (one) => one.closest("form, details")?.id || "";

  function remember(part) {
    const active = document.activeElement;
    const focused = part.contains(active) && {
      id: active.id,
      owner: owner(active),
      html: active.outerHTML,
      sends: Boolean(active.closest("form, .confirm")),
      index: [...part.querySelectorAll(focusable)].indexOf(active),
    };
    return {
      open: [...part.querySelectorAll("details[open]")].map((one) => one.id),
      scrolled: [...part.querySelectorAll(".scroll")].map((one) => [one.id, one.scrollLeft, one.scrollTop]),
      focused,
    };
  }

  function sameIn(part, was) {
    const all = [...part.querySelectorAll(focusable)];
    const same = all.find((one) => one.outerHTML === was.html && owner(one) === was.owner);
    // Never another button: a key press would send another form.
    const other = was.sends ? part.querySelector(".scroll") : all[was.index];
    return (was.id && document.getElementById(was.id)) || same || other || part;
  }

  function restore(part, state) {
    for (const id of state.open) {
      const one = document.getElementById(id);
      if (one) one.open = true;
    }
    for (const [id, left, top] of state.scrolled) {
      const one = document.getElementById(id);
      if (one) one.scrollTo(left, top);
    }
    if (state.focused) sameIn(part, state.focused).focus({ preventScroll: true });
  }

  function isBeingRead(part) {
    const selection = document.getSelection();
    return selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  }

  // -- replacing

  function copyAttributes(from, to) {
    for (const { name, value } of from.attributes) {
      if (to.getAttribute(name) !== value) to.setAttribute(name, value);
    }
  }

  function replaceChart(old, fresh) {
    // The picture element stays: the old picture is seen until the new one is there.
    const pictures = (one) => [...one.querySelectorAll("source, img")];
    const after = pictures(fresh);
    pictures(old).forEach((one, index) => copyAttributes(after[index], one));
    for (const tag of ["figcaption", "details"]) {
      const [before, now] = [old.querySelector(tag), fresh.querySelector(tag)];
      if (before && now) before.replaceWith(now);
    }
  }

  function replacePart(fresh) {
    const old = document.getElementById(fresh.id);
    if (isBeingRead(old)) return false;
    const state = remember(old);
    if (old.matches("figure") && fresh.matches("figure")) {
      const values = old.querySelector(".values table")?.closest(".values");
      const shown = values && [...values.childNodes];
      replaceChart(old, fresh);
      if (shown && state.open.length) old.querySelector(".values").replaceChildren(...shown);
      restore(old, state);
      if (shown && state.open.length) load(old.querySelector(".values"));
    } else {
      old.replaceWith(fresh);
      restore(fresh, state);
    }
    return true;
  }

  function update(page) {
    const fresh = page.getElementById("sections");
    const [before, after] = [parts(sections), parts(fresh)].map((all) => all.map((one) => one.id).join());
    const html = new Map(parts(fresh).map((part) => [part.id, part.outerHTML]));
    if (before !== after) {
      const state = remember(sections);
      sections.replaceChildren(...fresh.childNodes);
      restore(sections, state);
      known = html;
      return;
    }
    for (const part of parts(fresh)) {
      if (known.get(part.id) !== html.get(part.id) && replacePart(part)) known.set(part.id, html.get(part.id));
    }
  }

  // -- the points of a chart, when somebody opens them

  async function load(values) {
    const answer = await fetch(values.dataset.values, { headers: { "X-Live": "1" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById(values.id);
    if (!found) return;
    const state = remember(values);
    values.replaceChildren(...found.childNodes);
    restore(values, state);
  }

  sections.addEventListener(
    "toggle",
    (event) => {
      const values = event.target.open && event.target.querySelector("[data-values]");
      if (values && !values.querySelector("table")) load(values).catch(() => {});
    },
    true,
  );

  // -- asking

  function say(words) {
    // Only what is new: it is read aloud.
    if (problem.textContent !== words) problem.textContent = words;
  }

  function refused() {
    if (problem.querySelector("a")) return;
    const again = document.createElement("a");
    again.href = location.href;
    again.textContent = "Load it again";
    say("You are signed out, or may not see this page any more.");
    problem.append(" ", again);
  }

  function succeeded() {
    failures = 0;
    text.textContent = `Updated ${new Date().toLocaleTimeString([], { hour12: false })}`;
    say("");
  }

  async function ask() {
    const headers = { "X-Live": "1", ...(etag && { "If-None-Match": etag }) };
    const answer = await fetch(location.href, { headers, cache: "no-store", redirect: "follow" });
    if (answer.status === 304) return succeeded();
    if (answer.status === 401 || answer.status === 403) return refused();
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("sections")) return refused();
    etag = answer.headers.get("ETag") || "";
    update(page);
    return succeeded();
  }

  const isPaused = () => pause.getAttribute("aria-pressed") === "true";

  function next(wait) {
    clearTimeout(timer);
    if (!document.hidden && !isPaused()) timer = setTimeout(look, wait);
  }

  async function look() {
    try {
      await ask();
    } catch {
      failures += 1;
      say("The server cannot be reached. What is shown is old.");
    }
    next(Math.min(every * 2 ** failures, Math.max(every, longest)));
  }

  document.addEventListener("visibilitychange", () => next(0));
  pause.addEventListener("click", () => {
    pause.setAttribute("aria-pressed", String(!isPaused()));
    next(0);
  });

  // -- menus close when something else is chosen; the reader's own time zone can be chosen

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.activeElement.closest("details.menu[open], details.confirm[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  const zones = document.getElementById("zone");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones && own && ![...zones.options].some((one) => one.value === own)) zones.add(new Option(own));

  document.getElementById("live").hidden = false;
  text.textContent = "Live";
  next(every);
})();
