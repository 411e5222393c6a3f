// Distribution: one bar from `low` to `high` per row, with the marks (median, p90) the rows were told with.
import { axis, frame, tooltip } from "../frame.js";

const EDGE = 0.15;

export function histogram(rows, look) {
  const [low, high, value] = [rows.part("low"), rows.part("high"), rows.part("value")];
  const edges = rows.rows.flatMap((row) => [row[low.index], row[high.index]]);
  const [first, last] = [Math.min(...edges), Math.max(...edges)];
  const marks = rows.options.marks ?? [];
  return frame(look, {
    grid: { ...frame(look).grid, top: marks.length ? 32 : 16, bottom: 20 },
    xAxis: axis(look, {
      type: "value", min: first, max: last, splitLine: { show: false }, name: low.label,
      nameLocation: "middle", nameGap: 26, axisLabel: { formatter: low.tick },
    }),
    yAxis: axis(look, { type: "value", splitNumber: 4, axisLabel: { formatter: value.short } }),
    tooltip: tooltip(look, (point) => {
      const row = rows.rows[point.dataIndex];
      return {
        title: `${low.write(row[low.index])} – ${high.write(row[high.index])}`,
        lines: [{ label: value.label, value: value.write(row[value.index]) }],
      };
    }, { trigger: "item" }),
    series: [{
      type: "custom",
      encode: { x: [0, 1], y: 2 },
      data: rows.rows.map((row) => ({ value: [row[low.index], row[high.index], row[value.index]], link: rows.cell(row, "link") })),
      renderItem: (_, api) => {
        const [from, to] = [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), 0])];
        return {
          type: "rect",
          shape: { x: from[0] + 0.5, y: from[1], width: Math.max(1, to[0] - from[0] - 1), height: to[1] - from[1], r: [2, 2, 0, 0] },
          style: { fill: look.palette[0] },
        };
      },
      markLine: {
        silent: true,
        symbol: "none",
        lineStyle: { color: look.text, type: "dashed", width: 1 },
        label: { color: look.text, fontSize: 12, formatter: ({ name }) => name },
        data: marks.map(([name, at]) => ({
          name: `${name} ${low.write(at)}`, xAxis: at, label: { align: beside((at - first) / (last - first)) },
        })),
      },
    }],
  });
}

// On which side of a line its words are read: near an edge, where numbers of an axis stand, inwards.
function beside(place) {
  return place < EDGE ? "left" : place > 1 - EDGE ? "right" : "center";
}
