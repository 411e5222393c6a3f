// Say when the server cannot be reached, without moving what is being read away from the reader.
export function startOffline() {
  const note = document.getElementById("offline");
  if (!note) return;
  const tell = () => {
    note.hidden = navigator.onLine;
  };
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  tell();
}
