import fc from "fast-check";
import { expect, it } from "vitest";
import { PathTree } from "./path-tree.ts";

it("keeps versions apart however they are forked and changed", () => {
  const key = fc.oneof(fc.nat({ max: 40 }), fc.nat({ max: 2 ** 25 - 1 }));
  const step = fc.record({ version: fc.nat({ max: 9 }), fork: fc.boolean(), key, remove: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const versions = [{ tree: new PathTree<{ n: number }>(), model: new Map<number, { n: number }>() }];
      steps.forEach(({ version, fork, key, remove }, n) => {
        let at = versions[version % versions.length] as (typeof versions)[number];
        if (fork) versions.push((at = { tree: at.tree.fork(), model: new Map(at.model) }));
        at.tree.set(key, remove ? undefined : { n });
        if (remove) at.model.delete(key);
        else at.model.set(key, { n });
      });
      for (const { tree, model } of versions) {
        expect([...tree.entries()]).toEqual([...model].sort(([a], [b]) => a - b));
        for (const { key } of steps) expect(tree.get(key)).toEqual(model.get(key));
      }
    }),
  );
});
