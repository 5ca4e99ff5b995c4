// Returns the texts that charts draw, each with its contrast to what is painted under its middle,
// as WCAG 2.1 works it out. axe-core looks at no text in a drawing.
() => {
  const channels = (colour) => {
    const [r, g, b, alpha = 1] = (colour.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    return {rgb: [r, g, b], alpha};
  };
  const painted = (below, colour, opacity) => {
    const {rgb, alpha} = channels(colour);
    return below.map((was, at) => was + (rgb[at] - was) * alpha * opacity);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const told = [];
  for (const text of document.querySelectorAll("[data-chart] svg text")) {
    const style = getComputedStyle(text);
    // labels of an axis that would overlap are there, but not to be seen
    if (!text.textContent.trim() || style.opacity === "0" || !text.checkVisibility()) { continue; }
    let box = text.getBoundingClientRect();
    // what is in sight need not be scrolled to: a page is laid out anew after each scroll
    if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) {
      text.scrollIntoView({block: "center"});
      box = text.getBoundingClientRect();
    }
    const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2)
      .filter((one) => one.closest("[data-chart] svg") && !["text", "svg", "g"].includes(one.tagName)
        && text.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING);
    let below = [255, 255, 255];
    for (const one of under.reverse()) {
      const {fill, fillOpacity, stroke, strokeOpacity, opacity} = getComputedStyle(one);
      below = fill === "none" ? painted(below, stroke, strokeOpacity * opacity) : painted(below, fill, fillOpacity * opacity);
    }
    const own = luminance(painted(below, style.fill, style.fillOpacity * style.opacity));
    const [low, high] = [own, luminance(below)].sort((a, b) => a - b);
    told.push({
      chart: text.closest("[data-chart]").dataset.chart, text: text.textContent,
      shapes: under.length, ratio: (high + 0.05) / (low + 0.05),
    });
  }
  return told;
}
