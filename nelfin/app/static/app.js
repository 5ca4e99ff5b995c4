// The page's own script. Everything works without it; with it figures follow the sliders.
"use strict";

(() => {
  const WAIT_MS = 60; // while a slider is pulled, figures are asked for this seldom at the most
  const root = document.documentElement;
  const body = document.body;
  const status = document.getElementById("status");
  const settings = document.getElementById("settings");
  const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (n) => n.toString(16)).join("");
  const knobs = Array.from(document.querySelectorAll(".knob"));
  const onScreen = Boolean(settings && settings.hasAttribute("data-screen"));
  const part = body.dataset.part;
  let timer = 0;
  let asked = null; // the request under way
  let inOneGo = false; // the last entry of the history is of the move that goes on

  root.classList.add("scripted");

  const boxOf = (knob) => knob.querySelector(".box");
  const sliderOf = (knob) => knob.querySelector(".slider");
  const say = (words) => { if (status) { status.textContent = words; } };

  // ---- what is moved

  const valueOf = (knob) => boxOf(knob).value.trim();

  function isMoved(knob) {
    const now = valueOf(knob);
    const base = knob.dataset.base;
    if (now === "" || now === base) { return false; }
    const isNumber = boxOf(knob).type === "number";
    return !(isNumber && base !== "" && Number(now) === Number(base));
  }

  function address() {
    const query = new URLSearchParams();
    const shown = new Set(knobs.map((knob) => knob.dataset.key));
    for (const field of document.querySelectorAll("[data-moved]")) {
      if (!shown.has(field.name)) { query.set(field.name, field.value); }
    }
    for (const knob of knobs) {
      if (isMoved(knob)) { query.set(knob.dataset.key, valueOf(knob)); }
    }
    const before = new URLSearchParams(location.search);
    if (!knobs.length) {
      for (const [key, value] of before) { if (key.includes(".")) { query.append(key, value); } }
    }
    for (const name of ["place", "year"]) {
      const choice = document.getElementById(name);
      const value = choice ? choice.value : before.get(name);
      if (value && (before.has(name) || (choice && !choice.options[choice.selectedIndex].defaultSelected))) {
        query.set(name, value);
      }
    }
    const ticks = Array.from(document.querySelectorAll("#compare [name=with]"));
    const kept = ticks.length ? ticks.filter((tick) => tick.checked).map((tick) => tick.value) : before.getAll("with");
    for (const slug of kept) { query.append("with", slug); }
    return query.toString();
  }

  function mark(knob) {
    const moved = isMoved(knob);
    const now = Number(valueOf(knob));
    const { low, high } = knob.dataset;
    knob.classList.toggle("moved", moved);
    knob.querySelector(".warning").hidden = !(moved && low !== "" && (now < Number(low) || now > Number(high)));
  }

  function carry(query) {
    const end = query ? `?${query}` : "";
    for (const link of document.querySelectorAll("[data-path]")) {
      link.setAttribute(link.tagName === "FORM" ? "action" : "href", link.dataset.path + end);
    }
  }

  // ---- figures

  function put(text) {
    const fresh = document.createElement("template");
    fresh.innerHTML = text;
    const open = new Set(Array.from(document.querySelectorAll("#figures details[open]"), (one) => one.id));
    const focused = document.activeElement && document.activeElement.closest("#figures section");
    for (const id of ["tiles", "figures"]) {
      const now = fresh.content.getElementById(id);
      const old = document.getElementById(id);
      if (now && old) { old.replaceWith(now); }
    }
    for (const id of open) {
      const table = id && document.getElementById(id);
      if (table) { table.open = true; }
    }
    if (focused && focused.id) {
      const again = document.getElementById(focused.id);
      const place = again && (again.querySelector(".drawing") || again.querySelector(".wide"));
      if (place) { place.focus({ preventScroll: true }); }
    }
  }

  function done(text, ok) {
    body.classList.remove("waiting");
    put(text);
    const said = document.getElementById("said");
    say(ok && said ? said.textContent : "");
  }

  function wait(words) {
    const figures = document.querySelector("#figures:not([data-waits])");
    body.classList.toggle("waiting", Boolean(figures));
    say(figures ? `${words} … What is shown is of before.` : `${words} …`);
  }

  async function ask(query, words) {
    if (asked) { asked.abort(); }
    const mine = asked = new AbortController();
    wait(words);
    try {
      const answer = await fetch(part + (query ? `${part.includes("?") ? "&" : "?"}${query}` : ""), {
        headers: { "X-Nelfin-Page": page }, signal: mine.signal, cache: "no-store",
      });
      const text = await answer.text();
      if (mine !== asked) { return; }
      const again = Number(answer.headers.get("X-Nelfin-Again") || 0);
      const waits = text.includes("data-waits=");
      if (waits) { wait("Drawing up the plan"); } else { done(text, answer.ok); }
      if (again) {
        clearTimeout(timer);
        timer = setTimeout(() => (waits ? ask(query, "Drawing up the plan") : refresh(query)), again);
      }
    } catch (error) {
      if (error.name === "AbortError" || mine !== asked) { return; }
      body.classList.add("waiting");
      say("The app does not answer. Start it again with nelfin app; what is moved stands in the address.");
    }
  }

  // what was not there yet, such as odds and kept scenarios: what is shown is right meanwhile
  async function refresh(query) {
    const mine = asked;
    try {
      const answer = await fetch(part + (query ? `${part.includes("?") ? "&" : "?"}${query}` : ""), {
        headers: { "X-Nelfin-Page": page }, cache: "no-store",
      });
      const text = await answer.text();
      if (mine !== asked || text.includes("data-waits=")) { return; }
      put(text);
      const again = Number(answer.headers.get("X-Nelfin-Again") || 0);
      if (again) { clearTimeout(timer); timer = setTimeout(() => refresh(query), again); }
    } catch (error) {
      say("The app does not answer. Start it again with nelfin app.");
    }
  }

  // ---- moving

  function moved(knob, ends) {
    mark(knob);
    const query = address();
    carry(query);
    if (!onScreen) { return; }
    if (inOneGo) { history.replaceState(null, "", whereOf(query)); } else { note(query); }
    inOneGo = !ends;
    clearTimeout(timer);
    const words = knob.hasAttribute("data-capital") ? "Drawing up the plan" : "Working it out";
    wait(words); // what is shown is of before from now on
    timer = setTimeout(() => ask(query, words), ends ? 0 : WAIT_MS);
  }

  const whereOf = (query) => location.pathname + (query ? `?${query}` : "");

  // an entry of the history for each address, and none for the same again
  function note(query) {
    const isNew = whereOf(query) !== location.pathname + location.search;
    if (isNew) { history.pushState(null, "", whereOf(query)); }
    return isNew;
  }

  function seen() {
    const query = address();
    carry(query);
    if (note(query)) { ask(query, "Working it out"); }
  }

  function show(value, knob) {
    boxOf(knob).value = value;
    const slider = sliderOf(knob);
    if (slider && value !== "") { slider.value = value; }
    mark(knob);
  }

  for (const knob of knobs) {
    const slider = sliderOf(knob);
    const box = boxOf(knob);
    if (slider) {
      const text = () => String(Number(Number(slider.value).toFixed(Number(slider.dataset.decimals))));
      slider.addEventListener("input", () => { box.value = text(); moved(knob, false); });
      slider.addEventListener("change", () => { box.value = text(); moved(knob, true); });
    }
    box.addEventListener("change", () => {
      if (box.value.trim() === "") { box.value = knob.dataset.base; }
      if (!box.checkValidity()) { box.reportValidity(); return; }
      if (slider) { slider.value = box.value; }
      moved(knob, true);
    });
    knob.querySelector(".reset").addEventListener("click", (event) => {
      event.preventDefault();
      show(knob.dataset.base, knob);
      moved(knob, true);
      box.focus();
    });
    mark(knob);
  }

  if (onScreen) {
    settings.addEventListener("submit", (event) => {
      event.preventDefault();
      seen();
    });
    document.querySelector(".all-back").addEventListener("click", (event) => {
      event.preventDefault();
      for (const knob of knobs) { show(knob.dataset.base, knob); }
      seen();
    });
    window.addEventListener("popstate", () => {
      const query = new URLSearchParams(location.search);
      for (const knob of knobs) { show(query.has(knob.dataset.key) ? query.get(knob.dataset.key) : knob.dataset.base, knob); }
      // a setting that stands in the address and not on the page comes with the whole page
      const keys = new Set(knobs.map((knob) => knob.dataset.key));
      if (Array.from(query.keys()).some((key) => key.includes(".") && !keys.has(key))) { location.reload(); return; }
      for (const name of ["place", "year"]) {
        const choice = document.getElementById(name);
        if (choice) {
          for (const option of choice.options) { if (option.defaultSelected) { choice.value = option.value; } }
          if (query.has(name)) { choice.value = query.get(name); }
        }
      }
      for (const tick of document.querySelectorAll("#compare [name=with]")) { tick.checked = query.getAll("with").includes(tick.value); }
      inOneGo = false;
      carry(query.toString());
      ask(query.toString(), "Working it out");
    });
    const choose = document.getElementById("choose");
    if (choose) {
      choose.addEventListener("change", seen);
      choose.addEventListener("submit", (event) => { event.preventDefault(); seen(); });
    }
    const compare = document.getElementById("compare");
    if (compare) {
      compare.addEventListener("change", (event) => {
        if (compare.querySelectorAll(":checked").length > 3) { event.target.checked = false; say("At most three are compared."); return; }
        seen();
      });
    }
  } else {
    for (const form of document.querySelectorAll("form[data-go]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const query = new URLSearchParams(address());
        const find = form.querySelector("[name=find]").value.trim();
        if (find) { query.set("find", find); }
        location.assign(form.getAttribute("action") + (query.toString() ? `?${query}` : ""));
      });
    }
    if (settings) {
      settings.addEventListener("submit", (event) => {
        event.preventDefault();
        const query = address();
        location.assign(settings.getAttribute("action") + (query ? `?${query}` : ""));
      });
    }
  }

  carry(address());
  if (part && body.dataset.again) {
    const query = onScreen ? location.search.slice(1) : "";
    const waits = document.querySelector("[data-waits]");
    setTimeout(() => (waits ? ask(query, "Drawing up the plan") : refresh(query)), Number(body.dataset.again));
  }
})();
