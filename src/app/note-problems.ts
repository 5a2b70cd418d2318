import type { NoteTally, NotedLines } from "../attribution/noted-lines.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import type { Problem } from "../contract/problem.ts";
import { countUnseenSessions } from "./evidence.ts";

const source = "authorship";

/** What could not be used of a piece of a note, by code. */
const defects: Readonly<Record<string, Pick<Problem, "severity" | "message"> & { readonly hint?: string }>> = {
  note_unreadable: { severity: "lost", message: "authorship notes or trace records that are no such thing, are cut off or not in UTF-8" },
  note_version_unknown: {
    severity: "notice",
    message: "authorship notes or trace records of a version that is not known here; not read",
    hint: "Update Assay, if there is a newer one.",
  },
  note_too_large: { severity: "notice", message: "authorship notes or trace files of more than 16 MB; not read" },
  note_range_invalid: { severity: "notice", message: "ranges of authorship notes that are no lines" },
  note_path_invalid: { severity: "notice", message: "paths of authorship notes that no repository can have" },
  note_author_unknown: {
    severity: "notice",
    message: "authors that notes use and do not describe; agents by the form of their key stay agents, others are left out",
  },
  note_of_other_vcs: { severity: "notice", message: "trace records of another version control than git; not read" },
  note_without_commit: { severity: "notice", message: "trace records that name no commit; nothing ties their lines to one" },
};

/**
 * The problems of a repository's notes, each once with its count.
 * @param where name of the repository
 * @param contradicted lines content gave to another author than the notes do
 */
export function noteProblems(where: string, { tallies, claimedTwice }: NotedLines, contradicted: number): Problem[] {
  const problems: Problem[] = [];
  const add = (code: string, locator: string, count: number, message: string, hint?: string): void => {
    if (count > 0) problems.push({ code, severity: "notice", source, locator, message, count, ...(hint === undefined ? {} : { hint }) });
  };
  for (const [dialect, tally] of tallies) {
    const locator = `${where}:${dialect}`;
    for (const [code, count] of [...tally.defects].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const about = Object.hasOwn(defects, code) ? defects[code] : undefined;
      if (about) problems.push({ code, source, locator, count, ...about });
    }
    tellTally(tally, locator, add);
  }
  add("note_claims_twice", where, claimedTwice, "lines that notes give to more than one session; an agent's, but no session's");
  add(
    "note_contradicts_content",
    where,
    contradicted,
    "lines whose text another session wrote than the one a note names, or that a note calls a person's; the note is believed",
  );
  return problems;
}

/** The commits of a repository whose trailer names a session this store has not seen. @param where name of the repository */
export function unseenSessionProblems(where: string, history: LineHistoryResult, isKnown: (session: string) => boolean): Problem[] {
  const count = countUnseenSessions(history, isKnown);
  if (count === 0) return [];
  return [
    {
      code: "session_trailer_unseen",
      severity: "notice",
      source: "git",
      locator: where,
      message: "commits whose trailer names a session that was not imported; its tokens are not counted",
      hint: "Import from the machine the session ran on.",
      count,
    },
  ];
}

function tellTally(
  tally: NoteTally,
  locator: string,
  add: (code: string, locator: string, count: number, message: string, hint?: string) => void,
): void {
  add(
    "note_over_claim",
    locator,
    tally.linesOverClaimed,
    `lines that notes give an author and their commit did not add (${tally.linesClaimed} claimed, ${tally.linesAdded} added); not believed`,
  );
  add(
    "note_commit_gone",
    locator,
    tally.commitGone,
    "authorship notes on commits that this copy lacks: rewritten, or never fetched",
    "Lines of rewritten commits have other commits now, which may have notes of their own.",
  );
  add("note_on_merge", locator, tally.onMerges, "authorship notes on merges; their lines are those of the merged commits, noted there");
  add("note_absent", locator, tally.notRead, "authorship notes whose content this copy lacks", "Import from a full clone to see them.");
  add("note_test_tool", locator, tally.testLines, "lines noted for tools that only stand in for an agent in tests; left out");
}
