/** Identities for a terminal, and as the lines of assay.yaml that would give them an owner. */
import type { Identity } from "../../contract/show.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount } from "./numbers.ts";
import { printable } from "./printable.ts";
import { type Column, tableLines } from "./text-table.ts";

const words = {
  git_email: "git e-mail",
  otel_email: "telemetry e-mail",
  os_user: "OS user",
  forge_login: "forge login",
  agent: "agent",
} as const;
const settings = { git_email: "git_emails", otel_email: "otel_emails", os_user: "os_users", forge_login: "forge_logins" } as const;

export function identitiesText(rows: readonly Identity[], options: TextOptions): string {
  if (rows.length === 0) return "No identity was seen yet: assay import\n";
  const hasChanges = rows.some(({ changes }) => changes > 0);
  const columns: Column[] = [
    { title: "kind", align: "left" },
    { title: "commits", align: "right" },
    { title: "sessions", align: "right" },
    // Where no forge told anything the column would be zeros.
    ...(hasChanges ? [{ title: "changes", align: "right" } as const] : []),
    { title: "whose", align: "left" },
    { title: "identity", align: "left" },
  ];
  const cells = rows.map(({ kind, value, name, commits, sessions, changes, person }) => [
    words[kind],
    formatCount(commits),
    formatCount(sessions),
    ...(hasChanges ? [formatCount(changes)] : []),
    printable(kind === "agent" ? "an agent's" : (person ?? "nobody's")),
    printable(name === null || name === "" ? value : `${value} (${name})`),
  ]);
  const [head = "", ...body] = tableLines(columns, cells, options.width);
  return `${[inkFor(options.color).bold(head), ...body].join("\n")}\n`;
}

/** Those nobody owns, then what to paste: one entry for each name, to be merged and mended by who knows. */
export function unmatchedText(rows: readonly Identity[], options: TextOptions): string {
  if (rows.length === 0) return "Every identity has an owner.\n";
  const groups = new Map<string, Identity[]>();
  for (const row of rows) {
    const name = row.name === null || row.name === "" ? row.value : row.name;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const entries = [...groups].flatMap(([name, owned]) => [
    `  - name: ${JSON.stringify(printable(name))}`,
    ...Object.entries(settings).flatMap(([kind, setting]) => {
      const values = owned.filter((row) => row.kind === kind).map(({ value }) => JSON.stringify(printable(value)));
      return values.length === 0 ? [] : [`    ${setting}: [${values.join(", ")}]`];
    }),
  ]);
  return `${identitiesText(rows, options)}\nTo give them owners, paste into assay.yaml and put together what is one person:\n\npeople:\n${entries.join("\n")}\n`;
}
