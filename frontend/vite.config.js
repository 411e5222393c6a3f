import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import tailwind from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { ICONS } from "./src/icons.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

// One file with every icon the templates name, drawn in the colour of the text around it.
function sprite() {
  const symbol = ([name, source]) => {
    const drawing = readFileSync(here(`node_modules/lucide-static/icons/${source}.svg`), "utf8");
    const inside = drawing.replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace(/<\/svg>\s*$/, "").replace(/\s+/g, " ");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${inside.trim()}</symbol>`;
  };
  return {
    name: "sprite",
    generateBundle() {
      const body = Object.entries(ICONS).map(symbol).join("");
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${body}</svg>`;
      const hash = createHash("sha256").update(source).digest("hex").slice(0, 8);
      this.emitFile({ type: "asset", fileName: `assets/icons-${hash}.svg`, source });
      this.emitFile({ type: "asset", fileName: "icons.json", source: JSON.stringify({ file: `assets/icons-${hash}.svg` }) });
    },
  };
}

export default defineConfig({
  base: "/static/dist/",
  plugins: [tailwind(), sprite()],
  build: {
    outDir: here("../src/b2shift/web/static/dist"),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // htmx holds an eval for features that its configuration turns off.
      checks: { eval: false },
      input: { app: here("src/app.js"), charts: here("src/charts/index.js") },
    },
  },
});
