// A secret shown once is copied with one key; where the browser may not, it is selected to be copied by hand.
export function startCopy() {
  for (const button of document.querySelectorAll("[data-copy-button]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-button]");
    if (!button) return;
    const text = button.closest("[data-copy]").querySelector("[data-copy-text]");
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
      button.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(text);
    }
  });
}
