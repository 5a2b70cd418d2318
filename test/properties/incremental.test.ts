/** The law of deriving by parts: whatever comes in whatever steps, each import leaves what one whole derivation would give. */
import { cpSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { openDerived } from "../../src/store/derived-store.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "../scenarios/support/sample-store.ts";
import { GrowingWorld, type Step, steps } from "../scenarios/support/growing-world.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Same facts, all derived anew. */
async function rebuiltCopy(store: string): Promise<string> {
  const copy = scratch.next("copy");
  cpSync(store, copy, { recursive: true });
  await openStore(copy).rebuild({ progress() {} });
  return copy;
}

/** Ids of rows that stood through the last import: those of a whole derivation are numbered from 0, without a gap. */
async function isWhole(store: string): Promise<boolean> {
  const database = await openDerived(store);
  const [row] = await database.all("SELECT (max(usage_id) + 1 = count(*)) AS dense FROM usage_d");
  database.close();
  return row?.["dense"] === true;
}

async function follow(world: GrowingWorld, path: readonly Step[]): Promise<void> {
  const store = await makeStore(scratch.next());
  const asked = { home: world.home, repositories: [world.repository, world.other] };
  await importInto(store, asked);
  for (const [place, step] of path.entries()) {
    world.take(step);
    await importInto(store, asked);
    const told = `after ${path.slice(0, place + 1).join(", ")}`;
    expect([told, ...differences(await dumpStore(await rebuiltCopy(store)), await dumpStore(store))]).toEqual([told]);
  }
  // Some of these steps leave most of the store alone: had each import derived all, the law would say nothing.
  expect(await isWhole(store)).toBe(false);
}

describe("a store that grows step by step", () => {
  it("is after each kind of step what a rebuild makes of it", async () => {
    await follow(new GrowingWorld(scratch.next("world"), 1), steps);
  }, 300_000);

  it("is after each of a random sequence of steps what a rebuild makes of it", async () => {
    const world = new GrowingWorld(scratch.next("world"), 2);
    const path = Array.from({ length: 7 }, () => world.pick(steps));
    await follow(world, [...path, "grow a session"]);
  }, 300_000);
});
