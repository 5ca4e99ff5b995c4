"use strict";
// Shapes a chart for the room there is: as it is on a wide screen, fitted to its room on a middling
// one, and on a phone with turned or folded labels and less beside the plot.
const WIDE = 850, SMALL = 520;
const shaped = (() => {
  // a label on so many lines at the most, each broken at the first space after so many letters
  const folded = (letters, most) => `slice(split(replace(datum.label, regexp('${most > 2 ? "" : "^"}(.{${letters},}?) ', 'g'), '$1\\n'), '\\n'), 0, ${most})`;
  const lines = (text) => text.replace(/(.{18,}?) /g, "$1\n").split("\n");
  const TURNED = {x: "y", y: "x", x2: "y2", y2: "x2", xOffset: "yOffset", yOffset: "xOffset"};

  function* views(view) {
    yield view;
    for (const part of [...(view.layer || []), ...(view.vconcat || []), ...(view.hconcat || []), ...(view.spec ? [view.spec] : [])]) {
      yield* views(part);
    }
  }

  const named = (channel) => channel && (channel.type === "nominal" || channel.type === "ordinal");

  function turn(view) {
    const {encoding} = view;
    view.encoding = Object.fromEntries(Object.entries(encoding).map(([name, channel]) => [TURNED[name] || name, channel]));
    for (const channel of [view.encoding.x, view.encoding.y]) {
      if (channel && channel.axis) { delete channel.axis.labelAngle; delete channel.axis.orient; }
    }
  }

  function phone(view, hints) {
    const {encoding} = view, legend = encoding.color && encoding.color.legend;
    if (named(encoding.x) && encoding.x.axis !== null) {
      encoding.x.axis = {...encoding.x.axis, labelAngle: -90, labelLimit: 130, labelFontSize: 11};
    }
    for (const channel of [encoding.x, encoding.y]) {
      if (channel && typeof channel.title === "string") { channel.title = lines(channel.title); }
    }
    if (legend) {
      const longest = Math.max(0, ...((encoding.color.scale || {}).domain || []).map((text) => String(text).length));
      legend.columns = longest > 15 ? 1 : 2;
    }
    // a second legend stands below the plot, as there is no room beside the first
    const second = encoding.strokeDash;
    if (second && second.legend && encoding.color && second.field !== encoding.color.field) { second.legend.orient = "bottom"; }
    if (hints.upright && view.mark.type === "text") { Object.assign(view.mark, {angle: 270, fontSize: 10}); }
    if (view.mark.limit) { view.mark.limit = 100; }
  }

  return (spec, room) => {
    if (room >= WIDE) { return {spec, fit: false}; }
    const copy = structuredClone(spec), small = room < SMALL;
    const hints = (copy.usermeta && copy.usermeta.narrow) || {};
    const many = copy.vconcat || copy.hconcat || copy.facet;
    if (small && copy.hconcat) { copy.vconcat = copy.hconcat; delete copy.hconcat; }
    if (small && copy.facet) { copy.facet = copy.facet.column || copy.facet; copy.columns = 1; }
    for (const view of views(copy)) {
      if (view.encoding && small && hints.turn) { turn(view); }
      if (view.encoding && named(view.encoding.y) && view.encoding.y.axis !== null) {
        const limit = Math.round(room * 0.38), most = Math.floor((hints.row || 28) / 13);
        view.encoding.y.axis = {...view.encoding.y.axis, labelLimit: limit, ...(small ? {labelFontSize: 11} : {}),
          ...(small || !hints.row ? {labelExpr: small ? folded(most > 2 ? 12 : 9, most) : folded(22, 2)} : {})};
      }
      const across = view.encoding && view.encoding.x;
      if (hints.upright && named(across) && across.axis !== null) { across.axis = {...across.axis, labelAngle: -40, labelOverlap: false}; }
      const legend = view.encoding && view.encoding.color && view.encoding.color.legend;
      if (legend && legend.orient === "right") { Object.assign(legend, {orient: "bottom", columns: 3}); }
      if (view.encoding && small) { phone(view, hints); }
      if (small && hints.row && view.height) { view.height = {step: hints.row}; }
      if (small && many && view.width) { view.width = room - (hints.row ? Math.round(room * 0.38) + 14 : 80); }
    }
    if (small && hints.turn) { copy.height = hints.turn; }
    for (const parameter of copy.params || []) {
      if (parameter.name === "narrow") { parameter.value = small; }
    }
    // names at the ends of lines count as part of what is fitted; they move a little as it shrinks
    if (!many) { Object.assign(copy, {padding: {left: 5, right: 12, top: 5, bottom: 5}, width: room - 17}); }
    return {spec: copy, fit: !many};
  };
})();
