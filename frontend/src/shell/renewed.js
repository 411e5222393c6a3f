// A part of the page that is of a newer publication than the page: say so, for its other figures are of the older one.
export function startRenewed() {
  const note = document.getElementById("renewed");
  const opened = document.getElementById("shell")?.dataset.publication;
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const told = detail.xhr?.getResponseHeader("B2Shift-Publication");
    if (note && told && told !== opened) note.hidden = false;
  });
}
