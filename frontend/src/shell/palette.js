// Ctrl/⌘ K: customers and pages in one box, by arrows and Enter; what was found is links, so it works like a page.
const dialog = () => document.getElementById("palette");
const options = () => [...dialog().querySelectorAll('[role="option"]')];

export function openPalette() {
  if (dialog().open) return;
  dialog().showModal();
  const input = document.getElementById("palette-input");
  input.select();
  input.dispatchEvent(new Event("palette-open"));
}

function choose(option) {
  for (const other of options()) other.ariaSelected = String(other === option);
  const input = document.getElementById("palette-input");
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function move(step) {
  const found = options();
  if (!found.length) return;
  const at = found.findIndex((option) => option.ariaSelected === "true");
  choose(found[(at + step + found.length) % found.length]);
}

export function startPalette(htmx) {
  if (!dialog()) return;
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const key of document.querySelectorAll("[data-palette-key]")) key.textContent = "⌘ K";
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) openPalette();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (dialog().open) dialog().close();
      else openPalette();
    }
  });
  const input = document.getElementById("palette-input");
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter") {
      const chosen = options().find((option) => option.ariaSelected === "true");
      if (!chosen) return;
      chosen.click();
    } else return;
    event.preventDefault();
  });
  htmx.on("#palette-results", "htmx:afterSwap", () => choose(options()[0]));
}
