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

const NEAR = 0.8;

// Where an axis ends whose values cannot pass an end: a share at 100 %, others at what `options.top` says. Only where they
// come near it, and only from zero up: else the drawing finds a closer end by itself.
export function ceiling(rows, column) {
  const end = rows.options.top ?? (column.format.startsWith("percent") ? 1 : undefined);
  const parts = rows.columns.filter(({ part, format }) => ["value", "low", "high"].includes(part) && format === column.format);
  const told = rows.rows.flatMap((row) => parts.map(({ index }) => row[index] ?? 0));
  const [least, most] = [Math.min(...told, 0), Math.max(...told)];
  return end !== undefined && least >= 0 && most <= end && most > NEAR * end ? { max: end, interval: end / 4 } : {};
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

const SCALE = 28; // pixels below the rows: the numbers of the axis
const AIR = 4; // pixels between the names of two rows

// Names beside horizontal bars: in two lines (three on a phone) where the rows have room, shortened only where they have none; two names
// never touch. `top` is where the rows begin.
export function besides(look, rows, name, chart, { share = 0.42, top = 16 } = {}) {
  const wide = Math.min(260, chart.getWidth() * share);
  const many = rows.rows.length;
  const most = chart.getWidth() < NARROW ? 3 : 2;
  const lines = linesIn(chart.getHeight() - top - SCALE - AIR * many, many, most);
  const write = (value) => wrapped(name.write(value), wide, lines);
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
