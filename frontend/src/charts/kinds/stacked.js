// Parts of a whole: stacked bars, upright over time or horizontal by name; `share` fills every bar to 100 %.
import { axis, belowLegend, besides, frame, legend, tooltip } from "../frame.js";

export function stacked(rows, look, chart) {
  const name = rows.part("x");
  const values = rows.all("value");
  const upright = rows.options.upright !== false;
  const sums = rows.rows.map((row) => values.reduce((sum, column) => sum + (row[column.index] ?? 0), 0));
  const told = (row, column, n) => (rows.options.share ? (row[column.index] ?? 0) / (sums[n] || 1) : row[column.index]);
  const series = values.map((column, n) => ({
    name: column.label,
    type: "bar",
    stack: "all",
    barMaxWidth: upright ? 28 : 20,
    color: look.colour(column, n),
    itemStyle: { borderColor: look.surface, borderWidth: 0.5 },
    emphasis: { disabled: true },
    data: rows.rows.map((row, at) => ({ value: told(row, column, at), link: rows.cell(row, "link") })),
    cursor: rows.part("link") ? "pointer" : "default",
  }));
  const names = axis(look, {
    type: "category",
    data: rows.rows.map((row) => row[name.index]),
    inverse: !upright,
    axisLabel: upright ? { formatter: name.write } : besides(look, rows, name, chart, { top: belowLegend(series, chart.getWidth()) }),
  });
  const scale = axis(look, {
    type: "value",
    max: rows.options.share ? 1 : undefined,
    splitNumber: upright ? 4 : 3,
    minInterval: values[0].format === "number" ? 1 : undefined,
    axisLabel: { formatter: rows.options.share ? (value) => `${Math.round(value * 100)}%` : values[0].short },
  });
  return frame(look, {
    legend: legend(look, series, chart.getWidth()),
    grid: { ...frame(look).grid, top: belowLegend(series, chart.getWidth()) },
    xAxis: upright ? names : scale,
    yAxis: upright ? scale : names,
    tooltip: tooltip(look, (points) => {
      const at = points[0].dataIndex;
      const row = rows.rows[at];
      const lines = values.map((column, n) => ({ colour: look.colour(column, n), label: column.label, value: column.write(row[column.index]) }));
      return { title: name.write(row[name.index]), lines };
    }, { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: look.line, opacity: 0.4 } } }),
    series,
  });
}
