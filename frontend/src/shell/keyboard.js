// One key away: "/" filters, J and K walk the rows, N and P the pages, Z undoes, G and a number the places, "?" tells all.
// A row may answer to figures: they press its buttons.
import { toggleCopilot } from "./copilot.js";
import { toggleSidebar } from "./preferences.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");
const rows = () => [...document.querySelectorAll("[data-row] a[data-row-link]")];

function walk(step) {
  const links = rows();
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(links.length - 1, Math.max(0, at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const follow = (selector) => document.querySelector(selector)?.click();

export function startKeyboard() {
  let going = false; // after "G", until the next key: no clock hurries anyone
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    if (event.key === "Shift") return;
    const place = going;
    going = event.key === "g";
    if (place && /^[1-9]$/.test(event.key)) {
      document.querySelectorAll(".nav-groups .nav-link")[Number(event.key) - 1]?.click();
    } else if (/^[1-9]$/.test(event.key)) {
      const button = document.activeElement.closest("[data-row]")?.querySelector(`[data-key="${event.key}"]`);
      if (!button) return;
      button.click();
    } else if (event.key === "/") {
      const field = document.querySelector("[data-filter-search]");
      if (!field) return;
      field.focus();
      field.select();
    } else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "n") follow('a[rel="next"]');
    else if (event.key === "p") follow('a[rel="prev"]');
    else if (event.key === "z") follow(".toast:last-child .toast-undo");
    else if (event.key === "[") toggleSidebar();
    else if (event.key === "i" && document.getElementById("copilot")) toggleCopilot();
    else if (event.key === "?") document.getElementById("shortcuts")?.showModal();
    else if (!going) return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", () => (going = false));
}
