import { clip, columnsOf } from "./printable.ts";

export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/**
 * Aligned lines: the titles, then one line per row. Columns are as wide as their widest cell; the last left-aligned one
 * gives way when the line would be longer than `width`. Cells are plain text: ink is added by the caller afterwards.
 */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columns.map((column, i) => Math.max(columnsOf(column.title), ...rows.map((row) => columnsOf(row[i] ?? ""))));
  const gap = 2;
  const over = widths.reduce((sum, each) => sum + each, 0) + gap * (columns.length - 1) - width;
  const giving = columns.findLastIndex((column) => column.align === "left");
  if (over > 0 && giving >= 0) widths[giving] = Math.max(4, (widths[giving] ?? 0) - over);
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => pad(cells[i] ?? "", widths[i] ?? 0, column.align))
      .join(" ".repeat(gap))
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

/** The text at one side of so many columns, clipped if it is longer. */
export function pad(text: string, columns: number, align: "left" | "right"): string {
  const clipped = clip(text, columns);
  const blanks = " ".repeat(Math.max(0, columns - columnsOf(clipped)));
  return align === "left" ? clipped + blanks : blanks + clipped;
}
