// Draws every <figure data-chart>: reads its JSON, follows theme and size, offers PNG and CSV. The table twin is HTML.
import * as echarts from "echarts/core";
import { BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { saveCsv, savePng } from "./exports.js";
import { look } from "./look.js";
import { table } from "./table.js";
import { bar } from "./kinds/bar.js";
import { flows } from "./kinds/flows.js";
import { forest } from "./kinds/forest.js";
import { front } from "./kinds/front.js";
import { heat } from "./kinds/heat.js";
import { histogram } from "./kinds/histogram.js";
import { intervals } from "./kinds/intervals.js";
import { line } from "./kinds/line.js";
import { reliability } from "./kinds/reliability.js";
import { map, scatter } from "./kinds/scatter.js";
import { stacked } from "./kinds/stacked.js";
import { waterfall } from "./kinds/waterfall.js";

echarts.use([
  BarChart, CustomChart, HeatmapChart, LineChart, SankeyChart, ScatterChart,
  GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, CanvasRenderer, LabelLayout,
]);

const KINDS = { bar, flows, forest, front, heat, histogram, intervals, line, map, reliability, scatter, stacked, waterfall };
const drawn = new Map();

function show(figure) {
  const { chart, rows } = drawn.get(figure);
  chart.setOption(KINDS[figure.dataset.chart](rows, look(), chart), { notMerge: true });
}

function start(figure) {
  const canvas = figure.querySelector(".chart-canvas");
  const payload = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
  const rows = table(payload);
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  const observer = new ResizeObserver(() => {
    const before = chart.getWidth();
    chart.resize();
    if (chart.getWidth() !== before) show(figure); // where names go depends on the width
  });
  drawn.set(figure, { chart, rows, observer });
  show(figure);
  observer.observe(canvas);
  // What has a link is a door; the table twin holds the same links for the keyboard. What narrows the page does so by
  // the twin's own link.
  chart.on("click", ({ data }) => {
    const narrow = data?.narrow && figure.querySelector(`[data-narrow][href="${CSS.escape(data.narrow)}"]`);
    if (narrow) narrow.click();
    else if (data?.link) location.assign(data.link);
  });
  figure.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-export]")?.dataset.export;
    if (kind === "png") savePng(figure, chart, look());
    if (kind === "csv") saveCsv(figure, rows);
  });
}

export async function draw(root) {
  await document.fonts.ready;
  const found = root.matches?.("[data-chart]") ? [root] : root.querySelectorAll("[data-chart]");
  for (const figure of found) if (!drawn.has(figure)) start(figure);
}

function redraw() {
  for (const figure of drawn.keys()) show(figure);
}

new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
  const kept = drawn.get(target);
  if (!kept) return;
  kept.observer.disconnect();
  kept.chart.dispose();
  drawn.delete(target);
});
