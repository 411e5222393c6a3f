// Bridge: each row adds to where the one before ended; rows marked as totals stand on zero. Where the steps have no
// room for their words side by side they lie under one another.
import { axis, frame, tooltip } from "../frame.js";

const ROOM = 88;

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

function standing(from, to, width) {
  const top = Math.min(from[1], to[1]);
  return [
    { x: from[0] - width / 2, y: top, width, height: Math.max(1, Math.abs(from[1] - to[1])) },
    { x: from[0], y: top - 6, textAlign: "center", textVerticalAlign: "bottom" },
  ];
}

function lying(from, to, height) {
  const [left, right] = [Math.min(from[0], to[0]), Math.max(from[0], to[0])];
  return [
    { x: left, y: from[1] - height / 2, width: Math.max(1, right - left), height },
    { x: right + 6, y: from[1], textAlign: "left", textVerticalAlign: "middle" },
  ];
}

export function waterfall(rows, look, chart) {
  const name = rows.part("x");
  const value = rows.part("value");
  const told = steps(rows);
  const flat = chart.getWidth() / rows.rows.length < ROOM;
  const paint = ({ from, to, total }) => (total ? look.palette[0] : to >= from ? look.tones.good : look.tones.bad);
  const words = flat
    ? { color: look.text, interval: 0, width: Math.min(150, chart.getWidth() * 0.36), overflow: "truncate" }
    : { color: look.text, interval: 0, width: ROOM, overflow: "break" };
  const names = axis(look, { type: "category", inverse: flat, data: rows.rows.map((row) => row[name.index]), axisLabel: words });
  const values = axis(look, { type: "value", axisLabel: { formatter: value.short, show: !flat }, splitNumber: flat ? 3 : 4 });
  return frame(look, {
    grid: { ...frame(look).grid, top: flat ? 8 : 24, right: flat ? 72 : 16 },
    xAxis: flat ? values : names,
    yAxis: flat ? names : values,
    tooltip: tooltip(look, (point) => ({
      title: name.write(rows.rows[point.dataIndex][name.index]),
      lines: [{ label: value.label, value: value.write(rows.rows[point.dataIndex][value.index]) }],
    }), { trigger: "item" }),
    series: [{
      type: "custom",
      encode: flat ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
      data: told.map((step, n) => ({ value: [n, step.from, step.to], link: rows.cell(rows.rows[n], "link") })),
      renderItem: (_, api) => {
        const at = api.value(0);
        const place = (level) => api.coord(flat ? [level, at] : [at, level]);
        const room = flat ? api.size([0, 1])[1] : api.size([1, 0])[0];
        const draw = flat ? lying : standing;
        const [shape, label] = draw(place(api.value(1)), place(api.value(2)), Math.min(flat ? 20 : 56, room * 0.62));
        return {
          type: "group",
          children: [
            { type: "rect", shape: { ...shape, r: 3 }, style: { fill: paint(told[at]) } },
            { type: "text", style: { ...label, text: value.short(rows.rows[at][value.index]), fill: look.text, font: `12px ${look.font}` } },
          ],
        };
      },
    }],
  });
}
