import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { derivedSchemas } from "../store/derived-store.ts";
import { Database } from "../store/duckdb/database.ts";
import { derivedFile } from "../store/place.ts";
import { FactStore } from "../store/store.ts";
import { ensureDerived, frameOf } from "./derived.ts";
import type { OpenAssayOptions } from "./open-assay.ts";

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
