// Two categories and a value: darker is more; the number stands in the cell where there is room, none for zero.
import { axis, frame, tooltip } from "../frame.js";
import { thin } from "../look.js";

const distinct = (rows, index) => [...new Set(rows.rows.map((row) => row[index]))];

export function heat(rows, look, chart) {
  const [x, y, value] = [rows.part("x"), rows.part("y"), rows.part("value")];
  const [across, up] = [distinct(rows, x.index), distinct(rows, y.index)];
  const values = rows.rows.map((row) => row[value.index] ?? 0);
  const each = (chart.getWidth() - 170) / across.length;
  const room = each > 40;
  return frame(look, {
    grid: { ...frame(look).grid, right: 4 },
    xAxis: axis(look, { type: "category", data: across, axisLabel: each > 56 ? { formatter: x.write, interval: 0, hideOverlap: false, width: each - 6, overflow: "break", lineHeight: 14 } : { formatter: x.write } }),
    yAxis: axis(look, { type: "category", data: up, inverse: true, axisLabel: { color: look.text, formatter: y.write, width: 150, overflow: "truncate" } }),
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
      data: rows.rows.map((row) => ({ value: [across.indexOf(row[x.index]), up.indexOf(row[y.index]), row[value.index]], link: rows.cell(row, "link") })),
      label: { show: room, color: look.text, fontSize: 12, formatter: ({ value: told }) => (told[2] ? value.short(told[2]) : "") },
      itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 4 },
      emphasis: { disabled: true },
    }],
  });
}
