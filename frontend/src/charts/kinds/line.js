// Trend: one line per value column; a `low` and a `high` column draw the band of doubt around the first, and a `mark`
// column sets a hollow diamond on the points it says something of.
import { axis, ceiling, frame, legend, tooltip } from "../frame.js";
import { thin } from "../look.js";

function band(rows, look, low, high) {
  const colour = look.colour(rows.part("value"), 0);
  const edge = (name, data, area) => ({
    name, type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 }, data, areaStyle: area, z: 1,
  });
  return [
    edge("low", rows.rows.map((row) => row[low.index]), undefined),
    edge("high", rows.rows.map((row) => (row[high.index] === null ? null : row[high.index] - row[low.index])), { color: thin(colour, 0.16) }),
  ];
}

export function line(rows, look) {
  const x = rows.part("x");
  const values = rows.all("value");
  const [low, high] = [rows.part("low"), rows.part("high")];
  const mark = rows.part("mark");
  const point = (row, column, colour) => (mark && row[mark.index]
    ? { value: row[column.index], symbol: "emptyDiamond", symbolSize: 11, itemStyle: { color: colour } }
    : row[column.index]);
  const dashed = ["solid", "dashed", "dotted"];
  const series = values.map((column, n) => ({
    name: column.label,
    type: "line",
    data: rows.rows.map((row) => (n === 0 ? point(row, column, look.colour(column, n)) : row[column.index])),
    symbol: mark && rows.rows.length >= 3 ? "none" : "circle",
    symbolSize: 6,
    showSymbol: Boolean(mark) || rows.rows.length < 3,
    color: look.colour(column, n),
    lineStyle: { width: 2, type: dashed[n % 3] },
    areaStyle: rows.options.area && n === 0 ? { color: thin(look.colour(column, n), 0.1) } : undefined,
    emphasis: { disabled: true },
    z: 3,
  }));
  return frame(look, {
    legend: legend(look, series),
    grid: { ...frame(look).grid, top: series.length > 1 ? 36 : 16 },
    xAxis: axis(look, {
      type: "category",
      boundaryGap: false,
      data: rows.rows.map((row) => row[x.index]),
      axisLabel: { formatter: x.write },
    }),
    yAxis: axis(look, { type: "value", scale: rows.options.zero === false, axisLabel: { formatter: values[0].tick }, splitNumber: 4, ...(rows.options.zero === false ? {} : ceiling(rows, values[0])) }),
    tooltip: tooltip(look, (points) => {
      const row = rows.rows[points[0].dataIndex];
      const lines = values.map((column, n) => ({ colour: look.colour(column, n), label: column.label, value: column.write(row[column.index]) }));
      if (low && high) lines.push({ label: `${low.label} – ${high.label}`, value: `${low.write(row[low.index])} – ${high.write(row[high.index])}` });
      if (mark && row[mark.index]) lines.push({ label: mark.label, value: row[mark.index] });
      return { title: x.write(row[x.index]), lines };
    }, { trigger: "axis", axisPointer: { lineStyle: { color: look.muted, type: "dashed" } } }),
    series: low && high ? [...band(rows, look, low, high), ...series] : series,
  });
}
