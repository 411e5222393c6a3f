// Calibration: what was predicted against what happened, bubbles as large as their count; on the diagonal it is honest.
// A `low` and a `high` column draw how far chance alone may move what happened.
import { axis, frame, tooltip } from "../frame.js";

function doubt(rows, look, x, low, high) {
  return {
    type: "custom",
    silent: true,
    z: 1,
    encode: { x: 0, y: [1, 2] },
    data: rows.rows.map((row) => [row[x.index], row[low.index], row[high.index]]),
    renderItem: (_, api) => {
      const [from, to] = [1, 2].map((end) => api.coord([api.value(0), api.value(end)]));
      return { type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: look.palette[0], lineWidth: 1.5, opacity: 0.6 } };
    },
  };
}

export function reliability(rows, look) {
  const [x, y, size] = [rows.part("x"), rows.part("y"), rows.part("size")];
  const [low, high] = [rows.part("low"), rows.part("high")];
  const most = Math.max(...rows.rows.map((row) => row[size.index]), 1);
  const end = Math.max(...rows.rows.flatMap((row) => [row[x.index], row[y.index], high ? row[high.index] : 0]), 0.01) * 1.1;
  const scale = (column, more) => axis(look, { type: "value", min: 0, max: end, name: column.label, splitNumber: 4, axisLabel: { formatter: column.short, showMaxLabel: false }, ...more });
  return frame(look, {
    grid: { ...frame(look).grid, top: 32, bottom: 24 },
    xAxis: scale(x, { nameLocation: "middle", nameGap: 28 }),
    yAxis: scale(y, { nameTextStyle: { align: "left", color: look.muted } }),
    tooltip: tooltip(look, (point) => {
      const row = rows.rows[point.dataIndex];
      return {
        title: `${x.label}: ${x.write(row[x.index])}`,
        lines: [y, low, high, size].filter(Boolean).map((column) => ({ label: column.label, value: column.write(row[column.index]) })),
      };
    }, { trigger: "item" }),
    series: [
      { type: "line", data: [[0, 0], [end, end]], symbol: "none", silent: true, lineStyle: { color: look.muted, type: "dashed", width: 1 } },
      ...(low && high ? [doubt(rows, look, x, low, high)] : []),
      {
        type: "scatter",
        color: look.palette[0],
        itemStyle: { opacity: 0.85 },
        data: rows.rows.map((row) => ({ value: [row[x.index], row[y.index]], symbolSize: 5 + 10 * Math.sqrt(row[size.index] / most) })),
      },
    ],
  });
}
