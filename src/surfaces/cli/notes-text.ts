import type { NoteRow } from "../../app/assay.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount } from "./numbers.ts";
import { printable } from "./printable.ts";

/** What authorship notes say, repository by repository: what was claimed, what of it was so, what was left out. */
export function notesText(rows: readonly NoteRow[], options: TextOptions): string {
  if (rows.length === 0) return "No repository here carries notes or trace records of who wrote which line.\n";
  const ink = inkFor(options.color);
  const blocks = rows.map((row) => {
    const facts: readonly (readonly [string, number])[] = [
      ["notes", row.notes],
      ["on commits that are gone", row.commitGone],
      ["on merges, not used", row.onMerges],
      ["whose content is absent", row.notRead],
      ["lines claimed", row.linesClaimed],
      ["that the commit added: believed", row.linesAdded],
      ["that it did not add: over-claimed", row.linesOverClaimed],
      ["on the default branch: claimed", row.linesClaimedOnDefault],
      ["on the default branch: believed", row.linesAddedOnDefault],
      ["believed lines of agents", row.linesOfAgents],
      ["of agents and persons", row.linesMixed],
      ["of persons", row.linesOfPersons],
      ["lines of tools for tests, left out", row.testLines],
      ["sessions named that were not imported", row.unseenSessions],
    ];
    const width = Math.max(...facts.map(([, count]) => formatCount(count).length));
    return [
      ink.bold(`${printable(row.repository)}: ${printable(row.dialect)}`),
      ...facts.map(([what, count]) => `  ${formatCount(count).padStart(width)}  ${what}`),
    ].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}
