import { expect, it } from "vitest";
import { type ChangeEvidence, classOf } from "./change-class.ts";

const change = (part: Partial<ChangeEvidence>): ChangeEvidence => ({
  overruled: null,
  labels: [],
  signs: [],
  files: [{ path: "src/tide.ts", changedLines: 9 }],
  ...part,
});
const docs = [{ path: "docs/tide.md", changedLines: 9 }];

it.each([
  ["a person before a label", change({ overruled: "security", labels: ["bug"] }), "security overrule high"],
  ["a label before the type", change({ labels: ["kind/bug"], signs: [["type:feature"]] }), "fix label high"],
  ["the type before the paths", change({ signs: [["type:fix"]], files: docs }), "fix conventional_type high"],
  ["a scope that says more than the type", change({ signs: [["scope:deps", "type:fix"]] }), "dependency conventional_type high"],
  [
    "the type of the landing commit",
    change({ signs: [["type:performance"], ["type:fix"], ["type:fix"]] }),
    "performance conventional_type high",
  ],
  ["else what most commits say", change({ signs: [[], ["type:fix"], ["type:test"], ["type:fix"]] }), "fix conventional_type high"],
  ["a breaking feature", change({ signs: [["type:breaking", "type:feature"]] }), "feature conventional_type high"],
  ["the paths before the branch", change({ signs: [["branch:fix"]], files: docs }), "docs paths high"],
  ["most lines of paths outside the product", change({ files: [...docs, { path: "test/tide.ts", changedLines: 10 }] }), "test paths high"],
  ["the branch before the words", change({ signs: [["branch:feature"], ["word:fix"]] }), "feature branch medium"],
  ["words last", change({ signs: [["word:performance"]] }), "performance subject low"],
  [
    "a chore by its paths",
    change({ signs: [["type:chore"]], files: [{ path: "package.json", changedLines: 1 }] }),
    "dependency paths high",
  ],
])("is told by %s", (_, of, expected) => {
  const found = classOf(of);
  expect(found === null ? null : `${found.class} ${found.evidence} ${found.confidence}`).toBe(expected);
});

it("is unknown where nothing tells", () => {
  expect(classOf(change({}))).toBeNull();
  expect(classOf(change({ signs: [["type:chore"]] }))).toBeNull();
  expect(classOf(change({ files: [] }))).toBeNull();
});
