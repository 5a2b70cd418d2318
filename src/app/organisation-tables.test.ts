import { afterEach, beforeEach, expect, it } from "vitest";
import derivedTables from "../store/derived.sql";
import { Database } from "../store/duckdb/database.ts";
import { defaultConfig, type Config } from "./config.ts";
import type { Organisation } from "./organisation.ts";
import { fillOrganisation, personsOfSessions } from "./organisation-tables.ts";

let database: Database;
beforeEach(async () => {
  database = await Database.open(":memory:");
  await database.run(derivedTables);
});
afterEach(() => database.close());

const config = (organisation: Organisation, timeZone = "UTC"): Config => ({ ...defaultConfig, organisation, timeZone });
const place = (session: number, ...folders: string[]): Promise<void> =>
  database.run("INSERT INTO session_place (session_id, folders) VALUES ($session, $folders)", {
    session,
    folders: JSON.stringify(folders),
  });
const wrote = async (session: number, hash: string, email: string, lines: number, removed = 0): Promise<void> => {
  await database.run("INSERT INTO commit_d (repository_id, commit_hash, author_email) VALUES (1, $hash, $email)", { hash, email });
  await database.run(
    "INSERT INTO commit_link (session_id, repository_id, commit_hash, lines, lines_removed) VALUES ($session, 1, $hash, $lines, $removed)",
    { session, hash, lines, removed },
  );
};

const people = [
  { name: "Ada", git_emails: ["ada@example.com"], os_users: ["ada"] },
  { name: "Ben", git_emails: ["ben@example.com"], forge_logins: ["benreed"], os_users: ["ben"] },
];

it("takes the author of most lines for the person of a session, and the owner of its folder where that says nothing", async () => {
  await place(1, "/home/ada/work");
  await wrote(1, "a", "ADA@example.com", 10);
  await wrote(1, "b", "12+benreed@users.noreply.example.com", 6, 5); // eleven lines: Ben committed most of it
  await place(2, "/home/ada/work");
  await wrote(2, "c", "ben@example.com", 7);
  await wrote(2, "d", "ada@example.com", 7); // as many: the folder decides
  await place(3, "/home/ada/work", "/Users/ben/work"); // two owners: nobody's
  await place(4, "/srv/build");
  await wrote(4, "e", "cleo@example.com", 7); // an address nobody owns
  await wrote(4, "f", "noreply@anthropic.com", 70); // an agent is nobody
  expect([...(await personsOfSessions(database, people))].sort()).toEqual([
    [1, "Ben"],
    [2, "Ada"],
  ]);
});

const told = (session: number, label: string, value: string): Promise<void> =>
  database.run("INSERT INTO session_label_d VALUES ($session, $label, $value)", { session, label, value });

it("takes the e-mail telemetry tells for the person where no commit does, before the folder", async () => {
  const known = [{ ...people[0], name: "Ada", otel_emails: ["ada@telemetry.example"] }, people[1] as { name: string }];
  await place(1, "/home/ben/work");
  await told(1, "email", "Ada@Telemetry.example");
  await place(2, "/home/ben/work");
  await told(2, "email", "ada@telemetry.example");
  await wrote(2, "a", "ben@example.com", 3);
  await told(3, "email", "nobody@example.com");
  expect([...(await personsOfSessions(database, known))].sort()).toEqual([
    [1, "Ada"],
    [2, "Ben"],
  ]);
});

it("takes the team telemetry names where assay.yaml does not say whose a session is, and of listed teams only", async () => {
  await place(1, "/home/ada/work");
  for (const session of [1, 2]) await told(session, "team", "South");
  await told(3, "team", "West");
  const organisation = { people: [{ name: "Ada", os_users: ["ada"], teams: [{ team: "North" }] }] };
  const teams = async () =>
    (await database.all("SELECT session_id, team FROM session_team ORDER BY session_id")).map((row) => Object.values(row));
  await fillOrganisation(database, config(organisation), [], null);
  expect(await teams()).toEqual([
    [1, "North"],
    [2, "South"],
    [3, "West"],
  ]);
  await database.run("DROP TABLE session_team");
  await database.run("DROP TABLE repository_product");
  await fillOrganisation(database, config({ teams: [{ name: "South" }] }), [], null);
  expect(await teams()).toEqual([
    [1, "South"],
    [2, "South"],
  ]);
});

it("holds a person in a team from the first hour of one day to the last of another, in the organisation's time zone", async () => {
  await place(1, "/home/ada/work");
  const teams = [
    { team: "South", to: "2026-03-28" },
    { team: "North", from: "2026-03-29" },
  ];
  await fillOrganisation(database, config({ people: [{ name: "Ada", os_users: ["ada"], teams }] }, "Europe/Berlin"), [], null);
  expect(await database.all("SELECT team, from_ms, to_ms FROM session_team ORDER BY from_ms")).toEqual([
    { team: "South", from_ms: 0n, to_ms: BigInt(Date.parse("2026-03-28T23:00:00Z")) },
    { team: "North", from_ms: BigInt(Date.parse("2026-03-28T23:00:00Z")), to_ms: BigInt(Number.MAX_SAFE_INTEGER) },
  ]);
});

it("puts a repository into the first product that names one of its remotes or folders", async () => {
  const products = [
    { name: "Docs", repositories: ["git.example.com/saltmarsh/docs*"], cost_centre: "4711" },
    { name: "All else", repositories: ["git.example.com/saltmarsh/*", "~/play"] },
  ];
  const known = [
    { id: 1, names: ["git.example.com/saltmarsh/docs-old"] },
    { id: 2, names: ["/home/ada/code/harbour", "git.example.com/saltmarsh/harbour"] },
    { id: 3, names: ["/home/ada/play/toys"] },
    { id: 4, names: ["git.example.com/others/thing"] },
  ];
  await fillOrganisation(database, config({ products }), known, "/home/ada");
  expect(await database.all("SELECT * FROM repository_product ORDER BY repository_id")).toEqual([
    { repository_id: 1, product: "Docs", cost_centre: "4711" },
    { repository_id: 2, product: "All else", cost_centre: null },
    { repository_id: 3, product: "All else", cost_centre: null },
  ]);
});
