// Bridge: each row adds to where the one before ended; rows marked as totals stand on zero.
import { axis, frame, tooltip } from "../frame.js";

function steps(rows) {
  const value = rows.part("value").index;
  let level = 0;
  return rows.rows.map((row) => {
    const total = Boolean(rows.cell(row, "total"));
    const from = total ? 0 : level;
    level = total ? row[value] : level + row[value];
    return { from, to: level, total };
  });
}

export function waterfall(rows, look) {
  const name = rows.part("x");
  const value = rows.part("value");
  const told = steps(rows);
  const paint = ({ from, to, total }) => (total ? look.palette[0] : to >= from ? look.tones.good : look.tones.bad);
  return frame(look, {
    grid: { ...frame(look).grid, top: 24 },
    xAxis: axis(look, { type: "category", data: rows.rows.map((row) => row[name.index]), axisLabel: { color: look.text, interval: 0, width: 92, overflow: "break" } }),
    yAxis: axis(look, { type: "value", axisLabel: { formatter: value.short }, splitNumber: 4 }),
    tooltip: tooltip(look, (point) => ({
      title: name.write(rows.rows[point.dataIndex][name.index]),
      lines: [{ label: value.label, value: value.write(rows.rows[point.dataIndex][value.index]) }],
    }), { trigger: "item" }),
    series: [{
      type: "custom",
      encode: { x: 0, y: [1, 2] },
      data: told.map((step, n) => ({ value: [n, step.from, step.to], link: rows.cell(rows.rows[n], "link") })),
      renderItem: (_, api) => {
        const at = api.value(0);
        const [from, to] = [api.coord([at, api.value(1)]), api.coord([at, api.value(2)])];
        const width = Math.min(56, api.size([1, 0])[0] * 0.62);
        return {
          type: "group",
          children: [
            {
              type: "rect",
              shape: { x: from[0] - width / 2, y: Math.min(from[1], to[1]), width, height: Math.max(1, Math.abs(from[1] - to[1])), r: 3 },
              style: { fill: paint(told[at]) },
            },
            {
              type: "text",
              x: from[0],
              y: Math.min(from[1], to[1]) - 6,
              style: { text: value.short(rows.rows[at][value.index]), fill: look.text, font: `12px ${look.font}`, textAlign: "center", textVerticalAlign: "bottom" },
            },
          ],
        };
      },
    }],
  });
}
