// Differences with their doubt around no difference, one row each: symbol and colour by verdict, a dashed line where the
// interval is of what still runs; the figure stands at the right end of its row.
import { axis, belowLegend, besides, frame, legend, tooltip } from "../frame.js";

const MARKS = { good: "triangle", bad: "diamond", muted: "circle" };
const HALF = 5;
const LEGEND = 37; // pixels of a legend of one line: it stays where there is one verdict, to say what the mark means

const AROUND = {
  good: (x, y) => [[x, y - HALF], [x + HALF, y + HALF - 1], [x - HALF, y + HALF - 1]],
  bad: (x, y) => [[x, y - HALF], [x + HALF, y], [x, y + HALF], [x - HALF, y]],
};

// What is not told from chance is hollow.
function point(tone, x, y, colour, look) {
  if (tone in AROUND) return { type: "polygon", shape: { points: AROUND[tone](x, y) }, style: { fill: colour } };
  return { type: "circle", shape: { cx: x, cy: y, r: HALF - 0.5 }, style: { fill: look.surface, stroke: colour, lineWidth: 1.5 } };
}

function marked(rows, look, name, tone) {
  const [value, low, high, group] = ["value", "low", "high", "group"].map((part) => rows.part(part).index);
  const still = new Set(rows.options.still ?? []);
  const colour = tone === "muted" ? look.muted : look.tones[tone];
  return {
    name,
    mark: MARKS[tone],
    type: "custom",
    color: colour,
    z: 3,
    data: rows.rows.flatMap((row, at) => (row[group] !== name ? [] : [{ value: [row[value], at, row[low], row[high]], at, link: rows.cell(row, "link") }])),
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(0), api.value(1)]);
      const [from, to] = [2, 3].map((dimension) => api.coord([api.value(dimension), api.value(1)])[0]);
      const dashes = still.has(api.value(1)) ? { lineDash: [4, 3] } : {};
      const doubt = { type: "line", shape: { x1: from, x2: to, y1: y, y2: y }, style: { stroke: colour, lineWidth: 1.5, ...dashes } };
      return { type: "group", children: [doubt, point(tone, x, y, colour, look)] };
    },
  };
}

function bounds(rows) {
  const ends = ["value", "low", "high"].map((part) => rows.part(part).index);
  const told = [...rows.rows.flatMap((row) => ends.map((index) => row[index])), 0];
  const [from, to] = [Math.min(...told), Math.max(...told)];
  const room = (to - from) * 0.04 || 1;
  return { min: from - room, max: to + room };
}

export function forest(rows, look, chart) {
  const [name, value] = [rows.part("x"), rows.part("value")];
  const series = Object.entries(rows.options.marks)
    .map(([verdict, tone]) => marked(rows, look, verdict, tone))
    .filter(({ data }) => data.length);
  const top = Math.max(belowLegend(series, chart.getWidth()), LEGEND);
  const wide = chart.getWidth() > 560;
  series[0].markLine = {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: look.muted, type: "solid", width: 1 },
    data: [{ xAxis: 0 }],
  };
  const names = axis(look, {
    type: "category",
    data: rows.rows.map((row) => row[name.index]),
    inverse: true,
    axisLabel: besides(look, rows, name, chart, { share: wide ? 0.34 : 0.42, top }),
  });
  const figures = axis(look, {
    type: "category",
    position: "right",
    inverse: true,
    data: rows.rows.map((row) => row[value.index]),
    axisLabel: { color: look.text, interval: 0, hideOverlap: false, formatter: (told) => value.write(Number(told)) },
  });
  return frame(look, {
    legend: { ...legend(look, series, chart.getWidth()), show: true },
    grid: { ...frame(look).grid, top, right: wide ? 8 : 16 },
    xAxis: axis(look, { type: "value", ...bounds(rows), splitNumber: wide ? 6 : 3, axisLabel: { formatter: value.tick, showMinLabel: false, showMaxLabel: false } }),
    yAxis: wide ? [names, figures] : [names],
    tooltip: tooltip(look, ({ data }) => {
      const row = rows.rows[data.at];
      const lines = rows.columns
        .filter(({ part }) => !["x", "link"].includes(part))
        .map((column) => ({ label: column.label, value: column.write(row[column.index]) }));
      return { title: name.write(row[name.index]), lines };
    }, { trigger: "item" }),
    series,
  });
}
