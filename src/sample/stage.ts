import { Chronicle, type Witness } from "./chronicle.ts";
import { type Subject, subjectFrom, subjectsOf, textOf } from "./code-text.ts";
import { hunksBetween, type Line, type NewLine } from "./lines.ts";
import { type HardCase, HardCases } from "./hard-cases.ts";
import type { Random } from "./random.ts";
import type { Branch, Commit, Repository } from "./repository.ts";
import type { Person } from "./team.ts";
import type { SessionLog } from "./transcript.ts";

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Ages the stories keep away from, so that no fate hangs on an hour: the rule's border is 21 days. */
const oldFromMs = 26 * dayMs;
const youngMs = { from: 0.8 * dayMs, to: 12 * dayMs };

/** One session as the stage remembers it. */
export interface PlayedSession {
  readonly log: SessionLog;
  readonly person: Person;
  readonly repository: Repository;
  readonly purpose: "build" | "research" | "operate";
  /** `missing`: it took place, and no transcript is left. */
  readonly transcript: "present" | "missing";
  /** Session this one began as a copy of, with the responses that were copied. */
  readonly forkOf: { readonly session: string; readonly messageIds: readonly string[] } | null;
}

interface Unit {
  readonly path: string;
  readonly subject: Subject;
  readonly witness: Witness;
  landedAt: number | null;
  touchedAt: number;
}

export type Age = "old" | "young";

/** Everything the stories share: the log of events, the repositories, who holds what, and the clock's queue. */
export class Stage {
  readonly chronicle = new Chronicle();
  readonly cases = new HardCases();
  readonly sessions: PlayedSession[] = [];
  /** Commits by the session whose shell made them and printed their hash. */
  readonly printed = new Map<string, Commit[]>();
  readonly startAt: number;
  readonly endsAt: number;
  readonly #units = new Map<number, Unit>();
  readonly #texts = new Set<string>();
  readonly #queue: { at: number; order: number; story: Generator<number, void> }[] = [];
  #order = 0;

  constructor(startAt: number, endsAt: number) {
    this.startAt = startAt;
    this.endsAt = endsAt;
  }

  /** A story yields the instant it wants to go on at. */
  tell(story: Generator<number, void>): void {
    this.#advance(story);
  }

  /** Plays all stories in the order of time, until the end. */
  play(): void {
    for (;;) {
      let next = 0;
      for (let i = 1; i < this.#queue.length; i++) {
        const [a, b] = [this.#queue[i], this.#queue[next]];
        if (a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order))) next = i;
      }
      const [entry] = this.#queue.splice(next, 1);
      if (entry === undefined || entry.at > this.endsAt) return;
      this.#advance(entry.story);
    }
  }

  #advance(story: Generator<number, void>): void {
    const step = story.next();
    if (!step.done) this.#queue.push({ at: step.value, order: this.#order++, story });
  }

  /** Marks every line a branch brings or brought. */
  markBranch(branch: Branch, name: HardCase): void {
    for (const [path, lines] of branch.files) {
      const before = branch.base.files.get(path);
      if (before === lines) continue;
      const old = new Set(before);
      for (const line of lines) if (!old.has(line)) this.cases.markLine(line.id, name);
    }
  }

  /** Text for a new unit in which no telling line was ever used in the sample. */
  freshUnit(random: Random, path: string, subject: Subject): readonly NewLine[] {
    return this.#fresh(
      () => textOf(path).unit(random, subject),
      (line) => line.text,
    );
  }

  freshStatement(random: Random, path: string, subject: Subject): readonly string[] {
    return this.#fresh(
      () => textOf(path).statement(random, subject),
      (line) => line,
    );
  }

  #fresh<T>(make: () => readonly T[], text: (line: T) => string): readonly T[] {
    for (let attempt = 1; ; attempt++) {
      const lines = make();
      const telling = lines.map(text).filter((line) => line.length >= 14);
      if (attempt < 50 && telling.some((line) => this.#texts.has(line))) continue;
      for (const line of telling) this.#texts.add(line);
      return lines;
    }
  }

  /** Lines of a new unit, known from now on. */
  newUnit(random: Random, path: string, subject: Subject, witness: Witness): readonly Line[] {
    const id = this.#register(path, subject, witness);
    return this.freshUnit(random, path, subject).map((line) => this.chronicle.newLine(line, id));
  }

  /** Lines of a whole new file. */
  newFile(random: Random, path: string, subject: Subject, units: number, witness: Witness): readonly Line[] {
    const id = this.#register(path, subject, witness);
    const { header, footer } = textOf(path);
    const frame = (lines: readonly NewLine[]): Line[] => lines.map((line) => this.chronicle.newLine(line, id));
    const inner = Array.from({ length: units }, () => this.newUnit(random, path, subject, witness)).flat();
    return [...frame(header(random, subject)), ...inner, ...frame(footer?.(random, subject) ?? [])];
  }

  #register(path: string, subject: Subject, witness: Witness): number {
    const id = this.chronicle.newUnit();
    this.#units.set(id, { path, subject, witness, landedAt: null, touchedAt: 0 });
    return id;
  }

  subjectOfUnit(unit: number): Subject {
    const found = this.#units.get(unit);
    if (found === undefined) throw new Error(`no unit ${unit}`);
    return found.subject;
  }

  /** Call after each commit on a default branch: units age by what happens to them there. */
  landed(before: Commit | null, commit: Commit): void {
    for (const [path, lines] of commit.files) {
      const old = before?.files.get(path);
      if (old === lines) continue;
      for (const hunk of hunksBetween(old, lines)) {
        for (const line of [...hunk.removed, ...hunk.added]) {
          const unit = this.#units.get(line.unit);
          if (unit === undefined) continue;
          unit.landedAt ??= commit.commitAt;
          unit.touchedAt = commit.commitAt;
        }
      }
    }
  }

  /**
   * Takes hold of a unit of the default branch for a branch, or gives null if none fits.
   * `young`: by an agent whose edits are logged, landed lately; `old`: untouched for long.
   */
  take(
    random: Random,
    repository: Repository,
    branch: Branch,
    age: Age,
    now: number,
    fits: (path: string) => boolean,
  ): { path: string; unit: number } | null {
    const found: { path: string; unit: number }[] = [];
    for (const [path, lines] of branch.files) {
      if (!fits(path) || repository.tip.files.get(path) === undefined) continue;
      for (const [unit, statements] of statementCounts(lines)) {
        if (statements >= leastStatements(path) && !repository.held.has(unit) && this.#isOfAge(unit, age, now)) found.push({ path, unit });
      }
    }
    if (found.length === 0) return null;
    const taken = random.pick(found);
    this.hold(repository, branch, taken.unit);
    return taken;
  }

  hold(repository: Repository, branch: Branch, unit: number): void {
    repository.held.add(unit);
    branch.units.add(unit);
  }

  #isOfAge(id: number, age: Age, now: number): boolean {
    const unit = this.#units.get(id);
    if (unit === undefined || unit.landedAt === null) return false;
    if (age === "old") return now - unit.touchedAt >= oldFromMs;
    const since = now - unit.landedAt;
    return unit.witness === "logged" && unit.touchedAt === unit.landedAt && since >= youngMs.from && since <= youngMs.to;
  }
}

/** Lock entries and paragraphs are one statement; elsewhere a unit should have some to change and some to keep. */
const leastStatements = (path: string): number => (isLockFile(path) || path.startsWith("guide/") ? 1 : 3);

export const isLockFile = (path: string): boolean => path.endsWith("package-lock.json") || path.endsWith("go.sum");

/** Statements by unit, in the order the units stand. */
export function statementCounts(lines: readonly Line[]): Map<number, number> {
  const seen = new Map<number, Set<number>>();
  for (const line of lines) {
    const statements = seen.get(line.unit) ?? new Set();
    if (line.statement > 0) statements.add(line.statement);
    seen.set(line.unit, statements);
  }
  return new Map([...seen].map(([unit, statements]) => [unit, statements.size]));
}

/** `[start, end)` of a unit. */
export function spanOf(lines: readonly Line[], unit: number): { start: number; end: number } {
  const start = lines.findIndex((line) => line.unit === unit);
  if (start < 0) throw new Error(`unit ${unit} is not in the file`);
  return { start, end: lines.findLastIndex((line) => line.unit === unit) + 1 };
}

/** Nouns of a repository's product, in an order of their own for every seed. */
export function subjectsFor(random: Random, product: keyof typeof subjectsOf): () => Subject {
  const all = subjectsOf[product];
  let left: string[] = [];
  return () => {
    if (left.length === 0) left = [...all];
    const [noun] = left.splice(random.int(0, left.length - 1), 1);
    return subjectFrom(random, all, noun);
  };
}
