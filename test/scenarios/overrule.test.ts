/** A person says what a change is; the rules, rebuilds and parts follow, and it can be taken back. */
import { cpSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { openDerived } from "../../src/store/derived-store.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
let store = "";
let hole = "";
let clock = Date.UTC(2026, 1, 3);
const assay = () => openStore(store, () => clock);
const say = (name: string | null, reason = "It was a hole.") => {
  clock += 1_000;
  return assay().overrule({ change: hole.slice(0, 12), class: name, reason, author: "ada" });
};
const classes = async (): Promise<unknown> => {
  const database = await openDerived(store);
  try {
    const [row] = await database.all("SELECT class, class_evidence, ruled_class FROM change WHERE change_key = $hole", { hole });
    return row;
  } finally {
    database.close();
  }
};

beforeAll(async () => {
  repository.commit({ "README.md": "The yard.\n" });
  hole = repository.commit({ "gate.ts": "export const gate = shut();\n" }, "fix: shut the gate");
  store = await makeStore(scratch.next());
  await importInto(store, { repositories: [repository.dir] });
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

it("outranks the rules in a column of its own, and survives a rebuild", async () => {
  expect(await classes()).toEqual({ class: "fix", class_evidence: "conventional_type", ruled_class: "fix" });
  expect(await say("security")).toMatchObject({ change: hole, class: "security", ruledClass: "fix", author: "ada", stands: true });
  const said = { class: "security", class_evidence: "overrule", ruled_class: "fix" };
  expect(await classes()).toEqual(said);
  const parts = scratch.next("parts");
  cpSync(store, parts, { recursive: true });
  await assay().rebuild({ progress() {} });
  expect(await classes()).toEqual(said);
  expect(differences(await dumpStore(store), await dumpStore(parts))).toEqual([]);
  expect(await importInto(store, { repositories: [repository.dir] })).toMatchObject({ changed: false });
}, 60_000);

it("is the newest that was said, taken back with a reason of its own, and all of it is listed", async () => {
  await say("operations", "No, it was the pipeline.");
  expect(await classes()).toMatchObject({ class: "operations" });
  expect(await say(null, "The rule was right.")).toMatchObject({ class: null, ruledClass: "fix" });
  expect(await classes()).toEqual({ class: "fix", class_evidence: "conventional_type", ruled_class: "fix" });
  const listed = (await assay().overrules()).map(({ class: name, reason, stands }) => [name, reason, stands]);
  expect(listed).toEqual([
    [null, "The rule was right.", true],
    ["operations", "No, it was the pipeline.", false],
    ["security", "It was a hole.", false],
  ]);
}, 60_000);

it("needs a class there is, a reason, an author, a change, and something to take back", async () => {
  await expect(say("secuirty")).rejects.toMatchObject({ code: "unknown_class", hint: "Did you mean security?" });
  await expect(say("security", " ")).rejects.toMatchObject({ code: "reason_missing" });
  await expect(assay().overrule({ change: hole, class: "fix", reason: "so", author: "" })).rejects.toMatchObject({
    code: "author_missing",
  });
  await expect(assay().overrule({ change: "#77", class: "fix", reason: "so", author: "ada" })).rejects.toMatchObject({
    code: expect.stringContaining("change"),
  });
  await expect(say(null)).rejects.toMatchObject({ code: "not_overruled" });
}, 60_000);
