import type { Database, Row } from "../store/duckdb/database.ts";
import type { Config } from "./config.ts";
import { globPattern, namesFit } from "./repository-access.ts";
import { type Person, identityOfEmail, osUserOf, ownerOf } from "./whoami.ts";

/** What assay.yaml says of rows: the dimensions `team`, `product` and `cost_centre` join these. */
export const organisationTables = `
CREATE TEMP TABLE session_team (session_id INTEGER, team VARCHAR, from_ms BIGINT, to_ms BIGINT);
CREATE TEMP TABLE repository_product (repository_id INTEGER, product VARCHAR, cost_centre VARCHAR);`;

/** How a repository is known: its remotes and folders. */
export interface KnownRepository {
  readonly id: number;
  readonly names: readonly string[];
}

/**
 * Makes and fills the tables for the questions of one connection; who is in which team leaves it only as a team's name.
 * @param home for patterns that begin with `~/`; null for none
 */
export async function fillOrganisation(
  database: Database,
  { organisation, timeZone }: Config,
  repositories: readonly KnownRepository[],
  home: string | null,
): Promise<void> {
  await database.run(organisationTables);
  const products = (organisation.products ?? []).map((product) => ({
    ...product,
    patterns: product.repositories.map((pattern) => globPattern(pattern, home)),
  }));
  const productRows = repositories.flatMap(({ id, names }): Row[] => {
    const product = products.find(({ patterns }) => namesFit(names, patterns));
    return product === undefined ? [] : [[id, product.name, product.cost_centre ?? null]];
  });
  await database.append("temp.repository_product", ["INTEGER", "VARCHAR", "VARCHAR"], productRows);
  const people = organisation.people ?? [];
  const persons = people.some(({ teams }) => teams !== undefined) ? await personsOfSessions(database, people) : new Map<number, string>();
  const days = await startsOfDays(database, people, timeZone);
  const teamRows = [...persons].flatMap(([session, name]) =>
    (people.find((person) => person.name === name)?.teams ?? []).map(
      ({ team, from, to }): Row => [
        session,
        team,
        from === undefined ? 0 : (days.get(from) ?? 0),
        to === undefined ? Number.MAX_SAFE_INTEGER : (days.get(dayAfter(to)) ?? 0),
      ],
    ),
  );
  const placed = new Set(teamRows.map(([session]) => session as number));
  for (const [session, team] of await toldTeams(database, organisation))
    if (!placed.has(session)) teamRows.push([session, team, 0, Number.MAX_SAFE_INTEGER]);
  await database.append("temp.session_team", ["INTEGER", "VARCHAR", "BIGINT", "BIGINT"], teamRows);
}

/** Teams that senders of telemetry name: any, or where assay.yaml lists teams, those. */
async function toldTeams(database: Database, { teams }: Config["organisation"]): Promise<(readonly [session: number, team: string])[]> {
  const rows = await database.all("SELECT session_id, value FROM session_label_d WHERE label = 'team' ORDER BY session_id");
  return rows
    .map((row) => [row["session_id"] as number, String(row["value"])] as const)
    .filter(([, team]) => teams === undefined || teams.some(({ name }) => name === team));
}

/**
 * Whose a session is: the person with the most lines that commits have from it; where no such commit has a known author, or
 * two have equally many, whose e-mail telemetry tells, else the owner of the home folder it ran in. Sessions of nobody known
 * are left out.
 */
export async function personsOfSessions(database: Database, people: readonly Person[]): Promise<Map<number, string>> {
  const persons = new Map<number, string>();
  const places = await database.all("SELECT session_id, folders FROM session_place ORDER BY session_id");
  for (const row of places) {
    const folders = JSON.parse(String(row["folders"] ?? "[]")) as string[];
    const users = folders.map(osUserOf).filter((user) => user !== null);
    const owners = new Set(users.map((user) => ownerOf(people, "os_user", user)).filter((owner) => owner !== null));
    const [owner] = owners;
    if (owner !== undefined && owners.size === 1) persons.set(row["session_id"] as number, owner);
  }
  for (const row of await database.all("SELECT session_id, value FROM session_label_d WHERE label = 'email' ORDER BY session_id")) {
    const owner = ownerOf(people, "otel_email", String(row["value"]));
    if (owner !== null) persons.set(row["session_id"] as number, owner);
  }
  const authors = await database.all(
    `SELECT l.session_id, c.author_email, sum(l.lines + coalesce(l.lines_removed, 0))::INTEGER AS lines
     FROM commit_link l JOIN commit_d c USING (repository_id, commit_hash) GROUP BY ALL ORDER BY l.session_id, c.author_email`,
  );
  const lines = new Map<number, Map<string, number>>();
  for (const row of authors) {
    const { kind, value } = identityOfEmail(String(row["author_email"]));
    const owner = ownerOf(people, kind, value);
    if (owner === null) continue;
    const own = lines.get(row["session_id"] as number) ?? new Map<string, number>();
    lines.set(row["session_id"] as number, own.set(owner, (own.get(owner) ?? 0) + (row["lines"] as number)));
  }
  for (const [session, own] of lines) {
    const [first, second] = [...own].sort(([, a], [, b]) => b - a);
    if (first !== undefined && first[1] !== second?.[1]) persons.set(session, first[0]);
  }
  return persons;
}

/** When days of a time zone begin, UTC milliseconds: those a team begins on and those after one ends. */
async function startsOfDays(database: Database, people: readonly Person[], timeZone: string): Promise<Map<string, number>> {
  const teams = people.flatMap((person) => person.teams ?? []);
  const wanted = new Set(
    teams.flatMap(({ from, to }) => [...(from === undefined ? [] : [from]), ...(to === undefined ? [] : [dayAfter(to)])]),
  );
  const rows = await database.all(
    `SELECT day, epoch_ms(timezone($timeZone, CAST(day AS TIMESTAMP))) AS start
     FROM (SELECT unnest(CAST(CAST($days AS JSON) AS VARCHAR[])) AS day)`,
    { days: JSON.stringify([...wanted]), timeZone },
  );
  return new Map(rows.map((row) => [String(row["day"]), Number(row["start"])]));
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
