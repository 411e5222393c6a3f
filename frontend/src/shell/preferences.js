// Theme, density and sidebar change at once; the server remembers them.
const root = document.documentElement;
const YEAR = 31536000;

function apply(name, value) {
  if (name === "theme") {
    if (value === "system") delete root.dataset.theme;
    else root.dataset.theme = value;
  } else if (name === "density") {
    root.dataset.density = value;
  }
}

export function toggleSidebar() {
  const shell = document.getElementById("shell");
  const narrow = shell.dataset.sidebar !== "narrow";
  if (narrow) shell.dataset.sidebar = "narrow";
  else delete shell.dataset.sidebar;
  for (const button of document.querySelectorAll("[data-sidebar-toggle]")) button.ariaExpanded = String(!narrow);
  document.cookie = `b2shift_sidebar=${narrow ? "narrow" : "wide"}; path=/; max-age=${YEAR}; samesite=lax`;
  window.dispatchEvent(new Event("resize"));
}

export function startPreferences() {
  document.querySelector(".sidebar [aria-current]")?.scrollIntoView({ block: "nearest" });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-sidebar-toggle]")) toggleSidebar();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-preferences]");
    const button = event.submitter;
    // The language changes every word, so that one reloads the page.
    if (!form || !button || button.name === "language") return;
    event.preventDefault();
    apply(button.name, button.value);
    for (const other of form.querySelectorAll(`[name="${button.name}"]`)) other.ariaPressed = String(other === button);
    fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { "X-Requested-With": "fetch" } });
  });
}
