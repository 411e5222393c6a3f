// A conversation: the answer comes step by step (how it was read, numbers, picture, sentences); what was asked leaves the
// field, the new answer comes into view, the arrow up brings the question back. Where streaming fails, the form is sent.
let library;
const field = () => document.getElementById("question");
const asked = () => [...document.querySelectorAll(".turn-question")].map((one) => one.textContent.trim());
const newest = () => document.querySelector("#thread > [data-turn]:last-child");

function began() {
  document.getElementById("examples")?.remove();
  const input = field();
  if (input) input.value = "";
  newest()?.scrollIntoView({ block: "start", behavior: "auto" });
  input?.focus({ preventScroll: true });
}

function show(html, first) {
  if (first) library.swap("#thread", html, { swapStyle: "beforeend" });
  else library.swap(`#${newest().id}`, html, { swapStyle: "outerHTML" });
  if (first) began();
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const whole = held.split("\n");
    held = whole.pop();
    for (const line of whole) if (line) yield JSON.parse(line);
  }
}

async function stream(form) {
  const buttons = [...form.querySelectorAll("button")];
  const sent = new FormData(form);
  for (const button of buttons) button.disabled = true;
  let first = true;
  try {
    const answer = await fetch(form.dataset.stream, { method: "POST", body: sent, headers: { Accept: "application/x-ndjson" } });
    if (answer.status === 204) return;
    if (!answer.ok || answer.redirected || !answer.body) throw new Error(String(answer.status));
    for await (const { html } of lines(answer.body)) {
      show(html, first);
      first = false;
    }
  } catch {
    if (first) form.submit();
    else newest()?.querySelector("[role=status]")?.replaceChildren(document.documentElement.lang === "en" ? "The answer was cut off. Ask again." : "A resposta foi cortada. Pergunte de novo.");
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

export function startAsk(htmx) {
  library = htmx;
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("form[data-stream]");
      if (!form || !window.TextDecoderStream) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      stream(form);
    },
    true,
  );
  // A conversation that is opened again shows what was answered last, not what came first.
  document.addEventListener("DOMContentLoaded", () => {
    if (asked().length > 1) newest()?.scrollIntoView({ block: "start", behavior: "auto" });
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "thread") began();
  });
  document.addEventListener("keydown", (event) => {
    const input = field();
    if (event.key !== "ArrowUp" || event.target !== input || input.value) return;
    input.value = asked().at(-1) ?? "";
    event.preventDefault();
  });
}
