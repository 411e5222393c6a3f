// Candidates by two measures: hollow those some other beats, filled the front; of the front, those nobody beats in the
// two measures drawn are joined; the chosen one ringed and named.
import { axis, belowLegend, frame, legend, tooltip } from "../frame.js";

const SHAPES = ["circle", "rect", "triangle", "diamond"];

function places(rows, look) {
  const [x, y, group] = [rows.part("x"), rows.part("y"), rows.part("group")];
  const names = [...new Set(rows.rows.map((row) => row[group.index]))];
  return names.map((name, n) => ({
    name,
    type: "scatter",
    color: look.palette[n % 8],
    symbol: SHAPES[n % SHAPES.length],
    mark: SHAPES[n % SHAPES.length],
    symbolSize: 11,
    emphasis: { disabled: true },
    z: 3,
    data: rows.rows.flatMap((row, at) => (row[group.index] !== name ? [] : [{
      value: [row[x.index], row[y.index]],
      at,
      link: rows.cell(row, "link"),
      itemStyle: rows.cell(row, "front") || rows.cell(row, "chosen")
        ? { color: look.palette[n % 8] }
        : { color: look.surface, borderColor: look.palette[n % 8], borderWidth: 1.5 },
    }])),
  }));
}

function joined(rows, look) {
  const [x, y] = [rows.part("x").index, rows.part("y").index];
  const front = rows.rows.filter((row) => rows.cell(row, "front")).sort((a, b) => b[x] - a[x] || b[y] - a[y]);
  const kept = [];
  for (const row of front) if (!kept.length || row[y] > kept.at(-1)[y]) kept.push(row);
  return {
    type: "line", data: kept.map((row) => [row[x], row[y]]), symbol: "none", silent: true, z: 1,
    lineStyle: { color: look.muted, width: 1.5, type: "dashed" },
  };
}

function ring(rows, look) {
  const [x, y, label] = [rows.part("x"), rows.part("y"), rows.part("label")];
  const chosen = rows.rows.filter((row) => rows.cell(row, "chosen"));
  const middle = (column) => {
    const values = rows.rows.map((row) => row[column.index]);
    return (Math.min(...values) + Math.max(...values)) / 2;
  };
  const [halfway, half] = [middle(x), middle(y)];
  return {
    type: "scatter", silent: true, symbol: "circle", symbolSize: 22, z: 4,
    itemStyle: { color: "transparent", borderColor: look.text, borderWidth: 1.5 },
    data: chosen.map((row) => ({
      value: [row[x.index], row[y.index]],
      label: {
        show: true, color: look.text, fontWeight: 600, fontSize: 12, distance: 8,
        backgroundColor: look.surface, padding: [2, 4], borderRadius: 4,
        position: row[y.index] > half ? "bottom" : "top",
        align: row[x.index] > halfway ? "right" : "left",
        formatter: () => label.write(row[label.index]),
      },
    })),
  };
}

export function front(rows, look, chart) {
  const [x, y, label] = [rows.part("x"), rows.part("y"), rows.part("label")];
  const series = places(rows, look);
  const yes = rows.language.startsWith("en") ? ["yes", "no"] : ["sim", "não"];
  const word = (column, value) => (typeof value === "boolean" ? yes[value ? 0 : 1] : column.write(value));
  return frame(look, {
    legend: legend(look, series, chart.getWidth()),
    grid: { ...frame(look).grid, top: belowLegend(series, chart.getWidth()) + 12, bottom: 24, right: 24 },
    xAxis: axis(look, { type: "value", scale: true, name: x.label, nameLocation: "middle", nameGap: 28, axisLabel: { formatter: x.write } }),
    yAxis: axis(look, { type: "value", scale: true, name: y.label, nameTextStyle: { align: "left", color: look.muted }, axisLabel: { formatter: y.write } }),
    tooltip: tooltip(look, (point) => {
      const row = rows.rows[point.data.at];
      const lines = rows.columns
        .filter((column) => column !== label)
        .map((column) => ({ label: column.label, value: word(column, row[column.index]) }));
      return { title: label.write(row[label.index]), lines };
    }, { trigger: "item" }),
    series: [...(rows.options.joined ? [joined(rows, look)] : []), ...series, ring(rows, look)],
  });
}
