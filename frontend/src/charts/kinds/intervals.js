// Ratios with their doubt, on a logarithmic axis around a reference: one series as bars from it, two as points.
import { axis, belowLegend, frame, legend, tooltip } from "../frame.js";

const LEAST = 0.05;
const ASIDE = 96;

// Each value column with the low and high that follow it.
function sets(rows) {
  return rows.all("value").map((value) => {
    const next = (part) => rows.columns.find((column) => column.index > value.index && column.part === part);
    return { value, low: next("low"), high: next("high") };
  });
}

const at = (row, column) => (column === undefined || row[column.index] === null ? null : Math.max(LEAST, row[column.index]));

function bounds(rows, told, reference) {
  const all = rows.rows.flatMap((row) => told.flatMap(({ value, low, high }) => [at(row, value), at(row, low), at(row, high)]));
  const kept = [...all.filter((one) => one !== null), reference];
  return [Math.min(...kept) / 1.15, Math.max(...kept) * 1.15];
}

// Round numbers along a doubling scale.
const ticks = ([from, to]) => [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64].filter((tick) => tick >= from && tick <= to);

function marks(rows, look, told, reference, set, n) {
  const several = told.length > 1;
  const colour = look.colour(set.value, n);
  return {
    name: set.value.label,
    type: "custom",
    color: colour,
    z: 3,
    data: rows.rows.map((row, place) => [at(row, set.value), place, at(row, set.low), at(row, set.high)]),
    renderItem: (_, api) => {
      if (Number.isNaN(api.value(0)) || api.value(0) === null) return undefined;
      const [x, middle] = api.coord([api.value(0), api.value(1)]);
      const room = api.size([0, 1])[1];
      const y = several ? middle + (n - (told.length - 1) / 2) * Math.min(12, room * 0.32) : middle;
      const [from, to] = [2, 3].map((dimension) => (Number.isFinite(api.value(dimension)) ? api.coord([api.value(dimension), api.value(1)])[0] : null));
      const doubt = from === null || to === null ? [] : [{ type: "line", shape: { x1: from, x2: to, y1: y, y2: y }, style: { stroke: several ? colour : look.text, lineWidth: 1.5 } }];
      if (several) {
        const point = n === 0
          ? { type: "circle", shape: { cx: x, cy: y, r: 5 }, style: { fill: colour } }
          : { type: "rect", shape: { x: x - 4.5, y: y - 4.5, width: 9, height: 9 }, style: { fill: colour } };
        return { type: "group", children: [...doubt, point] };
      }
      const zero = api.coord([reference, api.value(1)])[0];
      const height = Math.min(16, room * 0.62);
      const bar = {
        type: "rect",
        shape: { x: Math.min(zero, x), y: y - height / 2, width: Math.max(1, Math.abs(x - zero)), height, r: 2 },
        style: { fill: api.value(0) >= reference ? colour : look.tones.muted },
      };
      return { type: "group", children: [bar, ...doubt] };
    },
  };
}

export function intervals(rows, look, chart) {
  const name = rows.part("x");
  const told = sets(rows);
  const reference = rows.options.reference ?? 1;
  const aside = chart.getWidth() > 560 ? rows.all("aside") : [];
  const [from, to] = bounds(rows, told, reference);
  const series = told.map((set, n) => marks(rows, look, told, reference, set, n));
  series[0].markLine = {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: look.muted, type: "solid", width: 1 },
    data: [{ xAxis: reference }],
  };
  const names = axis(look, {
    type: "category",
    data: rows.rows.map((row) => row[name.index]),
    inverse: true,
    axisLabel: { color: look.text, width: Math.min(240, chart.getWidth() * 0.42), overflow: "truncate", formatter: name.write, interval: 0 },
  });
  // The shares behind the ratio stand at the right end of each row, under their own heading.
  const beside = aside.map((column, n) => axis(look, {
    type: "category",
    position: "right",
    offset: n * ASIDE,
    inverse: true,
    data: rows.rows.map((row) => row[column.index]),
    name: column.label,
    nameLocation: "start",
    nameGap: 8,
    nameTextStyle: { align: "left", color: look.muted },
    axisLabel: { color: n === 0 ? look.text : look.muted, formatter: (told) => column.write(Number(told)), interval: 0 },
  }));
  return frame(look, {
    legend: legend(look, series),
    grid: { ...frame(look).grid, top: aside.length ? 28 : belowLegend(series, chart.getWidth()), right: aside.length ? ASIDE * (aside.length - 1) + 8 : 16 },
    xAxis: axis(look, {
      type: "log",
      min: from,
      max: to,
      axisLabel: { formatter: new Intl.NumberFormat(rows.language.startsWith("en") ? "en" : "pt-BR").format, customValues: ticks([from, to]) },
      axisTick: { customValues: ticks([from, to]) },
    }),
    yAxis: [names, ...beside],
    tooltip: tooltip(look, (point) => {
      const row = rows.rows[point.dataIndex];
      const lines = rows.columns
        .filter((column) => !["x", "link"].includes(column.part))
        .map((column) => ({ label: column.label, value: column.write(row[column.index]) }));
      return { title: name.write(row[name.index]), lines };
    }, { trigger: "item" }),
    series,
  });
}
