import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { derivedSchemas } from "../store/derived-store.ts";
import { Database } from "../store/duckdb/database.ts";
import { derivedFile, factsFile } from "../store/place.ts";
import { FactStore, migrations } from "../store/store.ts";
import { ensureDerived, frameOf } from "./derived.ts";
import { type OpenAssayOptions, openAssay } from "./open-assay.ts";
import { openServed } from "./served-assay.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-derived-"));
afterAll(() => rmSync(folder, { recursive: true }));

const options: OpenAssayOptions = {
  folder,
  configFile: null,
  isSample: false,
  version: "9.9.9",
  variables: {},
  platform: "linux",
  releaseMemory: () => {},
  now: () => 0,
};

it("derives a store of the same version and another schema anew", async () => {
  (await FactStore.open(folder)).close();
  await ensureDerived(options, () => {});
  const frame = { version: "9.9.9", ignoreTrailers: null, prices: [], defaultBranches: {}, releaseRules: [], incidentLabels: [] };
  const before = await Database.open(join(folder, derivedFile));
  const [stood] = await before.all("SELECT value FROM derived_state WHERE name = 'frame'");
  expect(stood?.["value"]).toBe(frameOf({ ...frame, schema: derivedSchemas }));
  await before.run("DROP TABLE fate_now");
  await before.run("UPDATE derived_state SET value = $frame WHERE name = 'frame'", {
    frame: frameOf({ ...frame, schema: derivedSchemas.replace("CREATE TABLE fate_now", "-- CREATE TABLE fate_now") }),
  });
  before.close();

  await ensureDerived(options, () => {});
  const after = await Database.open(join(folder, derivedFile), { readOnly: true });
  expect(await after.all("SELECT count(*)::INTEGER AS n FROM fate_now")).toEqual([{ n: 0 }]);
  after.close();
});

/** A store as the version before the newest schema left it. */
async function olderStore(): Promise<OpenAssayOptions> {
  const own = mkdtempSync(join(folder, "older-"));
  const version = migrations.length - 1;
  const database = await Database.open(join(own, factsFile));
  for (const sql of migrations.slice(0, version)) await database.run(sql);
  await database.run("INSERT INTO meta VALUES ('secret', '00112233445566778899aabbccddeeff'), ('schema_version', $version)", {
    version: String(version),
  });
  database.close();
  return { ...options, folder: own };
}

it("answers from a store of an older schema: served, asked, or prepared before anybody asks", async () => {
  const served = openServed(await olderStore(), { timeMs: 10_000, rows: 10 });
  expect((await served.answer({ asOf: null })).usages).toBe(0);
  await served.close();
  expect((await openAssay(await olderStore()).answer({ asOf: null })).usages).toBe(0);
  const steps: string[] = [];
  await openAssay(await olderStore()).prepare({ progress: (step) => void steps.push(step) });
  expect(steps[0]).toBe("bringing the store up to this version");
});

it("prepares nothing where there is no store", async () => {
  const own = join(folder, "none");
  await openAssay({ ...options, folder: own }).prepare({ progress: () => {} });
  await expect(openAssay({ ...options, folder: own }).answer({ asOf: null })).rejects.toMatchObject({ code: "no_store" });
});
