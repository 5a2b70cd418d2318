/** `release_rules` of assay.yaml decide what releases the lines of a repository; a change of them is derived anew. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { HandTranscript, nanoUsdOfToken } from "./support/hand-transcript.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
afterAll(() => {
  repository.remove();
  scratch.remove();
});

it("takes tags or landing for the release of a repository, by the first rule that names it", async () => {
  const lines = Array.from({ length: 5 }, (_, i) => `export const berth${i} = allot(${i}, "north");`);
  repository.commit({ "README.md": "The harbour.\n" });
  repository.commit({ "berths.ts": `${lines.join("\n")}\n` }, "Add berths"); // 3 January, never tagged
  for (let day = 4; day <= 30; day++) repository.commit({}, "wait");
  const home = scratch.next("home");
  new HandTranscript("5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c", repository.dir, "2026-01-03")
    .prompt("11:00:00", "Write the berths down.")
    .creates("11:01:00", 100, "c1", "berths.ts", lines)
    .saveIn(home);
  const store = await makeStore(scratch.next());
  await importInto(store, { home });
  const assay = openStore(store);
  const fates = async (rules: string): Promise<Record<string, string | null>> => {
    writeFileSync(join(store, "assay.yaml"), rules);
    const { ledger } = await assay.audit({ asOf: null, links: false });
    return Object.fromEntries(Object.entries(ledger.fates).filter(([, nano]) => nano !== null && nano !== "0"));
  };
  const all = String(100 * nanoUsdOfToken);
  const rule = (pattern: string, by: string): string => `  - { repository: "${pattern}", released_by: ${by} }\n`;

  expect(await fates("")).toEqual({ stuck: all }); // none was ever tagged: landing is release
  expect(await fates(`release_rules:\n${rule(repository.dir, "tags")}${rule("*", "landing")}`)).toEqual({ maturing: all });
  expect(await fates(`release_rules:\n${rule("git.example.com/**", "tags")}${rule("*", "landing")}`)).toEqual({ stuck: all });
}, 60_000);
