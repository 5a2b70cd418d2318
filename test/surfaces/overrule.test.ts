import { expect, it } from "vitest";
import { runWith } from "./fake-machine.ts";

it("overrules the class of a change, as the user of the computer unless told otherwise", async () => {
  const { out, calls } = await runWith(["overrule", "change", "#9", "--class", "security", "--reason", "A hole."], {
    machine: { variables: { USER: "ada" } },
  });
  expect(calls).toEqual([{ name: "overrule", args: [{ change: "#9", class: "security", reason: "A hole.", author: "ada" }] }]);
  expect(out).toContain("#9 is security (by the rules: fix): It was reported to us as a hole.");
});

it("takes it back, and lists what was said", async () => {
  const { calls } = await runWith(["overrule", "change", "#9", "--undo", "--reason", "No.", "--author", "bo"]);
  expect(calls).toEqual([{ name: "overrule", args: [{ change: "#9", class: null, reason: "No.", author: "bo" }] }]);
  const { out } = await runWith(["overrule", "--list"]);
  expect(out.split("\n")[1]?.replaceAll(/ {2,}/g, "  ")).toContain("#9  security  fix  ada");
  expect((await runWith(["overrule"], { assay: { overrules: async () => [] } })).out).toContain("No rule is overruled");
});

it("refuses what says neither or both, and what is no change", async () => {
  expect((await runWith(["overrule", "change", "#9", "--reason", "A hole."])).code).toBe(2);
  expect((await runWith(["overrule", "change", "#9", "--undo", "--class", "fix", "--reason", "A hole."])).code).toBe(2);
  expect((await runWith(["overrule", "session", "x", "--class", "fix", "--reason", "A hole."])).code).toBe(2);
});
