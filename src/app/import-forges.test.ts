import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dumpFacts } from "../store/dump.ts";
import { readForgeRepositories } from "../store/forge-reader.ts";
import { FactStore } from "../store/store.ts";
import { importForgeFiles } from "./import-forges.ts";
import { RepositoryAccess } from "./repository-access.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../../test/fixtures/forges/${name}`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-forges-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = async (name: string): Promise<FactStore> => await FactStore.open(join(folder, name));
const context = (rules?: ConstructorParameters<typeof RepositoryAccess>[0], signal = new AbortController().signal) => ({
  seenAt: 1_000,
  progress: () => {},
  signal,
  access: new RepositoryAccess(rules, {}),
});

async function dumpOf(store: FactStore): Promise<string[]> {
  const dump = await dumpFacts(store);
  store.close();
  return dump;
}

describe("importing exports of forges", () => {
  it("changes nothing when a history is imported twice, opened again or told by another witness in another order", async () => {
    const files = [fixture("github-rest.jsonl"), fixture("github-graphql.json"), fixture("gitlab.jsonl")];
    const once = await open("once");
    expect(await importForgeFiles(once, files, context())).toMatchObject({ filesSeen: 3, filesRead: 3, problems: [] });
    expect(await readForgeRepositories(once)).toEqual(["github.com/acme/shop", "gitlab.example.org/team/shop"]);
    const revision = await once.revision();
    expect(await importForgeFiles(once, files, context())).toMatchObject({ filesSeen: 3, filesRead: 0, facts: 0 });
    expect(await once.revision(), "files that are as they were are not read").toBe(revision);
    const twice = await open("twice");
    await importForgeFiles(twice, files.toReversed(), context());
    copyFileSync(files[0] as string, join(folder, "copy.jsonl"));
    await importForgeFiles(twice, [join(folder, "copy.jsonl")], context());
    expect(await dumpOf(twice)).toEqual(await dumpOf(once));
  });

  it("goes on where it was stopped, and ends with the facts of one that was not", async () => {
    // Many chunks of a megabyte, so that there is a place to stop at.
    const [pull] = readFileSync(fixture("github-rest.jsonl"), "utf8").split("\n") as [string];
    const lines = Array.from({ length: 3_000 }, (_, i) =>
      pull.replaceAll("pulls/7", `pulls/${i + 1}`).replace('"number": 7', `"number": ${i + 1}`),
    );
    const path = join(folder, "many.jsonl");
    writeFileSync(path, lines.join("\n"));
    const whole = await open("whole");
    expect((await importForgeFiles(whole, [path], context())).facts).toBe(3_000);
    const stopped = await open("stopped");
    const state = new AbortController();
    const add = stopped.addForgeFact.bind(stopped);
    stopped.addForgeFact = (fact, seenAt) => {
      add(fact, seenAt);
      state.abort();
    };
    const part = await importForgeFiles(stopped, [path], context(undefined, state.signal));
    stopped.addForgeFact = add;
    expect(part.facts).toBeGreaterThan(0);
    expect(part.facts).toBeLessThan(3_000);
    const rest = await importForgeFiles(stopped, [path], context());
    expect(rest.facts, "nothing is read twice").toBe(3_000 - part.facts);
    expect(await dumpOf(stopped)).toEqual(await dumpOf(whole));
  });

  it("loses and doubles nothing when it dies with facts not yet kept", async () => {
    const whole = await open("whole");
    await importForgeFiles(whole, [fixture("github-rest.jsonl"), fixture("gitlab.jsonl")], context());
    const died = await open("died");
    const add = died.addForgeFact.bind(died);
    let left = 30; // in the second file: the first is not kept yet either
    died.addForgeFact = (fact, seenAt) => {
      if (left-- === 0) throw new Error("killed");
      add(fact, seenAt);
    };
    await expect(importForgeFiles(died, [fixture("github-rest.jsonl"), fixture("gitlab.jsonl")], context())).rejects.toThrow("killed");
    died.close();
    const again = await open("died");
    expect(await dumpFacts(again)).toEqual([]);
    await importForgeFiles(again, [fixture("github-rest.jsonl"), fixture("gitlab.jsonl")], context());
    expect(await dumpOf(again)).toEqual(await dumpOf(whole));
  });

  it("tells a torn end as lost input, once, and reads it when it is whole", async () => {
    const text = readFileSync(fixture("github-rest.jsonl"), "utf8").trimEnd();
    const path = join(folder, "growing.jsonl");
    writeFileSync(path, text.slice(0, -20));
    const store = await open("torn");
    const torn = await importForgeFiles(store, [path], context());
    expect(torn.problems.map(({ code, severity, locator }) => [code, severity, locator])).toEqual([["torn_line", "lost", `${path}:15`]]);
    expect((await importForgeFiles(store, [path], context())).filesRead).toBe(0);
    writeFileSync(path, text);
    expect((await importForgeFiles(store, [path], context())).problems).toEqual([]);
    expect(await store.database.all("SELECT * FROM problem")).toEqual([]);
    const whole = await open("whole");
    await importForgeFiles(whole, [fixture("github-rest.jsonl")], context());
    expect(await dumpOf(store)).toEqual(await dumpOf(whole));
  });

  it("keeps nothing of a repository that may not be read, and says that something was kept out", async () => {
    const store = await open("denied");
    const { facts, problems } = await importForgeFiles(store, [fixture("gitlab.jsonl")], context({ deny: ["gitlab.example.org/**"] }));
    expect(facts).toBe(0);
    expect(problems.map(({ code }) => code)).toEqual(["repository_denied"]);
    expect(await dumpOf(store)).toEqual([]);
  });

  it("says which file is not there", async () => {
    const store = await open("missing");
    await expect(importForgeFiles(store, [join(folder, "no.jsonl")], context())).rejects.toMatchObject({ code: "no_such_file" });
    store.close();
  });
});
