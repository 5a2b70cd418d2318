import { afterEach, beforeEach, expect, it } from "vitest";
import derivedTables from "../store/derived.sql";
import { Database } from "../store/duckdb/database.ts";
import type { Organisation } from "./organisation.ts";
import { peopleTiersOf } from "./people-tiers.ts";

let database: Database;
beforeEach(async () => {
  database = await Database.open(":memory:");
  await database.run(derivedTables);
});
afterEach(() => database.close());

const now = Date.parse("2026-03-31T00:00:00Z");
const day = 86_400_000;
const dollar = 1_000_000_000n;
const asked = () => ({ database, instant: now });

/** Ten persons: the n-th spent n dollars three days ago, and wrote n changes that landed two days ago. */
async function tenPersons(): Promise<NonNullable<Organisation["people"]>> {
  const people = Array.from({ length: 10 }, (_, i) => ({
    name: `Person ${i + 1}`,
    os_users: [`user${i + 1}`],
    git_emails: [`user${i + 1}@example.com`],
    salary: i < 5 ? "junior" : "senior",
  }));
  await database.run("INSERT INTO repository_d (repository_id, horizon_ms) VALUES (1, $now)", { now });
  for (let n = 1; n <= 10; n++) {
    await spend(n, `/home/user${n}/yard`, BigInt(n) * dollar, now - 3 * day);
    for (let c = 0; c < n; c++) await change(100 * n + c, now - 2 * day, { [`user${n}@example.com`]: 10 });
  }
  return people;
}

async function spend(session: number, folder: string, nano: bigint, instant: number): Promise<void> {
  await database.run("INSERT INTO session_place (session_id, folders) VALUES ($session, $folders)", {
    session,
    folders: JSON.stringify([folder]),
  });
  await database.run("INSERT INTO usage_d (usage_id, session_id, instant_ms) VALUES ($session, $session, $instant)", { session, instant });
  await database.run("INSERT INTO charge (charge_id, usage_id, list_nano_usd) VALUES ($session, $session, $nano::BIGINT)", {
    session,
    nano: nano.toString(),
  });
}

async function change(id: number, landed: number, lines: Readonly<Record<string, number>>): Promise<void> {
  await database.run("INSERT INTO change (change_id, repository_id, landed_ms) VALUES ($id, 1, $landed)", { id, landed });
  for (const [email, added] of Object.entries(lines))
    await database.run(
      "INSERT INTO commit_d (repository_id, commit_hash, change_id, author_email, lines_added, lines_removed) VALUES (1, $hash, $id, $email, $added, 0)",
      { hash: `${id}${email}`, id, email, added },
    );
}

const salaries = [
  { name: "junior", year: { low: 36_500, high: 36_500 } },
  { name: "senior", year: { low: 73_000, high: 146_000 } },
];

it("tells what a change costs with people, tier by tier, and each further one", async () => {
  const people = await tenPersons();
  const told = await peopleTiersOf(asked(), { days: 10, tiers: 2 }, { people, salaries });
  // Ten days of 36,500 a year are 1,000 a head: (5,000 + 15) / 15. Seniors: 10,000 to 20,000, 40 changes.
  expect(told).toMatchObject({ persons: 10, refused: null, peopleCost: "known", ofNobody: { spendNanoUsd: "0", changes: 0 } });
  expect(told.tiers).toEqual([
    {
      persons: 5,
      changes: 15,
      withoutChange: 0,
      tokenNanoUsd: "15000000000",
      meanOfRatiosNanoUsd: "1000000000",
      ratioOfTotalsNanoUsd: "1000000000",
      fullCostNanoUsd: { low: "334333333333", high: "334333333333" },
    },
    {
      persons: 5,
      changes: 40,
      withoutChange: 0,
      tokenNanoUsd: "40000000000",
      meanOfRatiosNanoUsd: "1000000000",
      ratioOfTotalsNanoUsd: "1000000000",
      fullCostNanoUsd: { low: "251000000000", high: "501000000000" },
    },
  ]);
  expect(told.marginalNanoUsd).toEqual(["1000000000"]); // 25 dollars for 25 changes more
  expect(JSON.stringify(told)).not.toMatch(/Person \d|user\d/);
});

it("shows no tier of fewer than five, and none where assay.yaml names nobody", async () => {
  const people = await tenPersons();
  expect(await peopleTiersOf(asked(), { days: 10, tiers: 3 }, { people })).toMatchObject({ refused: "too_few_persons", tiers: [] });
  expect(await peopleTiersOf(asked(), { days: 10, tiers: 2 }, { people, k: 6 })).toMatchObject({ refused: "too_few_persons" });
  expect(await peopleTiersOf(asked(), { days: 10, tiers: 2 }, {})).toMatchObject({
    refused: "no_people",
    ofNobody: { spendNanoUsd: "55000000000", changes: 55 },
  });
});

it("leaves the full cost open where a salary is not known or in another currency", async () => {
  const people = await tenPersons();
  const without = people.map((person, i) =>
    i === 9 ? { name: person.name, os_users: ["user10"], git_emails: ["user10@example.com"] } : person,
  );
  const one = await peopleTiersOf(asked(), { days: 10, tiers: 2 }, { people: without, salaries });
  expect(one.tiers.map(({ fullCostNanoUsd }) => fullCostNanoUsd === null)).toEqual([false, true]);
  const euro = await peopleTiersOf(asked(), { days: 10, tiers: 2 }, { people, salaries, currency: "EUR" });
  expect([euro.peopleCost, euro.tiers.map(({ fullCostNanoUsd }) => fullCostNanoUsd)]).toEqual(["other_currency", [null, null]]);
  expect((await peopleTiersOf(asked(), { days: 10, tiers: 2 }, { people })).peopleCost).toBe("not_known");
});

it("gives a change to who wrote most of it, and leaves out what is older than the window", async () => {
  const people = await tenPersons();
  await change(1, now - day, { "user1@example.com": 7, "user2@example.com": 8 });
  await change(2, now - day, { "user1@example.com": 8, "user2@example.com": 8 }); // of neither
  await change(3, now - day, { "stranger@example.com": 8, "user2@example.com": 3 });
  await change(4, now - 11 * day, { "user1@example.com": 8 });
  const told = await peopleTiersOf(asked(), { days: 10, tiers: 2 }, { people });
  expect(told.tiers.map(({ changes }) => changes)).toEqual([16, 40]);
  expect(told.ofNobody.changes).toBe(2);
});
