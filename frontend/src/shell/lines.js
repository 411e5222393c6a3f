// A finding knows its line: one click or key puts the caret there, with the line marked.
function go(box, line) {
  const lines = box.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  box.focus();
  box.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  box.scrollTop = (box.scrollHeight / lines.length) * Math.max(0, line - 6);
}

export function startLines() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    if (button) go(document.getElementById(button.dataset.of), Number(button.dataset.line));
  });
}
