// Calibration: what was predicted against what happened, bubbles as large as their count; on the diagonal it is honest.
// A `low` and a `high` column draw how far chance alone may move what happened. With the option `root`, the words for it, both axes are
// of the square root, on which rare events do not crowd at zero; the diagonal stays straight, and the axes say what they are.
import { axis, frame, tooltip } from "../frame.js";

const TICKS = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1];
// Of the ticks within the axis, as many as have room: each at least this share of it from the one before.
const APART = 0.12;

function ticks(end) {
  const found = [];
  for (const tick of TICKS) if (tick <= end && (!found.length || Math.sqrt(tick / end) - found.at(-1) >= APART)) found.push(Math.sqrt(tick / end));
  return found.map((place) => place * Math.sqrt(end));
}

function doubt(rows, look, x, low, high, place) {
  return {
    type: "custom",
    silent: true,
    z: 1,
    encode: { x: 0, y: [1, 2] },
    data: rows.rows.map((row) => [x, low, high].map((column) => place(row[column.index]))),
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
  const root = Boolean(rows.options.root);
  const [place, value] = root ? [Math.sqrt, (at) => at * at] : [Number, Number];
  const marks = root ? { axisTick: { show: false, customValues: ticks(end) } } : { splitNumber: 4 };
  const labelled = (column) => ({
    formatter: (at) => column.tick(Math.round(value(at) * 1e6) / 1e6),
    showMaxLabel: root,
    ...(root ? { customValues: ticks(end) } : {}),
  });
  const scale = (column, more) => axis(look, { type: "value", min: 0, max: place(end), name: root ? `${column.label} (${rows.options.root})` : column.label, axisLabel: labelled(column), ...marks, ...more });
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
      { type: "line", data: [[0, 0], [place(end), place(end)]], symbol: "none", silent: true, lineStyle: { color: look.muted, type: "dashed", width: 1 } },
      ...(low && high ? [doubt(rows, look, x, low, high, place)] : []),
      {
        type: "scatter",
        color: look.palette[0],
        itemStyle: { opacity: 0.85 },
        data: rows.rows.map((row) => ({ value: [place(row[x.index]), place(row[y.index])], symbolSize: 5 + 10 * Math.sqrt(row[size.index] / most) })),
      },
    ],
  });
}
