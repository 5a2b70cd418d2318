/**
 * What a commit message says of its purpose, as closed codes: no word of a person is kept, only which of these lists it met
 * and the commits, changes and issues it names. Codes are `kind:value`, sorted, each once.
 *
 * | code | from |
 * |---|---|
 * | `type:fix` | the type of a conventional subject, of a closed list; `type:breaking` for its `!` |
 * | `scope:deps` | its scope, of a closed list |
 * | `word:bug` | a word of a closed list in the subject |
 * | `branch:fix` | the first part of the branch a merge subject names, of a closed list |
 * | `closes:#12`, `closes:own/er#12`, `closes:AB-12` | an issue the message says it closes |
 * | `culprit:<hash>`, `culprit:#12` | a commit or change the message says the fault came from |
 * | `undoes:<hash>`, `undoes:#12` | a commit or change the message says it reverts; `undoes:subject` where it names none |
 */
export type MessageSign = string;

const types: Readonly<Record<string, string>> = {
  feat: "feature",
  feature: "feature",
  fix: "fix",
  bugfix: "fix",
  hotfix: "fix",
  refactor: "refactor",
  cleanup: "refactor",
  test: "test",
  tests: "test",
  docs: "docs",
  doc: "docs",
  perf: "performance",
  security: "security",
  sec: "security",
  deps: "dependency",
  build: "operations",
  ci: "operations",
  ops: "operations",
  chore: "chore",
  style: "style",
  revert: "revert",
};
const scopes: Readonly<Record<string, string>> = {
  deps: "deps",
  "deps-dev": "deps",
  dependencies: "deps",
  dep: "deps",
  security: "security",
  ci: "ci",
  workflow: "ci",
  workflows: "ci",
  lint: "lint",
  eslint: "lint",
  format: "lint",
  docs: "docs",
  doc: "docs",
  readme: "docs",
  test: "test",
  tests: "test",
  e2e: "test",
  typo: "typo",
  types: "types",
};
const words: readonly (readonly [string, RegExp])[] = [
  ["bug", /\b(?:bugs?|crash(?:es|ed)?|regressions?|outages?|incidents?|deadlocks?|segfaults?|defects?)\b/i],
  ["fix", /\b(?:fix(?:es|ed)?|hotfix|bugfix)\b/i],
  ["typo", /\b(?:typos?|spelling|misspell\w*|grammar)\b/i],
  ["lint", /\b(?:lint(?:er|ing)?|eslint|prettier|format(?:ting|ter)|clippy|rubocop|flake8|white ?space|indentation)\b/i],
  ["ci", /\b(?:ci|travis|jenkins|appveyor|circleci|github actions?|build script|pipeline)\b/i],
  ["docs", /\b(?:docs?|documentation|readme|changelog|docstrings?|comments?)\b/i],
  ["test", /\b(?:tests?|specs?|flaky)\b/i],
  ["deps", /\b(?:dependabot|renovate|bump|upgrade dependenc\w+|dependenc(?:y|ies)|lock ?file)\b/i],
  ["security", /\b(?:security|vulnerabilit(?:y|ies)|CVE-\d{4}-\d+|GHSA(?:-[0-9a-z]{4}){3}|xss|csrf|injection)\b/i],
  ["performance", /\b(?:performance|perf|speed(?: |-)?up|faster|slow|latency|memory leak)\b/i],
  ["refactor", /\b(?:refactor\w*|clean ?up|rename[sd]?|simplif(?:y|ies|ied)|restructure[sd]?)\b/i],
];
const branches: Readonly<Record<string, string>> = {
  feat: "feature",
  feature: "feature",
  features: "feature",
  fix: "fix",
  bugfix: "fix",
  bug: "fix",
  hotfix: "fix",
  refactor: "refactor",
  test: "test",
  tests: "test",
  docs: "docs",
  doc: "docs",
  perf: "performance",
  security: "security",
  dependabot: "dependency",
  renovate: "dependency",
  deps: "dependency",
  ci: "operations",
  ops: "operations",
  release: "operations",
  chore: "chore",
};

const conventional = /^(\w{2,10})(?:\(([^)]{1,60})\))?(!?):\s/;
const mergedBranch = /^Merge pull request #\d+ from [^\s/]+\/(\S+)|^Merge(?: remote-tracking)? branch '([^']+)'|^Merged in (\S+)/;
const reference = String.raw`((?:[\w.-]+\/[\w.-]+)?[#!]\d{1,9}|[A-Z][A-Z0-9]{1,9}-\d{1,9})`;
const closing = new RegExp(
  String.raw`\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:the\s+)?(?:bug|issue)?\s*${reference}(?=\W|$)`,
  "gi",
);
/** "introduced in 1a2b3c4", "broken by #12", "regression from …", "since commit …". */
const blaming =
  /\b(?:introduced|caused|broken|broke|regressed|regression|introduc\w+|bug)\s+(?:in|by|from|since|with|after|of)?\s*(?:commit\s+|PR\s+|pull request\s+|change\s+)?\(?[`"']?([0-9a-f]{7,40}\b|#\d{1,9}\b)/gi;
/** The same with the culprit first: "commit 1a2b3c4 broke", "#12 introduced". */
const blamed = /\b(?:commit\s+)?([0-9a-f]{7,40}|#\d{1,9})[`"')]?\s+(?:\("[^"\n]{1,100}"\)\s+)?(?:broke|introduced|caused|regressed)\b/gi;
const reverting = /\bThis reverts (?:commits?|merge(?: commit)?) ((?:[0-9a-f]{7,64}(?:,?\s+(?:and\s+)?|\b))+)/g;
const revertedRequest = /^\s*Reverts\s+(?:[\w.-]+\/[\w.-]+)?([#!]\d{1,9})\b/gim;
const revertSubject = /^(?:Revert|Reapply)\s+["“]/;
/** The last `(#N)` inside the quotes of `Revert "… (#N)"`. */
const quotedRequest = /^(?:Revert|Reapply)\s+["“].*\(([#!]\d{1,9})\)["”]/;

/** Reads the signs of a message (subject first). @param subject its first paragraph on one line */
export function readSigns(message: string, subject: string): readonly MessageSign[] {
  const signs = new Set<string>();
  const type = conventional.exec(subject);
  addListed(signs, "type", types, type?.[1]);
  if (type?.[3] === "!") signs.add("type:breaking");
  for (const part of (type?.[2] ?? "").split(/[,/ ]+/)) addListed(signs, "scope", scopes, part);
  const merged = mergedBranch.exec(subject); // its words are a branch's
  if (merged === null) for (const [name, pattern] of words) if (pattern.test(subject)) signs.add(`word:${name}`);
  const branch = merged?.[1] ?? merged?.[2] ?? merged?.[3];
  addListed(signs, "branch", branches, branch?.split(/[/-]/)[0]);
  for (const [, issue] of message.matchAll(closing)) signs.add(`closes:${(issue as string).replace("!", "#")}`);
  for (const pattern of [blaming, blamed]) {
    for (const [, culprit] of message.matchAll(pattern)) if (isReference(culprit as string)) signs.add(`culprit:${culprit}`);
  }
  addUndone(signs, message, subject, branch);
  return [...signs].sort();
}

function addListed(signs: Set<string>, kind: string, list: Readonly<Record<string, string>>, word: string | undefined): void {
  const key = (word ?? "").toLowerCase();
  if (Object.hasOwn(list, key)) signs.add(`${kind}:${list[key]}`);
}

/** A word of hexadecimal letters alone ("defaced") is no hash. */
const isReference = (text: string): boolean => text.startsWith("#") || /\d/.test(text);

function addUndone(signs: Set<string>, message: string, subject: string, branch: string | undefined): void {
  for (const [, list] of message.matchAll(reverting)) {
    for (const [hash] of (list as string).matchAll(/[0-9a-f]{7,64}/g)) signs.add(`undoes:${hash}`);
  }
  for (const [, request] of message.matchAll(revertedRequest)) signs.add(`undoes:${(request as string).replace("!", "#")}`);
  const quoted = quotedRequest.exec(subject)?.[1];
  if (quoted !== undefined) signs.add(`undoes:${quoted.replace("!", "#")}`);
  // GitHub's button names the branch `revert-<number>-<head>`, GitLab's `revert-<hash>`.
  const button = /^revert-(?:(\d{1,9})-|([0-9a-f]{8,40})$)/.exec(branch ?? "");
  if (button?.[1] !== undefined) signs.add(`undoes:#${button[1]}`);
  else if (button?.[2] !== undefined) signs.add(`undoes:${button[2]}`);
  if (revertSubject.test(subject)) signs.add("type:revert");
  if (revertSubject.test(subject) && ![...signs].some((sign) => sign.startsWith("undoes:"))) signs.add("undoes:subject");
}
