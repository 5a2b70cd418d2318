import { join } from "node:path";
import { type CausedMove, type Distribution, restatementsOf, total } from "../analysis/restatement.ts";
import { rulesVersion } from "../attribution/fates.ts";
import type { ClosedPeriod, Restatement, RestatementRow } from "../contract/close.ts";
import { UserError } from "../contract/errors.ts";
import { type FateName, type FateParameters, fateNames } from "../contract/fates.ts";
import { nextBucket } from "../measures/buckets.ts";
import {
  type PeriodSpan,
  type Snapshot,
  type StoredClose,
  type UsageParts,
  addClose,
  readCloses,
  readSnapshot,
  usagePartsOf,
} from "../store/closed-periods.ts";
import { factsFile } from "../store/place.ts";
import { ensureDerived, readOptionsConfig, withFacts } from "./derived.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { Questions } from "./questions.ts";
import { keepingSeen } from "./seen.ts";

/** Snapshots of all closed periods, oldest period first; of a period closed again the newest. */
export async function listCloses({ folder }: OpenAssayOptions): Promise<ClosedPeriod[]> {
  return await withFacts(folder, true, async ({ database }) => {
    const closed = [];
    for (const close of await readCloses(database)) closed.push(describe(close, await readSnapshot(database, close.id)));
    return closed;
  });
}

/**
 * Keeps what is known of a month as it is now. A period that was closed keeps its earlier snapshot too; the newest is
 * the one that restatements speak of.
 * @throws UserError `bad_period`, `period_not_over`, `already_closed` unless `again`
 */
export async function closePeriod(
  options: OpenAssayOptions,
  asked: { readonly period: string; readonly timeZone: string; readonly again: boolean },
): Promise<ClosedPeriod> {
  const { folder } = options;
  const { period, timeZone, again } = asked;
  await ensureDerived(options, () => {});
  const parameters = readOptionsConfig(options).fates;
  const { span, knownUntil } = await withQuestions(folder, null, parameters, async (questions) => ({
    span: await spanOf(questions, period, timeZone),
    knownUntil: await newestInstant(questions),
  }));
  const closedAt = options.now();
  if (span.to > closedAt) {
    throw new UserError("period_not_over", `${period} is not over yet in ${timeZone}.`, { hint: "Close it when it has ended." });
  }
  // As of the newest fact, not of "now": asked again later, the same instant gives the same answer from the same facts.
  const snapshot = await withQuestions(folder, knownUntil, parameters, async (questions) => ({
    usages: await usagesOf(questions, span),
    tips: await tipsOf(questions),
  }));
  if (snapshot.usages.size === 0) {
    throw new UserError("nothing_to_close", `No usage of ${period} is known.`, { hint: "Import first, or check the month." });
  }
  const close: StoredClose = { ...span, closedAt, knownUntil, parameters, rulesVersion };
  const keep = () =>
    withFacts(folder, false, async ({ database }) => {
      if (!again && (await readCloses(database)).some((earlier) => earlier.period === period)) {
        throw new UserError("already_closed", `${period} is closed already.`, {
          hint: `\`assay restatement ${period}\` says what changed since; --again closes it anew and keeps the earlier snapshot.`,
        });
      }
      await addClose(database, close, snapshot);
    });
  await keepingSeen(folder, join(folder, factsFile), keep);
  return describe(close, snapshot);
}

/**
 * What a closed period says today, and every dollar that differs from its snapshot by cause. Per fate, snapshot plus
 * ripening plus restatements is today's number, exactly. Moves are net for one usage.
 * @throws UserError `not_closed`
 */
export async function restatementOf(options: OpenAssayOptions, period: string): Promise<Restatement> {
  const { folder } = options;
  await ensureDerived(options, () => {});
  const { close, snapshot } = await withFacts(folder, true, async ({ database }) => {
    const found = (await readCloses(database)).find((closed) => closed.period === period);
    if (!found) {
      throw new UserError("not_closed", `${period} is not closed.`, { hint: `\`assay close ${period}\` keeps what it says now.` });
    }
    return { close: found, snapshot: await readSnapshot(database, found.id) };
  });
  const parameters = readOptionsConfig(options).fates;
  const usages = (asOf: number | null, by: FateParameters) => withQuestions(folder, asOf, by, (questions) => usagesOf(questions, close));
  const revisited = await usages(close.knownUntil, close.parameters);
  const sameParameters = JSON.stringify(parameters) === JSON.stringify(close.parameters);
  const reruled = sameParameters ? revisited : await usages(close.knownUntil, parameters);
  const { now, rewritten, incident } = await withQuestions(folder, null, parameters, async (questions) => ({
    now: await usagesOf(questions, close),
    rewritten: await rewrittenUsages(questions, snapshot.tips),
    incident: await incidentUsages(questions),
  }));
  const keys = new Set([...snapshot.usages.keys(), ...revisited.keys(), ...now.keys()]);
  const moves = [...keys].flatMap((key) =>
    restatementsOf({
      closed: snapshot.usages.get(key)?.parts ?? null,
      revisited: revisited.get(key)?.parts ?? null,
      reruled: reruled.get(key)?.parts ?? null,
      now: now.get(key)?.parts ?? null,
      sameCounts: snapshot.usages.get(key)?.tokens === revisited.get(key)?.tokens,
      otherRules: close.rulesVersion !== rulesVersion,
      rewritten: rewritten.has(key),
      incident: incident.has(key),
    }).map((move) => ({ ...move, key })),
  );
  const grouped = groupMoves(moves);
  const isRipening = ({ cause }: { cause: CausedMove["cause"] }): boolean => cause === "ripening";
  return {
    closed: describe(close, snapshot),
    fates: fateNames
      .map((fate) => ({
        fate,
        closedNanoUsd: sumOf(snapshot.usages, fate).toString(),
        ripenedNanoUsd: netOf(moves.filter(isRipening), fate).toString(),
        restatedNanoUsd: netOf(
          moves.filter((move) => !isRipening(move)),
          fate,
        ).toString(),
        nowNanoUsd: sumOf(now, fate).toString(),
      }))
      .filter((row) => [row.closedNanoUsd, row.ripenedNanoUsd, row.restatedNanoUsd, row.nowNanoUsd].some((nano) => nano !== "0")),
    restatements: grouped.filter((row): row is RestatementRow => !isRipening(row)),
    ripened: grouped.filter(isRipening).map(({ from, to, nanoUsd, usages }) => ({ from, to, nanoUsd, usages })),
  };
}

async function withQuestions<T>(
  folder: string,
  asOf: number | null,
  parameters: FateParameters,
  use: (questions: Questions) => Promise<T>,
): Promise<T> {
  const questions = await Questions.open(folder, asOf, parameters);
  try {
    return await use(questions);
  } finally {
    questions.close();
  }
}

async function spanOf({ database }: Questions, period: string, timeZone: string): Promise<PeriodSpan> {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(period)) {
    throw new UserError("bad_period", `'${period}' is no month.`, { hint: "Write it as 2026-10." });
  }
  const from = `${period}-01`;
  const [row] = await database.all(
    "SELECT epoch_ms(timezone($timeZone, CAST($from AS TIMESTAMP))) AS starts, epoch_ms(timezone($timeZone, CAST($to AS TIMESTAMP))) AS ends",
    { timeZone, from, to: nextBucket(from, "month") },
  );
  return { period, timeZone, from: Number(row?.["starts"]), to: Number(row?.["ends"]) };
}

/** Newest instant anything stored happened at. */
async function newestInstant({ database }: Questions): Promise<number> {
  const [row] = await database.all(
    `SELECT greatest((SELECT max(instant_ms) FROM usage_d), (SELECT max(commit_ms) FROM commit_d), (SELECT max(horizon_ms) FROM repository_d),
       (SELECT max(greatest(written_ms, committed_ms, landed_ms, released_ms, died_ms, superseded_ms, undone_ms, last_active_ms)) FROM strand)) AS newest`,
  );
  return Number(row?.["newest"] ?? 0);
}

/** What each usage of a period cost, by fate. */
async function usagesOf({ database, asOf }: Questions, { from, to }: PeriodSpan): Promise<Map<string, UsageParts>> {
  const rows = await database.all(
    `SELECT u.usage_key, any_value(u.input + u.cache_read + u.cache_write_5m + u.cache_write_1h + u.output) AS tokens,
       coalesce(f.fate, 'unlinked') AS fate, CAST(sum(CASE WHEN l.strand_id IS NULL THEN c.list_nano_usd ELSE l.list_nano_usd END) AS BIGINT) AS list_nano_usd
     FROM usage_d u JOIN charge c USING (usage_id) LEFT JOIN ledger l ON l.charge_id = c.charge_id LEFT JOIN strand_fate f ON f.strand_id = l.strand_id
     WHERE u.instant_ms >= $from AND u.instant_ms < $to AND ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf)
     GROUP BY u.usage_key, fate ORDER BY u.usage_key, fate`,
    { from, to, asOf },
  );
  return usagePartsOf(rows);
}

/** Newest commit of each default branch, by the repository's name. */
async function tipsOf({ database }: Questions): Promise<Map<string, string>> {
  const rows = await database.all(
    `SELECT r.name, min(c.commit_hash) AS tip FROM repository_d r JOIN commit_d c USING (repository_id)
     WHERE c.on_default AND c.commit_ms = r.horizon_ms GROUP BY r.name`,
  );
  return new Map(rows.map((row) => [row["name"] as string, row["tip"] as string]));
}

/** Usages that worked on a default branch which no longer holds the commit it ended with at the close. */
async function rewrittenUsages({ database }: Questions, tips: Snapshot["tips"]): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const [name, tip] of tips) {
    const rows = await database.all(
      `SELECT DISTINCT u.usage_key FROM repository_d r
       JOIN strand t USING (repository_id) JOIN ledger l USING (strand_id) JOIN usage_d u USING (usage_id)
       WHERE r.name = $name AND NOT EXISTS (FROM commit_d c WHERE c.repository_id = r.repository_id AND c.commit_hash = $tip AND c.on_default)`,
      { name, tip },
    );
    for (const row of rows) keys.add(row["usage_key"] as string);
  }
  return keys;
}

/** Usages of which incidents name every removal that took something out. */
async function incidentUsages({ database }: Questions): Promise<ReadonlySet<string>> {
  const rows = await database.all(
    `SELECT u.usage_key FROM strand_fate f JOIN strand t USING (strand_id) JOIN ledger l USING (strand_id) JOIN usage_d u USING (usage_id)
     WHERE f.fate = 'reverted' GROUP BY u.usage_key HAVING bool_and(t.death = 'incident')`,
  );
  return new Set(rows.map((row) => row["usage_key"] as string));
}

function describe(close: StoredClose, { usages }: Snapshot): ClosedPeriod {
  const { period, timeZone, closedAt, knownUntil, parameters } = close;
  const spend = [...usages.values()].reduce((sum, { parts }) => sum + (parts === null ? 0n : total(parts)), 0n);
  return {
    period,
    timeZone,
    closedAt: new Date(closedAt).toISOString(),
    knownUntil: new Date(knownUntil).toISOString(),
    spendNanoUsd: spend.toString(),
    usages: usages.size,
    parameters,
    rulesVersion: close.rulesVersion,
  };
}

const sumOf = (usages: ReadonlyMap<string, UsageParts>, fate: FateName): bigint =>
  [...usages.values()].reduce((sum, { parts }) => sum + ((parts as Distribution | null)?.get(fate) ?? 0n), 0n);

const netOf = (moves: readonly CausedMove[], fate: FateName): bigint =>
  moves.reduce((sum, { from, to, nanoUsd }) => sum + (to === fate ? nanoUsd : 0n) - (from === fate ? nanoUsd : 0n), 0n);

type GroupedMove = Omit<RestatementRow, "cause"> & { readonly cause: CausedMove["cause"] };

function groupMoves(moves: readonly (CausedMove & { readonly key: string })[]): GroupedMove[] {
  const groups = new Map<string, { move: CausedMove; nano: bigint; keys: Set<string> }>();
  for (const move of moves) {
    const id = `${move.cause} ${move.from} ${move.to}`;
    const group = groups.get(id) ?? { move, nano: 0n, keys: new Set<string>() };
    groups.set(id, { ...group, nano: group.nano + move.nanoUsd });
    group.keys.add(move.key);
  }
  return [...groups]
    .sort(([a, { nano: x }], [b, { nano: y }]) => (x === y ? (a < b ? -1 : 1) : x > y ? -1 : 1))
    .map(([, { move, nano, keys }]) => ({ cause: move.cause, from: move.from, to: move.to, nanoUsd: nano.toString(), usages: keys.size }));
}
