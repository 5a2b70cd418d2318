/**
 * Negative controls of the linker: writes that cannot have become the lines they are held against must not be linked to
 * them, and the same writes against their own repository must. Prints one `ControlShare` a line, as JSON.
 *
 * node link-controls.js STORE [--other GITDIR]...
 */
import { parseArgs } from "node:util";
import { loadFacts, outcomesOf, pathsOf, repositoryName } from "../../src/app/compute.ts";
import { namedSessions } from "../../src/app/evidence.ts";
import { knownRepository, locateWrites } from "../../src/app/locate-writes.ts";
import { type LocatedWrite, defaultLinkOptions, linkWrites } from "../../src/attribution/link.ts";
import type { CommitFact } from "../../src/contract/facts.ts";
import type { LineHistoryResult } from "../../src/contract/history.ts";
import { openGit, runGit } from "../../src/git/git.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { lineKind } from "../../src/lines/line-kind.ts";
import { LineHistory } from "../../src/outcomes/git/line-history.ts";
import { readCommits } from "../../src/outcomes/git/read-commits.ts";
import { FactStore } from "../../src/store/store.ts";

export interface ControlShare {
  readonly control: "own" | "own, one path" | "shifted" | "foreign, paths as they are" | "foreign, paths paired" | "foreign, one path";
  readonly writesOf: string;
  readonly linesOf: string;
  /** Non-trivial lines of the writes, and those of them found in a commit. */
  readonly written: number;
  readonly writtenLinked: number;
  /** Non-trivial changed lines of the commits that a write could have reached by its clock, and those of them that were linked. */
  readonly changed: number;
  readonly changedLinked: number;
  readonly links: number;
}

interface Mention {
  readonly session: string;
  readonly hash: string;
  readonly instant: number;
}

/** What is held against what. `reach`: the instants by which a commit counts as one the writes could have become. */
interface Trial extends Pick<ControlShare, "control" | "writesOf" | "linesOf"> {
  readonly history: LineHistoryResult;
  readonly writes: readonly LocatedWrite[];
  readonly mentions: readonly Mention[];
  readonly reach: readonly LocatedWrite[];
}

const dayMs = 86_400_000;
const shiftMs = 90 * dayMs;

const isNonTrivial = (kind: number): boolean => kind !== lineKind.trivial && kind !== lineKind.generated;

function shareOf({ control, writesOf, linesOf, history, writes, mentions, reach }: Trial): ControlShare {
  const { copies, links } = linkWrites(history, writes, namedSessions(history, mentions, [], true));
  const seen = writes.map((write) => new Uint8Array(write.diff.lines.kind.length));
  for (let i = 0; i < copies.count; i++) {
    const write = copies.write[i] as number;
    if (write < writes.length) (seen[write] as Uint8Array)[copies.place[i] as number] = 1;
  }
  let written = 0;
  let writtenLinked = 0;
  writes.forEach((write, w) => {
    write.diff.lines.kind.forEach((kind, place) => {
      if (!isNonTrivial(kind)) return;
      written++;
      writtenLinked += (seen[w] as Uint8Array)[place] as number;
    });
  });
  const changedLinked = links.reduce((sum, link) => sum + link.lines + link.linesRemoved, 0);
  return {
    control,
    writesOf,
    linesOf,
    written,
    writtenLinked,
    changed: changedWithinReach(history, reach),
    changedLinked,
    links: links.length,
  };
}

/** Non-trivial changed lines as the linker looks at them, of a merge only those born in it. */
function changedWithinReach(history: LineHistoryResult, writes: readonly LocatedWrite[]): number {
  let lines = 0;
  history.commits.forEach((commit, c) => {
    if (!isWithinReach(commit, writes)) return;
    const merge = commit.parents.length > 1;
    commit.files.forEach(({ diff }, f) => {
      const ids = history.changed[c]?.[f]?.ids ?? new Int32Array(0);
      let place = 0;
      for (let h = 0; h < diff.hunks.length; h += 4) {
        for (const side of [1, 0] as const) {
          for (const end = place + (diff.hunks[h + (side === 1 ? 1 : 3)] as number); place < end; place++) {
            const line = ids[place] ?? -1;
            if (line < 0 || (merge && (side === 1 || history.born[line] !== c))) continue;
            if (isNonTrivial(diff.lines.kind[place] as number)) lines++;
          }
        }
      }
    });
  });
  return lines;
}

/** Whether the linker would look at any of the writes for a commit. */
function isWithinReach({ authorAt, commitAt }: CommitFact, writes: readonly LocatedWrite[]): boolean {
  const next = writes[firstAtOrAfter(writes, Math.min(authorAt, commitAt) - defaultLinkOptions.windowMs)];
  return next !== undefined && next.instant <= commitAt + defaultLinkOptions.skewMs;
}

function firstAtOrAfter(writes: readonly LocatedWrite[], instant: number): number {
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((writes[middle] as LocatedWrite).instant < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

const later = <T extends { readonly instant: number }>(facts: readonly T[], byMs: number): T[] =>
  facts.map((fact) => ({ ...fact, instant: fact.instant + byMs }));

/** Every write may have become every line, wherever it is. */
const onePath = (writes: readonly LocatedWrite[]): LocatedWrite[] => writes.map((write) => ({ ...write, path: "every/file" }));

/**
 * The same history with one path. The linker tells common lines by the number of their paths, of which one is left: those
 * that were common are made trivial here, so that they bear no link by themselves, as they would not have before.
 */
function historyOnOnePath(history: LineHistoryResult): LineHistoryResult {
  const common = commonTexts(history);
  const commits = history.commits.map((commit) => ({
    ...commit,
    files: commit.files.map((file) => {
      const { lines } = file.diff;
      const kind = lines.kind.map((code, place) => (common.has(lines.bare[place] as number) ? lineKind.trivial : code));
      return { ...file, path: "every/file", oldPath: null, diff: { ...file.diff, lines: { ...lines, kind } } };
    }),
  }));
  return { ...history, commits };
}

/** Fingerprints that were changed in more paths than the linker calls distinctive. */
function commonTexts(history: LineHistoryResult): Set<number> {
  const changesOf = new Map<string, Float64Array[]>();
  for (const { path, diff } of history.commits.flatMap((commit) => commit.files)) {
    const changes = changesOf.get(path);
    if (changes) changes.push(diff.lines.bare);
    else changesOf.set(path, [diff.lines.bare]);
  }
  const paths = new Map<number, number>();
  for (const changes of changesOf.values()) {
    const texts = new Set<number>();
    for (const folded of changes) for (const text of folded) texts.add(text);
    for (const text of texts) paths.set(text, (paths.get(text) ?? 0) + 1);
  }
  return new Set([...paths].flatMap(([text, count]) => (count > defaultLinkOptions.commonPaths ? [text] : [])));
}

/**
 * The most written path becomes the path of the same extension that the other repository changed most within reach, and so
 * on down.
 */
function pairedPaths(writes: readonly LocatedWrite[], history: LineHistoryResult): LocatedWrite[] {
  const reached = history.commits.filter((commit) => isWithinReach(commit, writes));
  const ours = rankedByLines(writes.map(({ path, diff }) => ({ path, lines: diff.lines.kind.length })));
  const theirs = rankedByLines(
    reached.flatMap((commit) => commit.files.map(({ path, diff }) => ({ path, lines: diff.lines.kind.length }))),
  );
  const byExtension = new Map<string, string[]>();
  for (const path of theirs) byExtension.set(extensionOf(path), [...(byExtension.get(extensionOf(path)) ?? []), path]);
  const taken = new Map<string, number>();
  const pairs = new Map(
    ours.map((path) => {
      const extension = byExtension.has(extensionOf(path)) ? extensionOf(path) : null;
      const candidates = extension === null ? theirs : (byExtension.get(extension) as string[]);
      const rank = taken.get(extension ?? "any other") ?? 0;
      taken.set(extension ?? "any other", rank + 1);
      return [path, candidates[rank % candidates.length] ?? path] as const;
    }),
  );
  return writes.map((write) => ({ ...write, path: pairs.get(write.path) as string }));
}

function rankedByLines(entries: readonly { readonly path: string; readonly lines: number }[]): string[] {
  const lines = new Map<string, number>();
  for (const entry of entries) lines.set(entry.path, (lines.get(entry.path) ?? 0) + entry.lines);
  return [...lines].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([path]) => path);
}

function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : name;
}

interface Lines {
  readonly name: string;
  readonly history: LineHistoryResult;
}

async function readLines(gitDir: string, fingerprinter: Fingerprinter): Promise<Lines> {
  const git = openGit(gitDir, process.env);
  const tip = (await runGit(git, ["rev-parse", "HEAD^{commit}"])).toString("latin1").trim();
  const commits: CommitFact[] = [];
  for await (const commit of readCommits(git, { tips: [tip], fingerprinter, onProblem: () => undefined })) commits.push(commit);
  const history = new LineHistory(commits, tip);
  for (const commit of commits) history.apply(commit);
  return { name: gitDir, history: { commits, ...history.finish() } };
}

function tell(trial: Trial): void {
  console.log(JSON.stringify(shareOf(trial)));
}

/** The writes of one repository against the lines of another, by whole days moved to where that one's newest commit is. */
function tellForeign(own: string, writes: readonly LocatedWrite[], mentions: readonly Mention[], { name, history }: Lines): void {
  const newest = history.commits[history.tip]?.commitAt;
  const last = writes.at(-1)?.instant;
  if (newest === undefined || last === undefined) return;
  const byMs = Math.floor((newest - last) / dayMs) * dayMs;
  const moved = later(writes, byMs);
  const trial = { writesOf: own, linesOf: name, mentions: later(mentions, byMs), reach: moved };
  tell({ ...trial, control: "foreign, paths as they are", history, writes: moved });
  tell({ ...trial, control: "foreign, paths paired", history, writes: pairedPaths(moved, history) });
  tell({ ...trial, control: "foreign, one path", history: historyOnOnePath(history), writes: onePath(moved) });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { other: { type: "string", multiple: true } } });
  const store = await FactStore.open(positionals[0] ?? "", { readOnly: true });
  const loaded = await loadFacts(store, () => {});
  const fingerprinter = new Fingerprinter(await store.secret());
  store.close();

  const outcomes = loaded.repositories.map(({ stored, commits }) =>
    outcomesOf(stored, commits, { defaultBranches: {}, releasedBy: () => null, incidentLabels: [] }),
  );
  const repositoryOfCheckpoint = new Map(loaded.checkpoints.map(({ session, repository }) => [session, repository]));
  const known = outcomes.map(({ stored, history }) => knownRepository(stored, pathsOf(history.commits)));
  const located = locateWrites({ ...loaded, known, keptIn: repositoryOfCheckpoint, others: [] });
  const own = outcomes.map(({ repository, stored, history }) => ({
    name: repositoryName(stored),
    history,
    writes: located.writes.get(repository) ?? [],
  }));
  const { mentions } = loaded;

  for (const { name, history, writes } of own) {
    const trial = { writesOf: name, linesOf: name, history, reach: writes };
    tell({ ...trial, control: "own", writes, mentions });
    tell({ ...trial, control: "own, one path", history: historyOnOnePath(history), writes: onePath(writes), mentions });
    tell({ ...trial, control: "shifted", writes: later(writes, shiftMs), mentions: later(mentions, shiftMs) });
    for (const other of own) if (other.name !== name) tellForeign(name, writes, mentions, other);
  }
  for (const gitDir of values.other ?? []) {
    const lines = await readLines(gitDir, fingerprinter);
    for (const { name, writes } of own) tellForeign(name, writes, mentions, lines);
  }
}

await main();
