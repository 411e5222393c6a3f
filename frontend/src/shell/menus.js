// Menus are <details>: one open at a time, closed by Escape, a click outside or leaving with Tab. Dialogs close alike.
const open = () => document.querySelector("details[data-menu][open]");

export function startMenus() {
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (menu.matches?.("details[data-menu]") && menu.open) {
      for (const other of document.querySelectorAll("details[data-menu][open]")) if (other !== menu) other.open = false;
    }
  }, true);
  document.addEventListener("click", (event) => {
    const menu = open();
    if (menu && !menu.contains(event.target)) menu.open = false;
    if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog").close();
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) {
      if (menu) menu.open = false;
      document.getElementById(opener.dataset.dialogOpen).showModal();
    }
    // A click on the backdrop lands on the dialog itself.
    if (event.target.matches("dialog[open]")) event.target.close();
  });
  document.addEventListener("keydown", (event) => {
    const menu = open();
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...menu.querySelectorAll('.menu-list a, .menu-list button:not([tabindex="-1"])')];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const at = items.indexOf(document.activeElement);
      items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
      event.preventDefault();
    }
  });
  document.addEventListener("focusout", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}
