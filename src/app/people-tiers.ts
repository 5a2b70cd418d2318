import { type PersonSpend, type SpendTiers, spendTiers, type TierCost } from "../analysis/spend-tiers.ts";
import type { PeopleTiers, SpendTier } from "../contract/costs.ts";
import type { Organisation } from "./organisation.ts";
import { personsOfSessions } from "./organisation-tables.ts";
import type { Questions } from "./questions.ts";
import { identityOfEmail, ownerOf } from "./whoami.ts";

const dayMs = 86_400_000;
const daysOfYear = 365;
const defaultLeastPersons = 5;

/** The derived tables, and the instant they are asked of. */
type Asked = Pick<Questions, "database" | "instant">;

export interface TiersAsked {
  /** Days back from the newest commit or response that is known. */
  readonly days: number;
  readonly tiers: number;
}

/**
 * Full cost per change by tier of token spend (MEASURES 3). Spend is of the person the session belongs to, a change of the
 * author of most of its lines; a person of assay.yaml with neither in the window is in no tier. Nobody is named.
 */
export async function peopleTiersOf(questions: Asked, { days, tiers }: TiersAsked, organisation: Organisation): Promise<PeopleTiers> {
  const people = organisation.people ?? [];
  const leastPersons = organisation.k ?? defaultLeastPersons;
  const until = await newestInstant(questions);
  const from = until === null ? null : until + 1 - days * dayMs;
  const window = until === null || from === null ? null : { from: iso(from), until: iso(until), days };
  const spent = until === null || from === null ? none() : await spendByPerson(questions, people, from, until);
  const landed = until === null || from === null ? none() : await changesByPerson(questions, people, from, until);
  const active = people.filter(({ name }) => (spent.of.get(name) ?? 0n) > 0n || (landed.of.get(name) ?? 0n) > 0n);
  const rowsWith = (end: "low" | "high"): PersonSpend[] =>
    active.map((person) => ({
      tokenNanoUsd: spent.of.get(person.name) ?? 0n,
      peopleNanoUsd: salaryOf(organisation, person, end, days),
      changes: Number(landed.of.get(person.name) ?? 0n),
    }));
  const [low, high] = [spendTiers(rowsWith("low"), tiers, leastPersons), spendTiers(rowsWith("high"), tiers, leastPersons)];
  return {
    window,
    persons: active.length,
    leastPersons,
    refused: people.length === 0 ? "no_people" : low.refused,
    peopleCost: isOtherCurrency(organisation)
      ? "other_currency"
      : low.tiers.some((tier) => tier.peopleNanoUsd !== null)
        ? "known"
        : "not_known",
    tiers: low.tiers.map((tier, t) => shownTier(tier, high.tiers[t] as TierCost)),
    marginalNanoUsd: marginals(low),
    ofNobody: { spendNanoUsd: spent.ofNobody.toString(), changes: Number(landed.ofNobody) },
  };
}

const iso = (instant: number): string => new Date(instant).toISOString();
const marginals = ({ marginalNanoUsd }: SpendTiers): (string | null)[] => marginalNanoUsd.map((nano) => nano?.toString() ?? null);

function shownTier(low: TierCost, high: TierCost): SpendTier {
  const [from, to] = [low.fullCostNanoUsd, high.fullCostNanoUsd];
  return {
    persons: low.persons,
    changes: low.changes,
    withoutChange: low.withoutChange,
    tokenNanoUsd: low.tokenNanoUsd.toString(),
    meanOfRatiosNanoUsd: low.meanOfRatiosNanoUsd?.toString() ?? null,
    ratioOfTotalsNanoUsd: low.ratioOfTotalsNanoUsd?.toString() ?? null,
    fullCostNanoUsd: from === null || to === null ? null : { low: from.toString(), high: to.toString() },
  };
}

const isOtherCurrency = ({ currency, salaries }: Organisation): boolean =>
  currency !== undefined && currency !== "USD" && (salaries ?? []).length > 0;

/** One end of what a person costs in so many days; null where assay.yaml does not say, or says it in another currency. */
function salaryOf(
  organisation: Organisation,
  { salary }: NonNullable<Organisation["people"]>[number],
  end: "low" | "high",
  days: number,
): bigint | null {
  const known = organisation.salaries?.find(({ name }) => name === salary);
  if (known === undefined || isOtherCurrency(organisation)) return null;
  const nanoOfYear = BigInt(Math.round(known.year[end] * 100)) * 10_000_000n;
  return (nanoOfYear * BigInt(days)) / BigInt(daysOfYear);
}

interface ByPerson {
  readonly of: ReadonlyMap<string, bigint>;
  readonly ofNobody: bigint;
}
const none = (): ByPerson => ({ of: new Map(), ofNobody: 0n });

/** The newest of all commits and responses, or the asked instant where that is earlier. */
async function newestInstant({ database, instant }: Asked): Promise<number | null> {
  const [row] = await database.all(
    "SELECT max(newest)::BIGINT AS newest FROM (SELECT max(horizon_ms) AS newest FROM repository_d UNION ALL SELECT max(instant_ms) FROM usage_d)",
  );
  return row?.["newest"] === null || row === undefined ? null : Math.min(Number(row["newest"]), instant);
}

async function spendByPerson(
  { database }: Asked,
  people: NonNullable<Organisation["people"]>,
  from: number,
  until: number,
): Promise<ByPerson> {
  const persons = await personsOfSessions(database, people);
  const rows = await database.all(
    `SELECT u.session_id, sum(c.list_nano_usd)::VARCHAR AS nano FROM charge c JOIN usage_d u USING (usage_id)
     WHERE u.instant_ms BETWEEN $from AND $until GROUP BY u.session_id`,
    { from, until },
  );
  return summed(rows.map((row) => [persons.get(row["session_id"] as number) ?? null, BigInt(String(row["nano"] ?? 0))]));
}

/** A change is of whoever wrote most of its lines; of nobody where two wrote equally many, or the author is in no list. */
async function changesByPerson(
  { database }: Asked,
  people: NonNullable<Organisation["people"]>,
  from: number,
  until: number,
): Promise<ByPerson> {
  const rows = await database.all(
    `SELECT k.change_id, c.author_email, sum(c.lines_added + c.lines_removed)::BIGINT AS lines
     FROM change k LEFT JOIN commit_d c ON c.change_id = k.change_id
     WHERE k.landed_ms BETWEEN $from AND $until GROUP BY ALL`,
    { from, until },
  );
  const authors = new Map<number, Map<string | null, number>>();
  for (const row of rows) {
    const change = row["change_id"] as number;
    const { kind, value } = identityOfEmail(String(row["author_email"] ?? ""));
    const owner = ownerOf(people, kind, value);
    const own = authors.get(change) ?? new Map<string | null, number>();
    authors.set(change, own.set(owner, (own.get(owner) ?? 0) + Number(row["lines"] ?? 0)));
  }
  return summed([...authors.values()].map((own) => [mostOf(own), 1n]));
}

function mostOf(own: ReadonlyMap<string | null, number>): string | null {
  const [first, second] = [...own].sort(([, a], [, b]) => b - a);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}

function summed(rows: readonly (readonly [string | null, bigint])[]): ByPerson {
  const of = new Map<string, bigint>();
  let ofNobody = 0n;
  for (const [person, amount] of rows) {
    if (person === null) ofNobody += amount;
    else of.set(person, (of.get(person) ?? 0n) + amount);
  }
  return { of, ofNobody };
}
