// A box for files: chosen or dropped, it says which they are.
function told(box, files) {
  const names = [...files].map(({ name }) => name).join(", ");
  return `${files.length} ${files.length === 1 ? box.dataset.one : box.dataset.many}: ${names}`;
}

export function startFiles() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-file-box]")) return;
    const box = target.labels[0];
    const words = box.querySelector("[data-file-names]");
    words.dataset.none ??= words.textContent;
    words.textContent = target.files.length ? told(box, target.files) : words.dataset.none;
  });
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      const box = event.target.closest?.(".file-box");
      if (!box) return;
      event.preventDefault();
      if (kind === "dragover" || !event.dataTransfer.files.length) return;
      box.control.files = event.dataTransfer.files;
      box.control.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}
