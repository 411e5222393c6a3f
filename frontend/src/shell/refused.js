// A form that came back refused begins where it is wrong: the first marked field, or what is said of the whole.
const REFUSED = new Set([400, 422]);
const WRONG = ["main form [aria-invalid=true]", "main form [role=alert]", "main [role=alert]"];

export function startRefused() {
  document.addEventListener("DOMContentLoaded", () => {
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus;
    if (!REFUSED.has(status) || document.activeElement?.matches("main :is(input, select, textarea)")) return;
    const wrong = WRONG.flatMap((one) => [...document.querySelectorAll(one)]).find((one) => one.checkVisibility());
    if (!wrong) return;
    if (!wrong.matches("input, select, textarea")) wrong.tabIndex = -1;
    wrong.focus();
  });
}
