import type { Witness } from "./chronicle.ts";
import type { Subject } from "./code-text.ts";
import type { Line } from "./lines.ts";
import type { Random } from "./random.ts";
import { spanOf, type Stage, statementCounts } from "./stage.ts";

/** What an edit makes of a file. */
export type Rewrite = (before: readonly Line[]) => readonly Line[];

/** Replaces a run of statements of a unit by as many new ones. */
export function changedUnit(stage: Stage, random: Random, path: string, unit: number, statements: number): Rewrite {
  return (before) => {
    const span = spanOf(before, unit);
    const ids = [...new Set(before.slice(span.start, span.end).map((line) => line.statement))].filter((id) => id > 0);
    const count = Math.min(statements, ids.length);
    const from = random.int(0, ids.length - count);
    const taken = new Set(ids.slice(from, from + count));
    const isTaken = (line: Line): boolean => line.unit === unit && taken.has(line.statement);
    const next = Math.max(0, ...ids);
    const subject = stage.subjectOfUnit(unit);
    const news = Array.from({ length: count }, (_, index) =>
      stage.freshStatement(random, path, subject).map((text) => ({ text, statement: next + 1 + index })),
    ).flat();
    return stage.chronicle.relined(before, before.findIndex(isTaken), before.findLastIndex(isTaken) + 1, news, unit);
  };
}

/** Puts a new unit behind another one. */
export function insertedUnit(stage: Stage, random: Random, path: string, subject: Subject, witness: Witness): Rewrite {
  return (before) => {
    const hosts = [...statementCounts(before)].filter(([, statements]) => statements > 0).map(([unit]) => unit);
    const at = hosts.length > 0 ? spanOf(before, random.pick(hosts)).end : before.length;
    return [...before.slice(0, at), ...stage.newUnit(random, path, subject, witness), ...before.slice(at)];
  };
}

/** Takes a unit out, nothing in its place. */
export function withoutUnit(unit: number): Rewrite {
  return (before) => before.filter((line) => line.unit !== unit);
}
