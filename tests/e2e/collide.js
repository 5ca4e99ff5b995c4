// Returns the texts of charts that lie on each other, that stand out of their drawing, or that are
// smaller than nine pixels as seen. A text that is turned counts as the box it is turned with.
() => {
  const corners = (text) => {
    const box = text.getBBox(), matrix = text.getScreenCTM();
    // letters are lower than the line they stand in, and lines may touch
    const [left, right, top, bottom] = [box.x + 1, box.x + box.width - 1, box.y + box.height * 0.2, box.y + box.height * 0.8];
    return [[left, top], [right, top], [right, bottom], [left, bottom]]
      .map(([x, y]) => new DOMPoint(x, y).matrixTransform(matrix));
  };
  const span = (points, [x, y]) => {
    const along = points.map((point) => point.x * x + point.y * y);
    return [Math.min(...along), Math.max(...along)];
  };
  const apart = (one, other) => [one, other].some((points) => [[0, 1], [1, 2]].some(([from, to]) => {
    const axis = [points[to].x - points[from].x, points[to].y - points[from].y];
    const [a, b] = [span(one, axis), span(other, axis)];
    return a[1] <= b[0] || b[1] <= a[0];
  }));
  const seen = (text) => {
    for (let one = text; one && one.tagName !== "svg"; one = one.parentElement) {
      if (getComputedStyle(one).opacity === "0") { return false; }
    }
    return text.textContent.trim() !== "" && text.checkVisibility();
  };
  const found = [];
  for (const drawing of document.querySelectorAll("[data-chart] svg.marks")) {
    const name = drawing.closest("[data-chart]").dataset.chart, frame = drawing.getBoundingClientRect();
    const texts = [...drawing.querySelectorAll("text")].filter(seen).map((text) => ({text, points: corners(text)}));
    for (const {text, points} of texts) {
      const out = points.some((point) => point.x < frame.left - 2 || point.x > frame.right + 2
        || point.y < frame.top - 2 || point.y > frame.bottom + 2);
      if (out) { found.push(`${name}: ${text.textContent} stands out`); }
      const matrix = text.getScreenCTM();
      const size = parseFloat(getComputedStyle(text).fontSize) * Math.hypot(matrix.a, matrix.b);
      if (size < 9) { found.push(`${name}: ${text.textContent} is ${size.toFixed(1)} px high`); }
    }
    texts.forEach((one, at) => {
      for (const other of texts.slice(at + 1)) {
        if (!apart(one.points, other.points)) { found.push(`${name}: ${one.text.textContent} on ${other.text.textContent}`); }
      }
    });
  }
  return found;
}
