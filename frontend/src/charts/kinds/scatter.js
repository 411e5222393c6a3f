// Points: x against y, a series per group with its own colour and shape; `map` hides the axes and keeps proportions.
import { axis, belowLegend, frame, legend, tooltip } from "../frame.js";

const SHAPES = [
  "circle", "rect", "triangle", "diamond",
  "path://M0,0L10,0L5,9Z", // a triangle upside down
  "path://M3.4,0h3.2v3.4h3.4v3.2h-3.4v3.4h-3.2v-3.4h-3.4v-3.2h3.4z", // a plus
  "path://M2.5,0.7h5l2.5,4.3l-2.5,4.3h-5l-2.5,-4.3z", // a hexagon
  "path://M5,0a5,5,0,1,0,0.01,0zM5,2a3,3,0,1,1,-0.01,0z", // a ring
];
// Beyond eight hues colours repeat and shapes shift, so that no two of 64 groups look alike. Of all shifts three keeps
// those of one shape furthest apart in hue to colour-blind eyes, in both themes.
const shape = (n) => SHAPES[(n + 3 * Math.floor(n / 8)) % SHAPES.length];

function groups(rows) {
  const by = rows.part("group");
  const found = new Map();
  rows.rows.forEach((row, at) => {
    const key = by ? row[by.index] ?? "–" : "";
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(at);
  });
  return found;
}

function points(rows, look, size) {
  const [x, y] = [rows.part("x"), rows.part("y")];
  return [...groups(rows)].map(([name, at], n) => ({
    name: String(name),
    type: "scatter",
    color: look.palette[n % 8],
    symbol: shape(n),
    mark: shape(n),
    symbolSize: size,
    itemStyle: { opacity: rows.rows.length > 400 ? 0.6 : 0.85 },
    large: rows.rows.length > 20000,
    data: at.map((index) => ({
      value: [rows.rows[index][x.index], rows.rows[index][y.index]],
      at: index,
      link: rows.cell(rows.rows[index], "link"),
    })),
    cursor: rows.part("link") ? "pointer" : "default",
  }));
}

function tip(rows, look) {
  const label = rows.part("label") ?? rows.part("group") ?? rows.part("x");
  return tooltip(look, (point) => {
    const row = rows.rows[point.data.at];
    const lines = rows.columns
      .filter((column) => column !== label && column.part !== "link" && !(rows.options.plain && ["x", "y"].includes(column.part)))
      .map((column) => ({ label: column.label, value: column.write(row[column.index]) }));
    return { title: label.write(row[label.index]), lines };
  }, { trigger: "item" });
}

// The rows nobody beats in both directions, joined: `front` names the better end of each axis, e.g. ["max", "max"].
function front(rows, look) {
  const [x, y] = [rows.part("x").index, rows.part("y").index];
  const [towards, upwards] = rows.options.front.map((end) => (end === "min" ? -1 : 1));
  const best = rows.rows
    .filter((row) => row[x] !== null && row[y] !== null)
    .sort((a, b) => towards * (b[x] - a[x]) || upwards * (b[y] - a[y]));
  const kept = [];
  for (const row of best) if (!kept.length || upwards * (row[y] - kept.at(-1)[y]) > 0) kept.push(row);
  return {
    type: "line", data: kept.map((row) => [row[x], row[y]]), symbol: "none", silent: true, z: 1,
    lineStyle: { color: look.muted, width: 1.5, type: "dashed" },
  };
}

export function scatter(rows, look) {
  const [x, y] = [rows.part("x"), rows.part("y")];
  const series = points(rows, look, 10);
  return frame(look, {
    legend: legend(look, series),
    grid: { ...frame(look).grid, top: series.length > 1 ? 44 : 24, bottom: 24 },
    xAxis: axis(look, { type: "value", scale: true, name: x.label, nameLocation: "middle", nameGap: 28, axisLabel: { formatter: x.short } }),
    yAxis: axis(look, { type: "value", scale: true, name: y.label, nameTextStyle: { align: "left", color: look.muted }, axisLabel: { formatter: y.short } }),
    tooltip: tip(rows, look),
    series: rows.options.front ? [front(rows, look), ...series] : series,
  });
}

// One unit is as long across as it is up: distances on the map mean something, and do so again in the next version.
function square(rows, chart, top, beside) {
  const span = (index) => {
    const values = rows.rows.map((row) => row[index]).filter((value) => value !== null);
    return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  };
  const [x, y] = [span(rows.part("x").index), span(rows.part("y").index)];
  const [width, height] = [chart.getWidth() - 16 - beside, chart.getHeight() - top - 8];
  const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height) * 1.06 || 1;
  const around = ([low, high], length) => ({ min: (low + high) / 2 - (unit * length) / 2, max: (low + high) / 2 + (unit * length) / 2 });
  return [around(x, width), around(y, height)];
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

// The number of each group where the middle of its points is, as the legend tells it: a mark that needs no colour.
function numbers(series, look) {
  return {
    type: "scatter", silent: true, z: 5, symbolSize: 1, tooltip: { show: false },
    labelLayout: { moveOverlap: "shiftY" },
    data: series.map(({ data, color }, n) => ({
      value: [0, 1].map((axis) => mean(data.map(({ value }) => value[axis]))),
      itemStyle: { color: "transparent" },
      label: {
        show: true, position: "inside", formatter: String(n + 1), color: look.text, fontSize: 11, fontWeight: 600,
        backgroundColor: look.surface, borderColor: color, borderWidth: 1.5, borderRadius: 4, padding: [2, 5],
      },
    })),
  };
}

const leaves = (look) => ({
  type: "scroll", pageTextStyle: { color: look.muted }, pageIconColor: look.text, pageIconInactiveColor: look.line,
  pageIconSize: 14, pageButtonItemGap: 8, animation: false,
});

const WIDE = 760;
const BESIDE = 300; // pixels for the names beside a wide map
const ABOVE = 0.35; // of a narrow one's height: names that would take more are leafed through
const PAGED = 44;
const LEAVES = 96; // pixels of the arrows that leaf

export function map(rows, look, chart) {
  const many = rows.rows.length;
  const series = points(rows, look, many > 5000 ? 4 : many <= 800 ? 8 : chart.getWidth() >= WIDE ? 7 : 5)
    .map((one) => ({ ...one, emphasis: { focus: "series" }, blur: { itemStyle: { opacity: 0.06 } } }));
  const beside = series.length > 1 && chart.getWidth() >= WIDE ? BESIDE : 0;
  const above = series.length > 1 && !beside ? belowLegend(series, chart.getWidth()) : 8;
  const paged = above > ABOVE * chart.getHeight();
  const top = paged ? PAGED : above;
  const [across, up] = square(rows, chart, top, beside);
  const hidden = { type: "value", show: false };
  const place = (name) => series.findIndex((one) => one.name === name) + 1;
  const named = legend(look, series, beside || chart.getWidth() - (paged ? LEAVES : 0));
  const numbered = { ...named, formatter: (name) => named.formatter(`${place(name)} · ${name}`) };
  const names = beside
    ? { ...numbered, orient: "vertical", left: chart.getWidth() - beside, top: 8, itemGap: 12 }
    : { ...numbered, ...(paged ? leaves(look) : {}) };
  return frame(look, {
    legend: names,
    grid: { left: 8, right: 8 + beside, top, bottom: 8 },
    xAxis: { ...hidden, ...across },
    yAxis: { ...hidden, ...up },
    tooltip: tip({ ...rows, options: { ...rows.options, plain: true } }, look),
    series: series.length > 1 ? [...series, numbers(series, look)] : series,
  });
}
