// A picture with its title and reading, or the rows as a file a spreadsheet opens.
function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const words = (figure, selector) => figure.querySelector(selector)?.textContent.trim() ?? "";

export function savePng(figure, chart, look) {
  const ratio = 2;
  const pad = 20;
  const head = 64;
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = (chart.getWidth() + 2 * pad) * ratio;
    canvas.height = (chart.getHeight() + head + pad) * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = look.surface;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = look.text;
    pen.font = `600 15px ${look.font}`;
    pen.fillText(words(figure, "h2, h3"), pad, pad + 12, chart.getWidth());
    pen.fillStyle = look.muted;
    pen.font = `13px ${look.font}`;
    pen.fillText(words(figure, ".chart-reading"), pad, pad + 32, chart.getWidth());
    pen.drawImage(image, pad, head, chart.getWidth(), chart.getHeight());
    canvas.toBlob((blob) => save(blob, `${figure.dataset.name}.png`), "image/png");
  };
  image.src = chart.getDataURL({ pixelRatio: ratio, backgroundColor: look.surface });
}

function cell(value, english) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return english ? String(value) : String(value).replace(".", ",");
  const text = String(value);
  // A spreadsheet must not take a name for a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";,\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function saveCsv(figure, { columns, rows, language }) {
  const english = language.startsWith("en");
  const mark = english ? "," : ";";
  const read = columns.filter((column) => !["link", "narrow", "chosen"].includes(column.part) || column.label);
  const lines = [read.map((column) => cell(column.label, english)).join(mark)];
  for (const row of rows) lines.push(read.map((column) => cell(row[column.index], english)).join(mark));
  save(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }), `${figure.dataset.name}.csv`);
}
