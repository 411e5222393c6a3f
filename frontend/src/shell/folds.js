// On a phone a long table shows its first rows as cards; a button shows the others and hands them the focus.
export function startFolds() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfold]");
    if (!button) return;
    const table = button.previousElementSibling;
    table.classList.remove("folded");
    table.focus({ preventScroll: true });
  });
}
