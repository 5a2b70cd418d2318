import { printable } from "./printable.ts";

/** HTML that is safe to put into a page: made only by the `html` tag, by `raw` and by joining. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | bigint | Markup | readonly Markup[];

/** A template of HTML: every string, also inside attributes, is escaped; nested markup stays as it is. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, i) => text + (i < parts.length ? partText(parts[i] ?? "") : "")).join(""));
}

/** Text of our own that is HTML or CSS already. Never anything that was read. */
export function raw(text: string): Markup {
  return new Markup(text);
}

export const nothing = raw("");

function partText(part: Part): string {
  if (part instanceof Markup) return part.text;
  return typeof part === "object" ? part.map((each) => each.text).join("") : escapeHtml(String(part));
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A number keeps its percent sign on its line. */
function escapeHtml(text: string): string {
  return printable(text)
    .replace(/(\d) %/g, "$1\u00a0%")
    .replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
