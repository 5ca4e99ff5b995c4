// Draws the charts, and lets the reader choose, search and sort. No page is loaded, nothing is sent.
(() => {
  const specs = {}, views = {}, drawings = {};
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const figureOf = (name) => document.getElementById("figure-" + name);

  function missing(name, error) {
    document.getElementById("chart-" + name).textContent = "This chart could not be drawn; its table is below.";
    console.error(name, error);
  }

  // Each chart by itself: one that fails leaves the others as they are. Nothing is evaluated: the
  // interpreter works out the expressions, so that the page needs no leave to make code.
  const drawnFrom = (element, spec, how) => vegaEmbed(element, spec, {renderer: "svg", actions: false, ast: true, config: {aria: false}, ...how});

  const fitted = (spec) => ({...spec, autosize: {type: "fit-x", contains: "content"}});

  async function drawn(name) {
    const element = document.getElementById("chart-" + name);
    try {
      const room = element.parentElement.clientWidth;
      const {spec, fit} = shaped(specs[name], room);
      const found = await drawnFrom(element, spec, fit ? {patch: fitted} : {});
      if (drawings[name]) { drawings[name].finalize(); }
      drawings[name] = found;
      views[name] = found.view;
      element.dataset.room = String(room);
    } catch (error) { missing(name, error); }
  }

  // Lists and searches: a heading with data-filter says which list finds rows by its column; one
  // with data-place is of that place, and its column goes when another is chosen.
  function choose(section) {
    const lists = all("select[data-filter]", section);
    const chosen = lists.filter((list) => list.selectedIndex > 0);
    const box = section.querySelector("input[data-search]");
    const words = box ? box.value.trim().toLowerCase().split(/\s+/).filter(Boolean) : [];
    const place = chosen.find((list) => list.dataset.filter === "place");
    for (const table of all(".wide table", section)) {
      const heads = [...table.tHead.rows[0].cells];
      const asked = chosen.map((list) => [heads.findIndex((head) => head.dataset.filter === list.dataset.filter), list.value])
        .filter(([at]) => at >= 0);
      const searched = words.length > 0 && table.id === box.dataset.search;
      for (const row of table.tBodies[0].rows) {
        let shown = asked.every(([at, value]) => row.cells[at].textContent === value);
        if (shown && searched) {
          row.words ??= (row.textContent + " " + (row.dataset.code || "")).toLowerCase();
          shown = words.every((word) => row.words.includes(word));
        }
        row.hidden = !shown;
      }
      table.classList.toggle("chosen", asked.length > 0 || searched);
      heads.forEach((head, at) => {
        if (!head.dataset.place) { return; }
        const hidden = place !== undefined && place.value !== head.dataset.place;
        for (const row of table.rows) { row.cells[at].hidden = hidden; }
      });
    }
    for (const lead of all("[data-lead]", section)) {
      lead.hidden = !chosen.some((list) => list.value === lead.dataset.lead);
    }
    const show = section.querySelector("select[data-show]");
    const whose = show && show.selectedIndex > 0 ? show.value : "";
    for (const scope of all("[data-scope]", section)) { scope.hidden = !whose; }
    for (const shown of all("[data-shown]", section)) {
      shown.hidden = !whose;
      shown.textContent = "Shown: " + whose + ".";
    }
    for (const printed of all("[data-printed]", section)) {
      const table = document.getElementById(printed.dataset.printed);
      printed.hidden = table.classList.contains("chosen") !== ("chosen" in printed.dataset);
    }
    for (const {dataset: {chart: name}} of all("[data-chart]", section)) {
      say(name, whose);
      for (const list of lists) { signal(name, list); }
    }
    count(section);
  }

  const known = (spec, list) => ((spec || {}).params || []).find((parameter) => parameter.name === list.dataset.filter);

  function signal(name, list) {
    if (known(specs[name], list) && views[name]) {
      views[name].signal(list.dataset.filter, list.value).runAsync().catch((error) => missing(name, error));
    }
  }

  // The words beside a chart are those of who is chosen, as far as the chart shows one alone.
  function say(name, whose) {
    const lines = all("[data-words]", figureOf(name));
    const own = lines.find((line) => line.dataset.words === whose) || lines[0];
    for (const line of lines) { line.hidden = line !== own; }
    const drawing = document.getElementById("chart-" + name).parentElement;
    drawing.setAttribute("aria-label", drawing.dataset.title + ". " + own.textContent + " The table behind it follows.");
  }

  function count(section) {
    for (const output of all("output[data-counts]", section)) {
      const rows = all("#" + output.dataset.counts + " tbody tr");
      const left = rows.filter((row) => !row.hidden).length;
      output.textContent = left.toLocaleString("en-GB") + " of " + rows.length.toLocaleString("en-GB") + " " + output.dataset.noun;
    }
  }

  function clear(section) {
    for (const list of all("select", section)) { list.selectedIndex = 0; }
    for (const box of all("input", section)) { box.value = ""; }
    choose(section);
  }

  // A heading sorts its table: numbers by their exact value, what is missing last.
  function sortable(table) {
    const body = table.tBodies[0];
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) { other.removeAttribute("aria-sort"); }
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const number = head.classList.contains("number");
        const keyed = [...body.rows].map((row) => {
          const cell = row.cells[at];
          const text = cell.textContent.trim();
          const value = parseFloat(cell.dataset.value ?? text);
          return {row, key: number ? value : text, missing: number ? Number.isNaN(value) : !text};
        });
        const order = new Intl.Collator("en-GB", {numeric: true}).compare;
        keyed.sort((a, b) => a.missing - b.missing
          || (a.missing ? 0 : (down ? -1 : 1) * (number ? a.key - b.key : order(a.key, b.key))));
        body.append(...keyed.map((one) => one.row));
      });
    });
  }

  // A line of words in lines of so many letters, for a picture.
  function lines(text, letters = 95) {
    const found = [""];
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const last = found[found.length - 1];
      if (last && last.length + word.length >= letters) { found.push(word); } else { found[found.length - 1] = (last + " " + word).trim(); }
    }
    return found.filter(Boolean);
  }

  // A picture for a slide: as on a wide screen, of who is chosen, with what a reader must know.
  async function save(name, as) {
    const figure = figureOf(name), section = figure.closest("section");
    const spec = structuredClone(specs[name]);
    const chosen = [];
    for (const list of all("select[data-filter]", section)) {
      const parameter = known(spec, list);
      if (parameter) { parameter.value = list.value; }
      if (parameter && list.selectedIndex > 0) { chosen.push(list.value); }
    }
    const words = all("[data-words]", figure).find((line) => !line.hidden).textContent;
    const run = document.querySelector("h1").dataset.run;
    const about = [run, ...chosen.map((value) => "shown: " + value)].join("; ") + ".";
    spec.title = {
      text: figure.querySelector("h3").textContent, anchor: "start", fontSize: 18, subtitleFontSize: 12, offset: 14,
      subtitle: [about, words, section.dataset.note].flatMap((text) => lines(text || "")),
    };
    const {view, finalize} = await drawnFrom(document.createElement("div"), spec);
    const link = document.createElement("a");
    link.href = await view.toImageURL(as, 2);
    finalize();
    link.download = [name, ...chosen].join("-").replace(/[^\p{L}\p{N}_-]+/gu, "-").slice(0, 80) + "." + as;
    link.click();
  }

  for (const table of all(".wide table")) { sortable(table); }
  for (const section of all("section")) {
    const react = (event) => { if (event.target.matches("select, input")) { choose(section); } };
    section.addEventListener("input", react);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && "clear" in button.dataset) { clear(button.closest("section")); }
    if (button && button.dataset.save) {
      save(button.dataset.save, button.dataset.as).catch((error) => missing(button.dataset.save, error));
    }
    // a link to a source must not lead to a row that a search has hidden
    const link = event.target.closest('a[href^="#source-"]');
    if (link) { clear(document.getElementById("assumptions")); }
  });
  for (const element of all("script[data-spec]")) {
    try { specs[element.dataset.spec] = JSON.parse(element.textContent); } catch (error) { missing(element.dataset.spec, error); }
  }
  async function draw(names) {
    await Promise.all(names.map(drawn));
    for (const section of all("section")) { choose(section); }
    document.body.dataset.charts = String(Object.keys(views).length);
  }
  // what was drawn for another room is drawn again, once the window keeps still
  let still;
  addEventListener("resize", () => {
    clearTimeout(still);
    still = setTimeout(() => {
      draw(Object.keys(views).filter((name) => {
        const element = document.getElementById("chart-" + name);
        const [was, room] = [Number(element.dataset.room), element.parentElement.clientWidth];
        return room > 0 && Math.min(was, WIDE) !== Math.min(room, WIDE);
      }));
    }, 150);
  });
  for (const section of all("section")) { choose(section); }
  draw(Object.keys(specs));
})();
