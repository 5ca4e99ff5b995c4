"use strict";
// Draws the charts, and lets the reader choose, search and sort. No page is loaded, nothing is sent.
(() => {
  const specs = JSON.parse(document.getElementById("specs").textContent);
  const views = {};
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function drawn(name) {
    return vegaEmbed("#chart-" + name, specs[name], {renderer: "svg", actions: false, config: {aria: false}})
      .then((found) => { views[name] = found.view; })
      .catch((error) => {
        document.getElementById("chart-" + name).textContent = "This chart could not be drawn; its table is below.";
        console.error(error);
      });
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
          row.words ??= row.textContent.toLowerCase();
          shown = words.every((word) => row.words.includes(word));
        }
        row.hidden = !shown;
      }
      heads.forEach((head, at) => {
        if (!head.dataset.place) { return; }
        const hidden = place !== undefined && place.value !== head.dataset.place;
        for (const row of table.rows) { row.cells[at].hidden = hidden; }
      });
    }
    for (const lead of all("[data-lead]", section)) {
      lead.hidden = !chosen.some((list) => list.value === lead.dataset.lead);
    }
    for (const {dataset: {chart: name}} of all("[data-chart]", section)) {
      for (const list of lists) {
        const known = (specs[name].params || []).some((parameter) => parameter.name === list.dataset.filter);
        if (known && views[name]) { views[name].signal(list.dataset.filter, list.value).runAsync(); }
      }
    }
    count(section);
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

  async function save(name, as) {
    const link = document.createElement("a");
    link.href = await views[name].toImageURL(as, 2);
    link.download = name + "." + as;
    link.click();
  }

  for (const table of all(".wide table")) { sortable(table); }
  for (const section of all("section")) {
    const react = (event) => { if (event.target.matches("select, input")) { choose(section); } };
    section.addEventListener("input", react);
    count(section);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && "clear" in button.dataset) { clear(button.closest("section")); }
    if (button && button.dataset.save) { save(button.dataset.save, button.dataset.as); }
    // a link to a source must not lead to a row that a search has hidden
    const link = event.target.closest('a[href^="#source-"]');
    if (link) { clear(document.getElementById("assumptions")); }
  });
  Promise.all(Object.keys(specs).map(drawn)).then(() => {
    for (const section of all("section")) { choose(section); }
    document.body.dataset.charts = String(Object.keys(views).length);
  });
})();
