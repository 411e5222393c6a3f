// What all drawings share: quiet axes, tooltips made of elements (the content policy forbids styles in text).
export const NARROW = 420;

export function frame(look, more = {}) {
  return {
    animation: false,
    textStyle: { fontFamily: look.font, fontSize: 12, color: look.muted },
    grid: { left: 4, right: 16, top: 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    ...more,
  };
}

export function axis(look, more = {}) {
  return {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: look.muted, fontSize: 12, hideOverlap: true, ...more.axisLabel },
    splitLine: { show: more.type === "value", lineStyle: { color: look.line } },
    nameTextStyle: { color: look.muted, fontSize: 12 },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== "axisLabel")),
  };
}

const LETTER = 6.4;
const BESIDE_MARK = 36; // pixels of a legend's line that are not its words
export const LINE = 13;

// Words in at most `most` lines of a width; what has no room ends in an ellipsis.
export function wrapped(text, width, most) {
  const room = Math.max(6, Math.floor(width / LETTER));
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= room || !lines.at(-1)) lines[lines.length - 1] = longer;
    else if (lines.length < most) lines.push(word);
    else {
      lines[lines.length - 1] = `${longer.slice(0, room - 1).trimEnd()}…`;
      break;
    }
  }
  return lines.map((line) => (line.length > room ? `${line.slice(0, room - 1)}…` : line)).join("\n");
}

// Names beside horizontal bars: in two lines where the rows have room, shortened only where they have none.
export function besides(look, rows, name, chart, share = 0.42) {
  const wide = Math.min(260, chart.getWidth() * share);
  const write = (value) => wrapped(name.write(value), wide, linesIn(chart.getHeight(), rows.rows.length, 2));
  return { color: look.text, interval: 0, hideOverlap: false, lineHeight: LINE, formatter: write };
}

// How many lines of words each of `many` rows has room for in a height: one at least, `most` at most.
export const linesIn = (height, many, most) => Math.max(1, Math.min(most, Math.floor(height / Math.max(1, many) / LINE)));

// Each name beside the mark of its points (a patch of colour where it has none); names longer than the drawing take two
// lines, and end in an ellipsis where these are too short: the twin and the tooltip have them whole.
export function legend(look, series, width = 0) {
  return {
    show: series.length > 1,
    top: 0,
    left: 0,
    itemWidth: 10,
    itemHeight: 10,
    itemGap: 16,
    itemStyle: { opacity: 1 },
    textStyle: { color: look.muted, fontSize: 12, lineHeight: LINE },
    formatter: (name) => (width ? wrapped(name, width - BESIDE_MARK, 2) : name),
    data: series.map(({ name, mark }) => ({ name, icon: mark ?? "roundRect" })),
    selectedMode: series.length > 1,
  };
}

// Where the drawing starts below a legend that may need several lines: its words at their mean width.
export function belowLegend(series, width) {
  if (series.length < 2) return 16;
  let [lines, twice, used] = [1, 0, 0];
  for (const { name } of series) {
    const length = 32 + name.length * LETTER;
    if (used && used + length > width) {
      lines += 1;
      used = 0;
    }
    if (wrapped(name, width - BESIDE_MARK, 2).includes("\n")) twice += 1;
    used += length;
  }
  return 12 + 25 * lines + LINE * twice;
}

export function tooltip(look, make, more = {}) {
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: look.surface,
    borderColor: look.line,
    borderWidth: 1,
    padding: [8, 10],
    textStyle: { color: look.text, fontFamily: look.font, fontSize: 12 },
    extraCssText: "box-shadow: none; border-radius: 8px; max-width: 22rem; white-space: normal;",
    formatter: (told) => {
      const { title, lines } = make(told);
      return card(title, lines);
    },
    ...more,
  };
}

function card(title, lines) {
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.append(Object.assign(document.createElement("strong"), { textContent: title }));
  for (const { colour, label, value } of lines) {
    const row = document.createElement("div");
    const dot = Object.assign(document.createElement("i"), { className: "chart-dot" });
    dot.style.background = colour ?? "transparent";
    if (colour) row.append(dot);
    row.append(
      Object.assign(document.createElement("span"), { textContent: label }),
      Object.assign(document.createElement("b"), { textContent: value }),
    );
    box.append(row);
  }
  return box;
}
