// The payload as named parts: columns by what they are to the drawing, cells by column.
import { formatter, ticks } from "./format.js";

export function table({ columns, rows, options, language }) {
  const told = columns.map((column, index) => ({
    ...column,
    index,
    write: formatter(column.format, language),
    short: formatter(column.format, language, true),
    tick: ticks(column.format, language),
  }));
  const all = (part) => told.filter((column) => column.part === part);
  return {
    columns: told,
    rows,
    options,
    language,
    all,
    part: (part) => all(part)[0],
    cell: (row, part) => {
      const column = all(part)[0];
      return column === undefined ? undefined : row[column.index];
    },
  };
}
