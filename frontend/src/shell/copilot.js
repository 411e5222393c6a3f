// The side panel: questions beside the page, which stays usable; Esc closes it and gives the focus back.
let library;
let opener;
const panel = () => document.getElementById("copilot");
const openers = () => document.querySelectorAll("[data-copilot-open]");

function tell(open) {
  for (const button of openers()) button.ariaExpanded = String(open);
}

async function open() {
  opener = document.activeElement;
  panel().show();
  tell(true);
  const where = encodeURIComponent(location.pathname + location.search);
  await library.ajax("GET", `${panel().dataset.address}?onde=${where}`, { target: "#copilot-body", swap: "innerHTML" });
  const thread = document.getElementById("thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
  document.getElementById("question")?.focus();
}

function close() {
  panel().close();
  tell(false);
  (opener?.isConnected ? opener : openers()[0])?.focus();
}

export function toggleCopilot() {
  if (panel().open) close();
  else open();
}

export function startCopilot(htmx) {
  library = htmx;
  if (!panel()) return;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-copilot-open]")) toggleCopilot();
    else if (event.target.closest("[data-copilot-close]")) close();
  });
  panel().addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
}
