import { describe, expect, it } from "vitest";
import { filePurpose } from "./file-purpose.ts";
import { type FixCommit, fixEvidenceOf } from "./fix-evidence.ts";

const commit = (signs: readonly string[], more: Partial<FixCommit> = {}): FixCommit => ({
  signs,
  trailers: [],
  reverts: null,
  files: [{ path: "src/tide.ts" }],
  ...more,
});
const trailer = (value: string) => ({ key: "Fixes", value, inTrailerBlock: true });

describe("what a commit is evidence of", () => {
  it.each([
    ["nothing", commit(["type:feature"]), null],
    [
      "a bare fix: a candidate only",
      commit(["type:fix", "word:fix"]),
      { strength: "candidate", kind: "fix_subject", culprits: [], excluded: null },
    ],
    [
      "a trailer that names a commit: exact",
      commit([], { trailers: [trailer("0123abc4")] }),
      { strength: "exact", kind: "fixes_trailer", culprits: ["0123abc4"] },
    ],
    [
      "a trailer that names an issue of unknown kind: a candidate",
      commit([], { trailers: [trailer("#12")] }),
      { strength: "candidate", culprits: [] },
    ],
    ["a culprit in the message: exact", commit(["culprit:#41"]), { strength: "exact", kind: "named_culprit", culprits: ["#41"] }],
    [
      "a revert that names no bug",
      commit(["undoes:0123abc4"], { reverts: "0123abc4" }),
      { kind: "revert", culprits: ["0123abc4"], namesBug: false },
    ],
    [
      "a revert that names one",
      commit(["undoes:#12", "word:bug"]),
      { kind: "revert", strength: "exact", culprits: ["#12"], namesBug: true },
    ],
    ["a revert that says not of what", commit(["undoes:subject"]), { kind: "revert", culprits: [] }],
  ])("%s", (_, of, expected) => {
    const found = fixEvidenceOf(of);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  it("is strong where it closes a bug, nothing where it closes what is none", () => {
    const closes = commit(["closes:#12", "type:fix"]);
    expect(fixEvidenceOf(closes, () => "bug")).toMatchObject({ strength: "strong", kind: "bug_issue" });
    expect(fixEvidenceOf(closes, () => "incident")).toMatchObject({ strength: "strong", kind: "incident_issue" });
    expect(fixEvidenceOf(closes, () => "other")).toBeNull();
    expect(fixEvidenceOf(closes, () => null)).toMatchObject({ strength: "candidate" });
  });

  it.each([
    ["typo", commit(["word:fix", "word:typo"])],
    ["lint", commit(["type:fix", "scope:lint"])],
    ["dependency", commit(["type:fix", "scope:deps"])],
    ["ci", commit(["word:fix", "word:ci"])],
    ["docs", commit(["word:fix", "word:docs"])],
    ["test_only", commit(["word:fix", "word:test"])],
    ["test_only", commit(["type:fix"], { files: [{ path: "test/tide.test.ts" }] })],
    ["docs", commit(["type:fix"], { files: [{ path: "docs/tide.md" }] })],
    ["dependency", commit(["type:fix"], { files: [{ path: "package-lock.json" }] })],
    ["unchanged", commit(["type:fix"], { files: [] })],
  ])("is no bug of the product: %s", (excluded, of) => {
    expect(fixEvidenceOf(of)).toMatchObject({ excluded });
  });

  it("does not take a crash for a matter of words, nor an exact name for one", () => {
    expect(fixEvidenceOf(commit(["word:bug", "word:fix", "word:test"]))).toMatchObject({ excluded: null });
    expect(fixEvidenceOf(commit(["culprit:0123abc4", "word:docs"]))).toMatchObject({ excluded: null });
  });

  it("reads trailers and reverts alone where a message was read before there were signs", () => {
    const old: FixCommit = { trailers: [], reverts: null, files: [{ path: "src/tide.ts" }] };
    expect(fixEvidenceOf({ ...old, reverts: "0123abc4" })).toMatchObject({ kind: "revert", culprits: ["0123abc4"] });
    expect(fixEvidenceOf(old)).toBeNull();
  });
});

it.each([
  ["src/tide.ts", "product"],
  ["src/tide.test.ts", "test"],
  ["test/fixtures/tide.json", "test"],
  ["pkg/tide_test.go", "test"],
  ["docs/guide/tide.md", "docs"],
  ["requirements.txt", "dependency"],
  [".github/workflows/ci.yml", "operations"],
  ["src/latest.ts", "product"],
])("%s is for %s", (path, purpose) => {
  expect(filePurpose(path)).toBe(purpose);
});
