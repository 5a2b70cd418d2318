import { describe, expect, it } from "vitest";
import derivedSchema from "./derived.sql";
import { Database } from "./duckdb/database.ts";
import { migrations } from "./store.ts";
import { type DatabaseName, columnsAboutNobody, columnsAboutPeople } from "./stored-columns.ts";

/** `table.column` of every table a database has. */
async function columnsOf(...statements: readonly string[]): Promise<string[]> {
  const database = await Database.open(":memory:");
  for (const sql of statements) await database.run(sql);
  const rows = await database.all("SELECT table_name || '.' || column_name AS name FROM information_schema.columns ORDER BY name");
  database.close();
  return rows.map((row) => String(row["name"]));
}

function listed(database: DatabaseName): string[] {
  const people = Object.entries(columnsAboutPeople[database]).flatMap(([table, columns]) =>
    Object.keys(columns).map((column) => `${table}.${column}`),
  );
  const others = Object.entries(columnsAboutNobody[database]).flatMap(([table, names]) =>
    names.split(" ").map((name) => `${table}.${name}`),
  );
  return [...people, ...others].sort();
}

describe("what is stored about people", () => {
  it("says of every stored column what it tells of a person and why, or that it tells of nobody", async () => {
    expect(listed("facts")).toEqual((await columnsOf(...migrations)).sort());
    expect(listed("derived")).toEqual((await columnsOf(derivedSchema)).sort());
  });

  it("gives a reason in words", () => {
    const reasons = Object.values(columnsAboutPeople).flatMap((tables) => Object.values(tables).flatMap((own) => Object.values(own)));
    expect(reasons.length).toBeGreaterThan(80);
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{15,}\.$/);
  });
});
