// Notices on this device: the person asks, the browser subscribes with our key, and the page is told how to reach it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

export function startPush() {
  const button = document.querySelector("[data-push-key]");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in window)) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = document.querySelector("[data-push-said]");
    try {
      const worker = await navigator.serviceWorker.register("/avisos.js", { scope: "/" });
      await navigator.serviceWorker.ready;
      const asked = { userVisibleOnly: true, applicationServerKey: bytes(button.dataset.pushKey) };
      const told = await worker.pushManager.subscribe(asked);
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
      const answer = await fetch(button.dataset.pushTo, { method: "POST", headers, body: JSON.stringify(told) });
      if (!answer.ok) throw new Error(answer.status);
      location.reload();
    } catch {
      said.hidden = false;
    }
  });
}
