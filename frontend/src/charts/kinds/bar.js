// Rank: horizontal bars in the order of the rows, or upright ones over time; `low` and `high` draw whiskers. Bars may
// narrow the page they stand on: where one is chosen the others stand back.
import { axis, besides, ceiling, frame, tooltip } from "../frame.js";
import { thin } from "../look.js";

const UNREAD = ["x", "link", "narrow", "chosen"];

function whiskers(rows, look, low, high, upright) {
  return {
    type: "custom",
    silent: true,
    z: 5,
    encode: upright ? { x: 0, y: [1, 2] } : { y: 0, x: [1, 2] },
    data: rows.rows.map((row, n) => [n, row[low.index], row[high.index]]),
    renderItem: (_, api) => {
      const point = (value) => (upright ? api.coord([api.value(0), value]) : api.coord([value, api.value(0)]));
      const [from, to] = [point(api.value(1)), point(api.value(2))];
      return {
        type: "line",
        shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
        style: { stroke: look.text, lineWidth: 1.5 },
      };
    },
  };
}

export function bar(rows, look, chart) {
  const name = rows.part("x");
  const value = rows.part("value");
  const [low, high] = [rows.part("low"), rows.part("high")];
  const upright = Boolean(rows.options.upright);
  const colour = look.colour(value, 0);
  const chosen = rows.rows.some((row) => rows.cell(row, "chosen"));
  const names = axis(look, {
    type: "category",
    data: rows.rows.map((row) => row[name.index]),
    inverse: !upright,
    ...(upright && rows.options.named ? { name: name.label, nameLocation: "middle", nameGap: 30 } : {}),
    axisLabel: upright ? { formatter: name.write } : besides(look, rows, name, chart),
  });
  // Bars that carry their number need no scale beside them.
  const labelled = !upright && !(low && high);
  const values = axis(look, {
    type: "value",
    splitNumber: upright ? 4 : 3,
    ...(upright && rows.options.named ? { name: value.label, nameTextStyle: { align: "left", color: look.muted } } : {}),
    ...(rows.options.from === undefined ? {} : { min: ({ min }) => Math.min(min, rows.options.from) }),
    ...(labelled ? {} : ceiling(rows, value)),
    axisLabel: { formatter: value.tick, show: !labelled },
    ...(labelled ? { splitLine: { show: false } } : {}),
  });
  const series = [{
    type: "bar",
    barMaxWidth: upright ? 28 : 18,
    itemStyle: { color: colour, borderRadius: upright ? [3, 3, 0, 0] : [0, 3, 3, 0] },
    emphasis: { itemStyle: { opacity: 0.8 } },
    label: { show: labelled, position: "right", color: look.text, fontSize: 12, formatter: ({ value: told }) => value.short(told) },
    data: rows.rows.map((row) => ({
      value: row[value.index],
      link: rows.cell(row, "link"),
      narrow: rows.cell(row, "narrow"),
      itemStyle: { color: chosen && !rows.cell(row, "chosen") ? thin(colour, 0.35) : colour },
    })),
    cursor: rows.part("link") ? "pointer" : "default",
  }];
  // Room for the longest number beside the longest bar: about 6.8 pixels a letter.
  const room = labelled ? 14 + 6.8 * Math.max(...rows.rows.map((row) => value.short(row[value.index] ?? 0).length), 3) : 28;
  if (low && high) series.push(whiskers(rows, look, low, high, upright));
  return frame(look, {
    grid: { ...frame(look).grid, right: upright ? 16 : room, ...(rows.options.named ? { top: 32, bottom: 28 } : {}) },
    xAxis: upright ? names : values,
    yAxis: upright ? values : names,
    tooltip: tooltip(look, ([point]) => {
      const row = rows.rows[point.dataIndex];
      const lines = rows.columns
        .filter((column) => !UNREAD.includes(column.part))
        .map((column) => ({ label: column.label, value: column.write(row[column.index]) }));
      return { title: name.write(row[name.index]), lines };
    }, { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: look.line, opacity: 0.4 } } }),
    series,
  });
}
