// Values with their doubt around a reference: ratios on a logarithmic axis, differences (reference 0) on a plain one. One
// series as bars from the reference, two as points.
import { axis, belowLegend, besides, frame, legend, tooltip } from "../frame.js";

const LEAST = 0.05;
const ASIDE = 96;
const TICKS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64];

// Each value column with the low and high that follow it.
function sets(rows) {
  return rows.all("value").map((value) => {
    const next = (part) => rows.columns.find((column) => column.index > value.index && column.part === part);
    return { value, low: next("low"), high: next("high") };
  });
}

const at = (row, column, least) => (column === undefined || row[column.index] === null ? null : Math.max(least, row[column.index]));

function bounds(rows, told, reference, least) {
  const all = rows.rows.flatMap((row) => told.flatMap(({ value, low, high }) => [value, low, high].map((column) => at(row, column, least))));
  const kept = [...all.filter((one) => one !== null), reference];
  const [from, to] = [Math.min(...kept), Math.max(...kept)];
  const room = (to - from) * 0.06 || 1;
  return least === LEAST ? [from / 1.15, to * 1.15] : [from - room, to + room];
}

// Round numbers along a doubling scale; a plain one finds its own.
function scale(rows, told, reference, least) {
  const [from, to] = bounds(rows, told, reference, least);
  if (least !== LEAST) return { type: "value", min: from, max: to, splitNumber: 5, axisLabel: { formatter: told[0].value.tick, showMinLabel: false, showMaxLabel: false } };
  const ticks = TICKS.filter((tick) => tick >= from && tick <= to);
  const write = new Intl.NumberFormat(rows.language.startsWith("en") ? "en" : "pt-BR").format;
  return { type: "log", min: from, max: to, axisLabel: { formatter: write, customValues: ticks }, axisTick: { customValues: ticks } };
}

function marks(rows, look, told, reference, least, set, n) {
  const several = told.length > 1;
  const colour = look.colour(set.value, n);
  return {
    name: set.value.label,
    type: "custom",
    mark: several ? (n === 0 ? "circle" : "rect") : undefined,
    color: colour,
    z: 3,
    data: rows.rows.map((row, place) => [at(row, set.value, least), place, at(row, set.low, least), at(row, set.high, least)]),
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
  const least = reference > 0 ? LEAST : -Infinity;
  const series = told.map((set, n) => marks(rows, look, told, reference, least, set, n));
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
    axisLabel: besides(look, rows, name, chart, { share: aside.length ? 0.34 : 0.42, top: aside.length ? 28 : belowLegend(series, chart.getWidth()) }),
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
    legend: legend(look, series, chart.getWidth()),
    grid: { ...frame(look).grid, top: aside.length ? 28 : belowLegend(series, chart.getWidth()), right: aside.length ? ASIDE * (aside.length - 1) + 8 : 16 },
    xAxis: axis(look, scale(rows, told, reference, least)),
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
