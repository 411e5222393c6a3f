// What every page runs: partial updates, the palette, the keyboard, toasts, and charts where there are any.
import "./app.css";
import htmx from "htmx.org";
import { startAsk } from "./shell/ask.js";
import { startCopilot } from "./shell/copilot.js";
import { startCopy } from "./shell/copy.js";
import { startFiles } from "./shell/files.js";
import { startFilters } from "./shell/filters.js";
import { startFolds } from "./shell/folds.js";
import { startKeyboard } from "./shell/keyboard.js";
import { startLines } from "./shell/lines.js";
import { startMenus } from "./shell/menus.js";
import { startOffline } from "./shell/offline.js";
import { startPalette } from "./shell/palette.js";
import { startPictures } from "./shell/pictures.js";
import { startPreferences } from "./shell/preferences.js";
import { startPrint } from "./shell/print.js";
import { startPush } from "./shell/push.js";
import { startRefused } from "./shell/refused.js";
import { startRenewed } from "./shell/renewed.js";
import { startToasts } from "./shell/toasts.js";

// The content policy allows neither styles nor code from text; pages with customers in them are not kept on the disk.
Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "4(00|22)", swap: true },
    { code: "[45]..", swap: false, error: true },
  ],
});

startPreferences();
startMenus();
startPalette(htmx);
startFiles();
startFilters();
startKeyboard();
startToasts();
startPrint();
startPush();
startCopy();
startOffline();
startRefused();
startRenewed();
startAsk(htmx);
startCopilot(htmx);
startLines();
startFolds();
startPictures(htmx);
// From here on keys and clicks are heard: htmx, which came first, has read the page at this same event.
document.addEventListener("DOMContentLoaded", () => (document.documentElement.dataset.listens = ""));

// Charts weigh more than everything else together: only pages that draw some ask for them.
async function drawCharts(root) {
  if (root.querySelector?.("[data-chart]") || root.matches?.("[data-chart]")) {
    const { draw } = await import("./charts/index.js");
    draw(root);
  }
}
htmx.onLoad(drawCharts);
