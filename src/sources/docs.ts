/** The page of docs/ that says what each source reads, made from the registry and from what each README says in short. */
import type { Source } from "./source.ts";

/** Rows of the page's table, as the READMEs name them. */
const columns = [
  "agent",
  "where",
  "moved by",
  "format",
  "grain",
  "counts",
  "cache in input",
  "reasoning in output",
  "writes",
  "checked on real files",
] as const;

const head = `# Sources

Made by \`npm run docs\` from the registry and the README of each source. How a source reads, what its counts are and what was checked
stands in its README.

- **grain**: what one count speaks of. A session's total is not split over its responses ([decision 23](decisions/0023-totals.md)).
- **counts**: by response, or running totals of which the differences are taken.
- **cache in input**, **reasoning in output**: as logged. In Assay fresh input, cache reads and cache writes are apart, and reasoning is
  part of the output.
- **writes**: how the changed lines of an edit are known.
`;

/** @param readmeOf text of a source's README by its id; null where there is none */
export function sourcesPage(sources: readonly Pick<Source, "id" | "title">[], readmeOf: (id: string) => string | null): string {
  const parts = sources.map(({ id, title }) => {
    const said = saidInShort(readmeOf(id) ?? "");
    const rows = columns.flatMap((name) => (said.has(name) ? [`| ${name} | ${said.get(name)} |`] : []));
    return `\n## ${title}\n\`${id}\` · [README](../src/sources/${id}/README.md)\n\n| | |\n|---|---|\n${rows.join("\n")}\n`;
  });
  return head + parts.join("");
}

/** Rows of the table below "In short". */
function saidInShort(readme: string): ReadonlyMap<string, string> {
  const part = /^## In short\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(readme)?.[1] ?? "";
  return new Map([...part.matchAll(/^\| ([^|]+?) \| (.+) \|$/gm)].map(([, name = "", value = ""]) => [name, value]));
}
