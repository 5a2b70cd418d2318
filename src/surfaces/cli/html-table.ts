import { html, type Markup, nothing } from "./markup.ts";

export interface HtmlColumn {
  readonly title: string;
  /** Numbers stand at the right and do not break. */
  readonly kind: "text" | "number" | "meter";
  /** Left out on a narrow screen. */
  readonly wideOnly?: boolean;
}

type Cell = string | Markup;

/** A table whose first column heads its rows. Wider than the screen it scrolls by itself, also by keyboard. */
export function htmlTable(
  name: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly Cell[])[],
  caption: Markup = nothing,
): Markup {
  const heads = columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.title}</th>`);
  const lines = rows.map((cells) => {
    const [first, ...others] = columns.map((column, i) => ({ column, cell: cells[i] ?? "" }));
    const head = first === undefined ? nothing : html`<th scope="row" class="long ${classOf(first.column)}">${first.cell}</th>`;
    return html`<tr>${head}${others.map(({ column, cell }) => html`<td class="${classOf(column)}">${cell}</td>`)}</tr>\n`;
  });
  const captioned = caption === nothing ? nothing : html`<caption>${caption}</caption>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${name}"><table>${captioned}
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody></table></div>`;
}

function classOf(column: HtmlColumn): string {
  const kind = { text: "", number: "n", meter: "n meter" }[column.kind];
  return column.wideOnly === true ? `${kind} wide-only`.trimStart() : kind;
}

export function text(title: string): HtmlColumn {
  return { title, kind: "text" };
}

export function number(title: string): HtmlColumn {
  return { title, kind: "number" };
}
