/** What kind of work a change is, by ordered evidence: the first that tells decides, and is named. Codes and paths in, never text. */
import { type FilePurpose, filePurpose } from "./file-purpose.ts";

export const changeClasses = ["feature", "fix", "refactor", "test", "docs", "dependency", "security", "performance", "operations"] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** In the order they are asked. */
export type ClassEvidence = "overrule" | "label" | "conventional_type" | "paths" | "branch" | "subject";

/** How far the evidence goes; no measured accuracy, so no number. */
export type ClassConfidence = "high" | "medium" | "low";

export interface ClassedChange {
  readonly class: ChangeClass;
  readonly evidence: ClassEvidence;
  readonly confidence: ClassConfidence;
}

/** What of a change its class is told by. */
export interface ChangeEvidence {
  /** What a person says; it outranks all (RULINGS 33). */
  readonly overruled: ChangeClass | null;
  /** Labels of its pull request, and of the issues it closes. */
  readonly labels: readonly string[];
  /** Signs of the messages of its commits (src/outcomes/git/message-signs.ts), the commit that landed it first. */
  readonly signs: readonly (readonly string[])[];
  readonly files: readonly { readonly path: string; readonly changedLines: number }[];
}

/** Words of labels, whole or behind `kind/`, `type:` and the like; the first list that has one decides. */
const labelWords: readonly (readonly [ChangeClass, readonly string[]])[] = [
  ["security", ["security", "vulnerability", "cve"]],
  ["fix", ["bug", "bugfix", "fix", "regression", "defect", "hotfix"]],
  ["dependency", ["dependencies", "dependency", "deps"]],
  ["performance", ["performance", "perf"]],
  ["docs", ["documentation", "docs"]],
  ["test", ["test", "tests", "testing"]],
  ["refactor", ["refactor", "refactoring", "cleanup", "tech-debt", "debt"]],
  ["operations", ["ci", "build", "infrastructure", "ops", "operations", "deployment", "release"]],
  ["feature", ["feature", "enhancement", "feat"]],
];

/** A security or dependency scope says more than the type before it. */
const scopeClasses: Readonly<Record<string, ChangeClass>> = { security: "security", deps: "dependency" };
const wordClasses: readonly (readonly [string, ChangeClass])[] = [
  ["security", "security"],
  ["deps", "dependency"],
  ["bug", "fix"],
  ["fix", "fix"],
  ["performance", "performance"],
  ["refactor", "refactor"],
  ["docs", "docs"],
  ["test", "test"],
  ["ci", "operations"],
];
const purposeClasses: Readonly<Record<Exclude<FilePurpose, "product">, ChangeClass>> = {
  test: "test",
  docs: "docs",
  dependency: "dependency",
  operations: "operations",
};

/** @returns null where nothing tells: unknown, not a feature */
export function classOf(change: ChangeEvidence): ClassedChange | null {
  if (change.overruled !== null) return { class: change.overruled, evidence: "overrule", confidence: "high" };
  const label = byLabel(change.labels);
  if (label !== null) return { class: label, evidence: "label", confidence: "high" };
  const type = byType(change.signs);
  if (type !== null) return { class: type, evidence: "conventional_type", confidence: "high" };
  const paths = byPaths(change.files);
  if (paths !== null) return { class: paths, evidence: "paths", confidence: "high" };
  const branch = first(change.signs, (signs) => known(valueOf(signs, "branch")));
  if (branch !== null) return { class: branch, evidence: "branch", confidence: "medium" };
  const word = first(change.signs, (signs) => wordClasses.find(([sign]) => signs.includes(`word:${sign}`))?.[1] ?? null);
  return word === null ? null : { class: word, evidence: "subject", confidence: "low" };
}

function byLabel(labels: readonly string[]): ChangeClass | null {
  const words = new Set(
    labels.map((label) =>
      label
        .toLowerCase()
        .replace(/^.*[/:]\s*/, "")
        .trim(),
    ),
  );
  return labelWords.find(([, list]) => list.some((word) => words.has(word)))?.[0] ?? null;
}

/** The type of the commit that landed it; where that has none, what most of the others say, the earlier in the list on a tie. */
function byType(signs: readonly (readonly string[])[]): ChangeClass | null {
  const types = signs.map((own) => scopeClasses[valueOf(own, "scope") ?? ""] ?? known(valueOf(own, "type")));
  const landing = types[0] ?? null;
  if (landing !== null) return landing;
  const counts = changeClasses.map((name) => types.filter((type) => type === name).length);
  const most = Math.max(...counts);
  return most === 0 ? null : (changeClasses[counts.indexOf(most)] as ChangeClass);
}

/** All changed lines in files of one purpose that is not the product's; tests beside docs are tests. */
function byPaths(files: ChangeEvidence["files"]): ChangeClass | null {
  const lines = new Map<FilePurpose, number>();
  for (const { path, changedLines } of files) lines.set(filePurpose(path), (lines.get(filePurpose(path)) ?? 0) + changedLines);
  if (lines.size === 0 || lines.has("product")) return null;
  const [purpose] = [...lines].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0] as [Exclude<FilePurpose, "product">, number];
  return purposeClasses[purpose];
}

/** `type:breaking` stands beside the type and is none. */
function valueOf(signs: readonly string[], kind: string): string | null {
  const sign = signs.find((one) => one.startsWith(`${kind}:`) && one !== "type:breaking" && one !== "type:revert");
  return sign === undefined ? null : sign.slice(kind.length + 1);
}

/** Formatting is maintenance of the code; a chore may be anything. */
const known = (name: string | null): ChangeClass | null =>
  name === "style" ? "refactor" : (changeClasses.find((one) => one === name) ?? null);

function first<T>(list: readonly (readonly string[])[], of: (signs: readonly string[]) => T | null): T | null {
  for (const signs of list) {
    const found = of(signs);
    if (found !== null) return found;
  }
  return null;
}
