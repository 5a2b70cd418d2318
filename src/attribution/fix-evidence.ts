/** What a commit is evidence of, as far as bugs go: the taxonomy of MEASURES 4. Codes and paths in, never text. */
import type { CommitFact } from "../contract/facts.ts";
import { filePurpose } from "./file-purpose.ts";

/**
 * - `exact`: names the commit or change the fault came from, or reverts it;
 * - `strong`: closes an issue that is known to be a bug or an incident;
 * - `candidate`: says "fix" and nothing more. Counted, never charged.
 */
export type FixStrength = "exact" | "strong" | "candidate";

/** Most telling first. */
export type FixEvidenceKind = "revert" | "fixes_trailer" | "named_culprit" | "incident_issue" | "bug_issue" | "fix_subject";

/** Mends that are no bugs of the product. `unchanged`: it changes no line of the product. */
export type FixExclusion = "typo" | "lint" | "ci" | "docs" | "dependency" | "test_only" | "unchanged";

export type IssueKind = "bug" | "incident" | "other";

export interface FixEvidence {
  readonly strength: FixStrength;
  readonly kind: FixEvidenceKind;
  /** Commits (7 digits and more) and changes (`#12`) the message names as where the fault came from; empty where it names none. */
  readonly culprits: readonly string[];
  /** Why it is no bug of the product, null where it may be one. */
  readonly excluded: FixExclusion | null;
  /** A revert is a fix of its own only where it names a bug or an incident (RULINGS 26). */
  readonly namesBug: boolean;
}

/**
 * What of a commit the taxonomy reads. Where `signs` is left out (read before there were any) trailers and reverts are all
 * there is to tell.
 */
export type FixCommit = Pick<CommitFact, "trailers" | "reverts" | "signs"> & { readonly files: readonly { readonly path: string }[] };

const hash = /^[0-9a-f]{7,64}$/;
const number = /^[#!]\d+$/;
/** Words that make a mend none of the product's, in order: the first that holds is named. */
const excludedBy: readonly (readonly [FixExclusion, readonly string[]])[] = [
  ["typo", ["word:typo", "scope:typo"]],
  ["lint", ["word:lint", "scope:lint", "type:style"]],
  ["dependency", ["word:deps", "scope:deps", "type:dependency", "branch:dependency"]],
  ["ci", ["word:ci", "scope:ci", "type:operations", "branch:operations"]],
  ["docs", ["word:docs", "scope:docs", "type:docs", "branch:docs"]],
  ["test_only", ["word:test", "scope:test", "type:test", "branch:test"]],
];

/**
 * @param issueKind what is known of an issue a message closes (`#12`, `own/er#12`, `AB-12`), null where nothing is
 * @returns null where the commit is evidence of no fix
 */
export function fixEvidenceOf(commit: FixCommit, issueKind: (reference: string) => IssueKind | null = () => null): FixEvidence | null {
  const signs = commit.signs ?? [];
  const kinds = valuesOf(signs, "closes").map(issueKind);
  const undone = [...new Set([...(commit.reverts === null ? [] : [commit.reverts]), ...valuesOf(signs, "undoes")])];
  const trailers = commit.trailers.filter(({ key }) => key === "Fixes").map(({ value }) => value);
  const named = [...trailers.filter((value) => hash.test(value)), ...valuesOf(signs, "culprit")];
  const namesBug = kinds.some((kind) => kind === "bug" || kind === "incident") || signs.includes("word:bug") || named.length > 0;
  const kind = kindOf({ isRevert: undone.length > 0, trailers, named, kinds, signs });
  if (kind === null) return null;
  const culprits = kind === "revert" ? undone : named;
  return {
    kind,
    strength: kind === "fix_subject" ? "candidate" : kind === "bug_issue" || kind === "incident_issue" ? "strong" : "exact",
    culprits: [...new Set(culprits)].filter((culprit) => hash.test(culprit) || number.test(culprit)),
    excluded: exclusionOf(commit, kind),
    namesBug: kind !== "revert" || namesBug,
  };
}

function kindOf(told: {
  readonly isRevert: boolean;
  readonly trailers: readonly string[];
  readonly named: readonly string[];
  readonly kinds: readonly (IssueKind | null)[];
  readonly signs: readonly string[];
}): FixEvidenceKind | null {
  if (told.isRevert) return "revert";
  if (told.trailers.some((value) => hash.test(value))) return "fixes_trailer";
  if (told.named.length > 0) return "named_culprit";
  if (told.kinds.includes("incident")) return "incident_issue";
  if (told.kinds.includes("bug")) return "bug_issue";
  // An issue known to be no bug outweighs the word.
  if (told.kinds.includes("other")) return null;
  return ["type:fix", "word:fix", "word:bug", "branch:fix"].some((sign) => told.signs.includes(sign)) || told.trailers.length > 0
    ? "fix_subject"
    : null;
}

/** What only touches tests, docs, CI or lock files is none of the product's, whatever it names; words speak of candidates alone. */
function exclusionOf({ files, signs = [] }: FixCommit, kind: FixEvidenceKind): FixExclusion | null {
  const purposes = new Set(files.map(({ path }) => filePurpose(path)));
  if (purposes.size === 0) return "unchanged";
  if (!purposes.has("product")) {
    if (purposes.has("test")) return "test_only";
    if (purposes.has("operations")) return "ci";
    return purposes.has("dependency") ? "dependency" : "docs";
  }
  if (kind !== "fix_subject" || signs.includes("word:bug")) return null;
  return excludedBy.find(([, list]) => list.some((sign) => signs.includes(sign)))?.[0] ?? null;
}

const valuesOf = (signs: readonly string[], kind: string): string[] =>
  signs.filter((sign) => sign.startsWith(`${kind}:`)).map((sign) => sign.slice(kind.length + 1));
