import { afterEach, beforeEach, expect, it } from "vitest";
import { dropCells, fillCells } from "./cells.ts";
import derivedSchema from "./derived.sql";
import { Database } from "./duckdb/database.ts";
import ledgerView from "./views/ledger.sql";

let database: Database;

beforeEach(async () => {
  database = await Database.open(":memory:");
  await database.run(derivedSchema);
  await database.run(ledgerView);
});
afterEach(() => database.close());

const minute = 60_000;

/** A response of a session (null: nobody told of one), at a minute, of a segment, at a cost. */
async function response(id: number, session: number | null, atMinute: number, segment: number | null, nano: bigint | null): Promise<void> {
  await database.run(
    `INSERT INTO usage_d (usage_id, session_id, segment_id, instant_ms, model, input, cache_read, cache_write_5m, cache_write_1h, output, sightings, sighted_tokens)
     VALUES ($id, $session, $segment, $instant, 'm', 1, 2, 3, 4, 5, 1, 15)`,
    { id, session, segment, instant: atMinute * minute },
  );
  await database.run("INSERT INTO charge (charge_id, usage_id, list_nano_usd) VALUES ($id, $id, $nano)", { id, nano });
}

const cells = (table: string, columns: string) =>
  database.all(`SELECT session_id, instant_ms // ${minute} AS at, ${columns} FROM ${table} ORDER BY ALL`);

it("adds up what is of one session and one quarter of an hour", async () => {
  await response(1, 7, 14, null, 10n);
  await response(2, 7, 0, null, 20n);
  await response(3, 7, 15, null, 40n);
  await response(4, 8, 15, null, 80n);
  await fillCells(database);
  expect(await cells("usage_cell", "usages, input, list_nano_usd AS nano")).toEqual([
    { session_id: 7, at: 0n, usages: 2n, input: 2n, nano: 30n },
    { session_id: 7, at: 15n, usages: 1n, input: 1n, nano: 40n },
    { session_id: 8, at: 15n, usages: 1n, input: 1n, nano: 80n },
  ]);
});

it("keeps apart what ends otherwise, and what has no price", async () => {
  await database.run("INSERT INTO segment (segment_id, session_id, activity) VALUES (1, 7, 'edit')");
  await database.run(
    "INSERT INTO strand (strand_id, segment_id, weight_from, weight_to, weight_total, grade) VALUES (1, 1, 0, 1, 3, 'A'), (2, 1, 1, 3, 3, 'B')",
  );
  await database.run("INSERT INTO fate_now VALUES (1, 'stuck'), (2, 'abandoned')");
  await response(1, 7, 0, 1, 10n);
  await response(2, 7, 1, 1, 11n);
  await response(3, 7, 1, 1, null);
  await fillCells(database);
  // A third of 10 and of 11, rounded down; the rest.
  expect(await cells("ledger_cell", "fate, grade, activity, list_nano_usd AS nano")).toEqual([
    { session_id: 7, at: 0n, fate: "abandoned", grade: "B", activity: "edit", nano: 15n },
    { session_id: 7, at: 0n, fate: "stuck", grade: "A", activity: "edit", nano: 6n },
  ]);
  expect(await cells("usage_cell", "unpriced, usages, list_nano_usd AS nano")).toEqual([
    { session_id: 7, at: 0n, unpriced: false, usages: 2n, nano: 21n },
    { session_id: 7, at: 0n, unpriced: true, usages: 1n, nano: null },
  ]);
});

it("has usages whose session nobody told and charges without a usage, once, however often it is brought up to date", async () => {
  await response(1, null, 0, null, 10n);
  await response(2, 7, 0, null, 20n);
  await database.run("INSERT INTO charge (charge_id, list_nano_usd, remainder) VALUES (3, 40, 'unused_seat')");
  const told = async () => await cells("ledger_cell", "fate, list_nano_usd AS nano");
  await fillCells(database);
  const first = await told();
  expect(first).toEqual([
    { session_id: 7, at: 0n, fate: "unlinked", nano: 20n },
    { session_id: null, at: 0n, fate: "unlinked", nano: 10n },
    { session_id: null, at: null, fate: "unused", nano: 40n },
  ]);
  await fillCells(database);
  expect(await told()).toEqual(first);
  await dropCells(database, "session_id = 7");
  await response(4, 7, 1, null, 1n);
  await fillCells(database);
  expect((await told())[0]).toEqual({ session_id: 7, at: 0n, fate: "unlinked", nano: 21n });
});
