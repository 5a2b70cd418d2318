import fc from "fast-check";
import { expect, it } from "vitest";
import type { CommitFact } from "../contract/facts.ts";
import { topologicalOrder } from "./commit-order.ts";

const commit = (hash: string, parents: string[], commitAt: number): CommitFact => ({
  kind: "commit",
  hash,
  parents,
  authorName: "Ana",
  authorEmail: "ana@harbour.example",
  authorAt: commitAt,
  commitAt,
  trailers: [],
  squashOf: null,
  mergeOf: null,
  reverts: null,
  files: [],
});

it("puts parents first even where clocks say otherwise, then older commits", () => {
  const commits = [commit("d", ["b", "c"], 5), commit("c", ["a"], 9), commit("b", ["a"], 3), commit("a", [], 10)];
  expect(topologicalOrder(commits).map((c) => c.hash)).toEqual(["a", "b", "c", "d"]);
});

it("depends on the commits alone, not on their order", () => {
  const commits = Array.from({ length: 30 }, (_, i) => commit(`h${i}`, i === 0 ? [] : [`h${(i * 7) % i}`, `h${i - 1}`], (i * 13) % 11));
  fc.assert(
    fc.property(fc.shuffledSubarray(commits, { minLength: commits.length }), (shuffled) => {
      expect(topologicalOrder(shuffled).map((c) => c.hash)).toEqual(topologicalOrder(commits).map((c) => c.hash));
    }),
  );
});
