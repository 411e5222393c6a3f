// What was done, said for ten seconds, with the way back; what went wrong, said until it is closed.
const SHOWN_FOR = 10000;
const box = () => document.getElementById("toasts");

function expire(toast) {
  let timer = setTimeout(() => toast.remove(), SHOWN_FOR);
  // Nobody should lose the way back while reaching for it.
  for (const stop of ["pointerenter", "focusin"]) toast.addEventListener(stop, () => clearTimeout(timer));
  for (const go of ["pointerleave", "focusout"]) {
    toast.addEventListener(go, () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), SHOWN_FOR);
    });
  }
}

export function toast(text, { undo = "", tone = "" } = {}) {
  const shown = document.createElement("div");
  shown.className = tone ? `toast toast-${tone}` : "toast";
  shown.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (undo) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "toast-undo",
      textContent: `${box().dataset.undo} `,
      ariaKeyShortcuts: "Z",
    });
    button.append(Object.assign(document.createElement("kbd"), { textContent: "Z", ariaHidden: "true" }));
    button.addEventListener("click", async () => {
      const token = document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
      const done = await fetch(undo, { method: "POST", headers: { "X-CSRFToken": token } });
      shown.remove();
      if (done.ok) location.reload();
      else toast(box().dataset.failed, { tone: "bad" });
    });
    shown.append(button);
  }
  box().append(shown);
  expire(shown);
}

export function startToasts() {
  if (!box()) return;
  for (const shown of box().querySelectorAll("[data-toast]")) expire(shown);
  // Sent by the server with a partial page: the header HX-Trigger holds {"toast": {"text": …, "undo": …}}.
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail));
  document.addEventListener("htmx:responseError", () => toast(box().dataset.failed, { tone: "bad" }));
  document.addEventListener("htmx:sendError", () => toast(box().dataset.lost, { tone: "bad" }));
}
