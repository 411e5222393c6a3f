// Colours and type of the page, as the canvas needs them; read again whenever the theme changes.
export function look() {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const value = (name) => style.getPropertyValue(name).trim();
  const palette = Array.from({ length: 8 }, (_, n) => value(`--chart-${n + 1}`));
  const tones = { good: value("--color-success"), warn: value("--color-warning"), bad: value("--color-error"), muted: value("--chart-muted") };
  return {
    text: value("--color-base-content"),
    muted: value("--muted"),
    line: value("--color-base-300"),
    surface: value("--color-base-100"),
    font: getComputedStyle(document.body).fontFamily,
    palette,
    tones,
    colour: (column, n) => tones[column.tone] ?? palette[n % palette.length],
  };
}

// Colour with transparency: bands are the series' own colour, thinner.
export function thin(colour, opacity) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${r}, ${g}, ${b}, ${opacity})`;
}
