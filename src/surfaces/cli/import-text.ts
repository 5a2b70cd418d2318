import type { ImportSummary } from "../../app/assay.ts";
import { formatBytes, formatCount, formatNumberOf } from "./numbers.ts";

/** What an import did, in one line. */
export function importSentence(summary: ImportSummary): string {
  const read = `Read ${formatCount(summary.filesRead)} of ${formatNumberOf(summary.filesSeen, "file")} (${formatBytes(summary.bytesRead)})`;
  const repositories = formatNumberOf(summary.repositories, "repository", "repositories");
  const found = `${formatNumberOf(summary.newUsages, "new response")}, ${formatNumberOf(summary.newCommits, "new commit")} of ${repositories}`;
  const told = summary.forgeFacts === undefined ? "" : `, ${formatNumberOf(summary.forgeFacts, "fact")} of forges`;
  return summary.changed ? `${read}: ${found}${told}.` : `${read}: nothing new.`;
}
