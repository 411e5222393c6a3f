// The address is the truth: after a chip, a sort or a page moved it, the filter fields say what it says.
function follow() {
  const told = new URLSearchParams(location.search);
  for (const form of document.querySelectorAll("form[data-filters]")) {
    for (const field of form.elements) {
      if (!field.name || field === document.activeElement) continue;
      if (field.type === "checkbox") field.checked = told.getAll(field.name).includes(field.value);
      else if (field.type !== "hidden" || field.dataset.follow !== undefined) field.value = told.get(field.name) ?? "";
    }
  }
}

// An address with empty parameters says nothing more than one without them.
function withoutEmpty(event) {
  const parameters = event.detail.parameters;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
}

// What was clicked is gone with the old list: the keyboard goes on from the new one.
function keepFocus(event) {
  if (event.target.id === "list" && document.activeElement === document.body) event.target.focus({ preventScroll: true });
}

// Two ways ask for the same list, as leaving the search field for a chip does: what was asked last is shown.
let asked = null;
const asksForList = ({ target, requestConfig }) => target?.id === "list" && requestConfig.verb === "get";

function remember(event) {
  if (asksForList(event.detail)) asked = event.detail.xhr;
}

function onlyTheLast(event) {
  if (asksForList(event.detail) && event.detail.xhr !== asked) event.preventDefault();
}

export function startFilters() {
  document.addEventListener("htmx:beforeSend", remember);
  document.addEventListener("htmx:beforeOnLoad", onlyTheLast);
  document.addEventListener("htmx:afterSettle", keepFocus);
  document.addEventListener("htmx:pushedIntoHistory", follow);
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.closest("form[data-filters]")) withoutEmpty(event);
  });
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}
