// Two categories and a value: darker is more; the number stands in the cell where there is room, none for zero.
import { LINE, NARROW, axis, frame, linesIn, tooltip, wrapped } from "../frame.js";
import { thin } from "../look.js";

const [UPRIGHT, LEANING] = [60, 100]; // pixels that headings take below the cells
const distinct = (rows, index) => [...new Set(rows.rows.map((row) => row[index]))];

// Headings whole words wide stand upright in lines; others lean, so that no word is cut.
function heads(words, each) {
  const written = { formatter: (_, at) => words[at], interval: 0, hideOverlap: false };
  const longest = Math.max(...words.flatMap((told) => told.split(" ")).map(({ length }) => length));
  if (words.every(({ length }) => length <= 3)) return { ...written, interval: "auto", hideOverlap: true };
  if (longest * 6.6 <= each - 6) return { ...written, width: each - 6, overflow: "break", lineHeight: 14 };
  return { ...written, rotate: each < 30 ? 90 : 35, fontSize: 11 };
}

// Where the names of the rows leave no room for figures beside them, each stands on a line of its own above its cells.
function upright(words) {
  return { lines: words.flatMap((told) => [told, ""]), place: (at) => 2 * at + 1 };
}

// A share in whole per cent without its sign, for cells no wider than two or three figures.
function tight(column) {
  if (!column.format.startsWith("percent")) return column.short;
  return (told) => (told < 0.005 ? "<1" : String(Math.round(100 * told)));
}

export function heat(rows, look, chart) {
  const [x, y, value] = [rows.part("x"), rows.part("y"), rows.part("value")];
  const [across, up] = [distinct(rows, x.index), distinct(rows, y.index)];
  const values = rows.rows.map((row) => row[value.index] ?? 0);
  const narrow = chart.getWidth() < NARROW;
  const beside = narrow ? 0 : Math.max(150, Math.min(260, chart.getWidth() * 0.26));
  const each = (chart.getWidth() - beside - (narrow ? 8 : 20)) / across.length;
  const head = heads(across.map(x.write), each);
  const lines = linesIn(chart.getHeight() - (head.rotate ? LEANING : UPRIGHT), up.length, 3);
  const write = narrow ? tight(value) : value.short;
  const letters = Math.max(...values.filter(Boolean).map((told) => write(told).length), 1);
  const room = narrow ? letters * 6 <= each : each > 40;
  const names = up.map(y.write);
  const { lines: told, place } = narrow ? upright(names) : { lines: up, place: (at) => at };
  const named = narrow
    ? { inside: true, align: "left", padding: 0, margin: 0, formatter: (name) => wrapped(name, chart.getWidth(), 1) }
    : { formatter: (name) => wrapped(y.write(name), beside, lines) };
  return frame(look, {
    grid: { ...frame(look).grid, right: 4 },
    xAxis: axis(look, { type: "category", data: across, axisLabel: head }),
    yAxis: axis(look, { type: "category", data: told, inverse: true, axisLabel: { color: look.text, interval: 0, hideOverlap: false, lineHeight: LINE, ...named } }),
    visualMap: {
      show: false, min: Math.min(...values, 0), max: Math.max(...values), dimension: 2,
      inRange: { color: [thin(look.palette[0], 0.06), thin(look.palette[0], 0.75)] },
    },
    tooltip: tooltip(look, (point) => {
      const row = rows.rows[point.dataIndex];
      return { title: `${y.write(row[y.index])} · ${x.write(row[x.index])}`, lines: [{ label: value.label, value: value.write(row[value.index]) }] };
    }, { trigger: "item" }),
    series: [{
      type: "heatmap",
      data: rows.rows.map((row) => ({ value: [across.indexOf(row[x.index]), place(up.indexOf(row[y.index])), row[value.index]], link: rows.cell(row, "link") })),
      label: { show: room, color: look.text, fontSize: narrow ? 10 : 12, formatter: ({ value: cell }) => (cell[2] ? write(cell[2]) : "") },
      itemStyle: { borderColor: look.surface, borderWidth: narrow ? 1 : 2, borderRadius: narrow ? 2 : 4 },
      emphasis: { disabled: true },
    }],
  });
}
