import { type FocusPart, FocusRows, focusHead, focusLine } from "../bills/focus/export.ts";
import type { FocusExport } from "../contract/bills.ts";
import type { UsageGrain } from "../contract/facts.ts";
import { type PriceBook, createPriceBook } from "../prices/price-book.ts";
import { kindPrices } from "../prices/unit-prices.ts";
import type { Cell, Database } from "../store/duckdb/database.ts";
import type { Config } from "./config.ts";
import type { Questions } from "./questions.ts";

/** Days in UTC, the last included; null is open. */
export interface ExportRange {
  readonly from: string | null;
  readonly to: string | null;
}

type Row = Readonly<Record<string, Cell>>;

/** What of a charge ends in one fate and repository, nano-dollars: in the asked basis, and at list prices. */
interface Share {
  readonly fate: string;
  readonly repository: string | null;
  amount: bigint;
  list: bigint;
}

/**
 * The ledger as FOCUS 1.2 in CSV. Charges without money in the asked basis, or without a list price, have no row: FOCUS knows no
 * unknown cost; how many is said. `BilledCost` of the rows adds up to the spend of the rest exactly.
 */
export async function exportFocus(questions: Questions, { prices }: Config, range: ExportRange): Promise<FocusExport> {
  const book = createPriceBook(prices);
  const rows = new FocusRows(questions.basis);
  const shares = await sharesOf(questions);
  let [withoutCost, total] = [0, 0n];
  for (const charge of await chargesOf(questions, range)) {
    const amount = nanoOf(charge["amount"]);
    const remainder = textOf(charge["remainder"]);
    const list = remainder === null ? nanoOf(charge["list"]) : amount;
    const meters = remainder === null ? metersOf(charge, list, book) : [noMeter];
    if (amount === null || list === null || meters === null) {
      withoutCost++;
      continue;
    }
    total += amount;
    const unlinked = { fate: isUnused(remainder) ? "unused" : "unlinked", repository: textOf(charge["ran_repository"]), amount, list };
    for (const share of shares.get(charge["usage_id"] as number) ?? [unlinked]) {
      const [amounts, lists] = [split(share.amount, meters), split(share.list, meters)];
      for (const [m, { meter, picoPerMillion }] of meters.entries())
        rows.add({ ...partOf(charge, share), meter, picoPerMillion, amountNano: amounts[m] ?? 0n, listNano: lists[m] ?? 0n });
    }
  }
  const lines = [...rows.rows()].map(focusLine);
  return { csv: focusHead() + lines.join(""), rows: lines.length, basis: questions.basis, totalNanoUsd: total.toString(), withoutCost };
}

const textOf = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));
const nanoOf = (cell: Cell | undefined): bigint | null => (cell === null || cell === undefined ? null : BigInt(String(cell)));
const isUnused = (remainder: string | null): boolean => remainder === "unused_seat" || remainder === "commitment";

/** The tables of the file, which temp tables of another basis hide. */
async function fileOf(database: Database): Promise<string> {
  const [row] = await database.all("SELECT current_database() AS name");
  return `"${String(row?.["name"]).replaceAll('"', '""')}".main`;
}

async function chargesOf({ database, asOf }: Questions, { from, to }: ExportRange): Promise<readonly Row[]> {
  return await database.all(
    `SELECT u.*, c.remainder, c.list_nano_usd AS amount, x.list_nano_usd AS list, s.session_key, r.name AS ran_repository
     FROM charge c JOIN usage_d u USING (usage_id) LEFT JOIN ${await fileOf(database)}.charge x ON x.usage_id = u.usage_id
     LEFT JOIN session_d s ON s.session_id = u.session_id LEFT JOIN repository_d r ON r.repository_id = u.repository_id
     WHERE ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf) AND ($from::BIGINT IS NULL OR u.instant_ms >= $from)
       AND ($to::BIGINT IS NULL OR u.instant_ms < $to)
     ORDER BY u.instant_ms, u.usage_key, c.remainder, c.charge_id`,
    { asOf, from: from === null ? null : Date.parse(from), to: to === null ? null : Date.parse(to) + 86_400_000 },
  );
}

/** By usage: its parts by fate and by the repository its lines went to, else the one it ran in. */
async function sharesOf({ database }: Questions): Promise<ReadonlyMap<number, readonly Share[]>> {
  const read = async (table: string): Promise<readonly Row[]> =>
    await database.all(
      `SELECT l.usage_id, f.fate, coalesce(h.name, r.name) AS repository, CAST(sum(l.list_nano_usd) AS BIGINT) AS nano
       FROM ${table} l JOIN strand_fate f USING (strand_id) JOIN strand t USING (strand_id) JOIN usage_d u ON u.usage_id = l.usage_id
       LEFT JOIN repository_d h ON h.repository_id = t.repository_id LEFT JOIN repository_d r ON r.repository_id = u.repository_id
       GROUP BY ALL ORDER BY ALL`,
    );
  const shares = new Map<number, Share[]>();
  const find = (row: Row): Share => {
    const own = shares.get(row["usage_id"] as number) ?? [];
    shares.set(row["usage_id"] as number, own);
    const [fate, repository] = [String(row["fate"]), textOf(row["repository"])];
    const known = own.find((share) => share.fate === fate && share.repository === repository);
    if (known) return known;
    const share = { fate, repository, amount: 0n, list: 0n };
    own.push(share);
    return share;
  };
  for (const row of await read("ledger")) find(row).amount += nanoOf(row["nano"]) ?? 0n;
  for (const row of await read(`${await fileOf(database)}.ledger`)) find(row).list += nanoOf(row["nano"]) ?? 0n;
  return shares;
}

interface Meter extends Pick<FocusPart, "meter" | "picoPerMillion"> {
  readonly nano: bigint;
}

/** A remainder counts nothing. */
const noMeter: Meter = { meter: null, picoPerMillion: null, nano: 1n };

/** What the cost of a usage is made of. Null where it has no price. */
function metersOf(charge: Row, list: bigint | null, book: PriceBook): Meter[] | null {
  const count = (name: string): number => Number(charge[name]);
  const kinds = kindPrices(
    {
      provider: textOf(charge["provider"]),
      model: String(charge["model"]),
      instant: count("instant_ms"),
      counts: {
        input: count("input"),
        cacheRead: count("cache_read"),
        cacheWrite5m: count("cache_write_5m"),
        cacheWrite1h: count("cache_write_1h"),
        output: count("output"),
        reasoning: null,
      },
      serviceTier: textOf(charge["service_tier"]),
      speed: textOf(charge["speed"]),
      geo: textOf(charge["geo"]),
      webSearches: count("web_searches"),
      grain: (textOf(charge["grain"]) ?? "response") as UsageGrain, // written by derivedRows
    },
    book,
  );
  if (kinds === null || list === null) return null;
  const meters = kinds.map(({ kind, picoPerMillion, nano }): Meter => ({ meter: meterNames[kind], picoPerMillion, nano }));
  const rest = list - kinds.reduce((sum, { nano }) => sum + nano, 0n);
  if (rest !== 0n || meters.length === 0) meters.push({ meter: "requests", picoPerMillion: null, nano: rest });
  return meters;
}

const meterNames = {
  input: "input",
  cacheRead: "cache_read",
  cacheWrite5m: "cache_write_5m",
  cacheWrite1h: "cache_write_1h",
  output: "output",
} as const;

/** An amount over meters in the ratio of their list cost, exactly; evenly where that is nothing. */
function split(amount: bigint, meters: readonly Meter[]): bigint[] {
  const listed = meters.reduce((sum, { nano }) => sum + nano, 0n);
  const weight = (nano: bigint): bigint => (listed > 0n ? nano : 1n);
  const total = listed > 0n ? listed : BigInt(meters.length);
  let [upTo, given] = [0n, 0n];
  return meters.map(({ nano }) => {
    upTo += weight(nano);
    const part = (amount * upTo) / total - given;
    given += part;
    return part;
  });
}

const partOf = (charge: Row, { fate, repository }: Share): Omit<FocusPart, "meter" | "picoPerMillion" | "listNano" | "amountNano"> => ({
  day: new Date(Number(charge["instant_ms"])).toISOString().slice(0, 10),
  provider: textOf(charge["provider"]),
  model: textOf(charge["model"]),
  session: textOf(charge["session_key"]),
  agent: textOf(charge["agent"]),
  repository,
  fate,
  quality: textOf(charge["output_quality"]),
  remainder: textOf(charge["remainder"]),
});
