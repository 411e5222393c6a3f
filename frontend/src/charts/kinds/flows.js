// Ribbons from categories on the left to categories on the right, as wide as their value; hues follow the left side.
// Where there is little room the figure goes first and the name takes two lines: what is cut is never the figure.
import { NARROW, frame, linesIn, tooltip, wrapped } from "../frame.js";
import { thin } from "../look.js";

export function flows(rows, look, chart) {
  const [from, to, value] = [rows.part("x"), rows.part("y"), rows.part("value")];
  const narrow = chart.getWidth() < NARROW;
  const sum = (index, name) => rows.rows.reduce((held, row) => held + (row[index] === name ? row[value.index] : 0), 0);
  // What ways too thin to be drawn carry is in the totals that come with the rows.
  const have = (part, name) => rows.options.totals?.[part.part][name] ?? sum(part.index, name);
  const side = (index) => [...new Set(rows.rows.map((row) => row[index]))].sort((a, b) => sum(index, b) - sum(index, a));
  const left = side(from.index);
  const place = (name) => (left.includes(name) ? left.indexOf(name) : left.length);
  const right = side(to.index).sort((a, b) => place(a) - place(b)); // who stays goes straight across
  // A hue is told by the order of the rows, not by sizes: it stays when another segment outgrows this one.
  const names = [...new Set([from.index, to.index].flatMap((index) => rows.rows.map((row) => row[index])))];
  const hue = (name) => look.palette[names.indexOf(name) % look.palette.length];
  const whole = new Intl.NumberFormat(rows.language.startsWith("en") ? "en" : "pt-BR", { maximumFractionDigits: 0 });
  const width = Math.max(90, chart.getWidth() / 2 - (narrow ? 16 : 40));
  const gap = narrow ? 12 : 14;
  const total = rows.rows.reduce((held, row) => held + row[value.index], 0);
  const height = chart.getHeight() - 12 - gap * (Math.max(left.length, right.length) - 1);
  const told = (name, many) => {
    const figure = whole.format(many);
    return narrow ? wrapped(`${figure} ${name}`, width, linesIn(gap + (height * many) / total, 1, 2)) : `${name}  ${figure}`;
  };
  const node = (at, part) => (name) => ({
    name: `${at}${name}`, depth: at === "<" ? 0 : 1, itemStyle: { color: hue(name) },
    label: { position: at === "<" ? "right" : "left", formatter: told(name, have(part, name)) },
  });
  return frame(look, {
    tooltip: tooltip(look, (point) => {
      const row = rows.rows[point.data.at];
      if (!row) return { title: point.name.slice(1), lines: [{ label: value.label, value: value.write(point.value) }] };
      return { title: `${row[from.index]} → ${row[to.index]}`, lines: [{ label: value.label, value: value.write(row[value.index]) }] };
    }, { trigger: "item" }),
    series: [{
      type: "sankey", left: 2, right: 2, top: 6, bottom: 6, nodeWidth: narrow ? 8 : 14, nodeGap: gap,
      draggable: false, layoutIterations: 0, emphasis: { focus: "adjacency" },
      label: { color: look.text, fontSize: narrow ? 11 : 12, lineHeight: 13, width, overflow: "truncate", textBorderColor: look.surface, textBorderWidth: 3 },
      lineStyle: { curveness: 0.5, opacity: 1 },
      data: [...left.map(node("<", from)), ...right.map(node(">", to))],
      links: rows.rows.map((row, at) => ({
        source: `<${row[from.index]}`, target: `>${row[to.index]}`, value: row[value.index], at, link: rows.cell(row, "link"),
        lineStyle: { color: thin(hue(row[from.index]), row[from.index] === row[to.index] ? 0.16 : 0.5) },
      })),
    }],
  });
}
