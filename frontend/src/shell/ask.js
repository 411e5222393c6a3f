// A conversation: what was asked leaves the field, the new answer comes into view, the arrow up brings the question back.
const field = () => document.getElementById("question");
const asked = () => [...document.querySelectorAll(".turn-question")].map((one) => one.textContent.trim());

export function startAsk() {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "thread") return;
    document.getElementById("examples")?.remove();
    const input = field();
    if (input) input.value = "";
    const turn = document.querySelector("#thread > [data-turn]:last-child");
    turn?.scrollIntoView({ block: "start", behavior: "auto" });
    input?.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    const input = field();
    if (event.key !== "ArrowUp" || event.target !== input || input.value) return;
    input.value = asked().at(-1) ?? "";
    event.preventDefault();
  });
}
