/** A server that is killed at any moment has lost nothing it answered for, and what is sent again is not doubled. */
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killBodies, layIntoInbox, sendWhileKilled } from "../bench/otlp-kill.ts";
import { Scratch, differences, dumpStore, importInto, makeStore } from "../scenarios/support/sample-store.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the project, so that DuckDB is found beside it. */
const built = join("node_modules", ".cache", `assay-otlp-kill-${process.pid}`);
const scratch = new Scratch();

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", built], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}, 180_000);
afterAll(() => {
  rmSync(join(root, built), { recursive: true, force: true });
  scratch.remove();
});

describe("a server that is killed while it is sent to", () => {
  it("has all it answered for, once", async () => {
    const bodies = killBodies(160, 25);
    const store = await makeStore(scratch.next());
    await importInto(store, {}); // so that an import has something to bring up to date
    const program = join(root, built, "assay.js");
    const { sent, kills } = await sendWhileKilled({ program, store, bodies, senders: 4, pauseMs: 80 });
    expect(kills).toBe(3);
    expect(sent).toBeGreaterThan(bodies.length); // something was sent again
    // An import of the last server may hold the store for a moment more.
    await expect.poll(async () => await importInto(store, {}).then(() => true), { timeout: 20_000, interval: 500 }).toBe(true);
    expect(readdirSync(join(store, "inbox"))).toEqual([]);

    const wanted = await makeStore(scratch.next());
    layIntoInbox(wanted, bodies);
    await importInto(wanted, {});
    const whole = await dumpStore(wanted);
    expect(whole.facts.filter((line) => line.startsWith("sighting|")).length).toBe(3_200); // four of five of 4,000 records
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  }, 180_000);
});
