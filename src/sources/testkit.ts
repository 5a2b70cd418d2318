/**
 * What every source has to keep (STYLE 6), as tests that run on any of them: told twice is told once, reading in parts is
 * reading whole, damage is counted and nothing around it is lost. A source takes part with a harness that knows how to
 * lay an invented input out where the source looks for it.
 */
import type { Quality, TokenFact } from "../contract/facts.ts";
import { qualities, writeQualities } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import { Fingerprinter } from "../lines/fingerprint.ts";
import { openGit, runGit } from "../git/git.ts";
import type { Checkpoint, Found, Item, Source, SourceEnv } from "./source.ts";

export interface SourceHarness {
  readonly source: Source;
  /**
   * Puts content where the source looks for it, below `root`; told again, it replaces what was there. The content null
   * takes the place away but leaves what holds it.
   */
  place(root: string, content: Buffer | null): Promise<SourceEnv>;
  /** Where nothing was ever placed. */
  empty(root: string): Promise<SourceEnv>;
  /** Makes what was placed unreadable, even for root. */
  lock(root: string): Promise<SourceEnv>;
  /** A whole input of some records, each on a line, the last line ended. */
  readonly sample: Buffer;
  /** A line of a type nobody knows. */
  readonly unknownLine: string;
  /** Code and severity of a broken line with tokens in it; `torn_line lost` if left out. */
  readonly torn?: string;
  /** Severities of the problems of a last line that is not ended; one notice if left out. */
  readonly unfinished?: readonly string[];
  /** Of an input that is one JSON document: the sample with two parts of types nobody knows in it. Lines mean nothing there. */
  readonly documentWithUnknown?: Buffer;
}

/** A home folder on an invented Linux machine, and nothing else. */
export const envOfHome = (home: string | null): SourceEnv => ({
  home,
  variables: {},
  platform: "linux",
  gitDirs: [],
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
});

export interface Reading {
  readonly facts: readonly TokenFact[];
  readonly problems: readonly Problem[];
  /** By key of what was found; the last one told. */
  readonly checkpoints: ReadonlyMap<string, Checkpoint>;
}

/** Reads all a source finds. @param from where an earlier reading ended @param maxBatches stops each input after that many */
export async function readSource(
  source: Source,
  env: SourceEnv,
  from: Reading | null = null,
  maxBatches = Number.POSITIVE_INFINITY,
): Promise<Reading> {
  const facts: TokenFact[] = [];
  const problems: Problem[] = [];
  const checkpoints = new Map<string, Checkpoint>(from?.checkpoints);
  const take = (item: Item, found: Found): void => {
    if (item.kind === "fact") facts.push(item.fact);
    else if (item.kind === "problem") problems.push(item.problem);
    else checkpoints.set(found.key, item.checkpoint);
  };
  for await (const found of source.discover(env)) {
    if ("problem" in found) {
      problems.push(found.problem);
      continue;
    }
    let batches = 0;
    for await (const batch of found.read(from?.checkpoints.get(found.key) ?? null)) {
      for (const item of batch) take(item, found);
      if (++batches >= maxBatches) break;
    }
  }
  return { facts, problems, checkpoints };
}

/** Makes `ref` of the bare repository in `root` hold these files and nothing else; makes the repository if there is none. */
export async function commitFiles(
  root: string,
  ref: string,
  files: ReadonlyMap<string, Buffer>,
  variables: SourceEnv["variables"],
): Promise<void> {
  const git = openGit(root, variables);
  await runGit(git, ["init", "-q", "--bare", "."]);
  const parts = [`commit ${ref}\ncommitter Ada <ada@example.org> 1767348000 +0000\ndata 1\nx\ndeleteall\n`];
  for (const [path, content] of files) parts.push(`M 100644 inline ${path}\ndata ${content.length}\n`, content.toString("latin1"), "\n");
  await runGit(git, ["fast-import", "--quiet", "--force"], Buffer.from(parts.join(""), "latin1"));
}

/** Facts joined on their natural keys as the store joins them, in a canonical order: equal lists are equal knowledge. */
export function joinFacts(facts: readonly TokenFact[]): TokenFact[] {
  const joined = new Map<string, TokenFact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const known = joined.get(key);
    joined.set(key, known === undefined ? fact : joinTwo(known, fact));
  }
  return [...joined].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fact]) => fact);
}

function keyOf(fact: TokenFact): string {
  const parts = (): readonly (string | number | null)[] => {
    switch (fact.kind) {
      case "session":
        return [fact.agent, fact.session];
      case "sighting":
        return [fact.agent, fact.session, fact.messageId ?? fact.requestId ?? `${fact.instant} ${JSON.stringify(fact.counts)}`];
      case "turn":
        return [fact.agent, fact.session, fact.key];
      case "call":
        return [fact.agent, fact.callId];
      case "call_result":
        return [fact.agent, fact.callId];
      case "write":
        return [fact.agent, fact.callId, fact.path];
      case "commit_mention":
        return [fact.agent, fact.callId, fact.hash];
      case "pull_request_mention":
        return [fact.agent, fact.session, fact.repository, fact.number];
      case "checkpoint":
        return [fact.gitDir, fact.entry];
      case "session_label":
        return [fact.agent, fact.session, fact.label, fact.value];
      case "metric_point":
        return [fact.agent, fact.session, fact.measure, fact.series, fact.startAt, fact.endAt];
      default:
        return fact satisfies never;
    }
  };
  return JSON.stringify([fact.kind, ...parts()]);
}

type Loose = Record<string, unknown>;

/** Best first: a transcript that was absent once may come with a later fetch. */
const transcriptStates = ["present", "not_supported", "empty", "absent", "none"];

/** Maximum per count, best quality, earliest instant, first known value. */
function joinTwo(known: TokenFact, again: TokenFact): TokenFact {
  if (known.kind === "write" && again.kind === "write") {
    return writeQualities.indexOf(again.quality) < writeQualities.indexOf(known.quality) ? again : known;
  }
  const joined: Loose = { ...known };
  for (const [name, value] of Object.entries(again)) joined[name] = joinValue(name, joined[name], value);
  return joined as unknown as TokenFact; // the fields of two facts of one kind, joined field by field
}

function joinValue(name: string, known: unknown, again: unknown): unknown {
  if (known === null || known === undefined) return again;
  if (name === "counts")
    return Object.fromEntries(Object.entries(known).map(([count, value]) => [count, joinValue(count, value, (again as Loose)[count])]));
  if (name === "outputQuality") return qualities[Math.min(qualities.indexOf(known as Quality), qualities.indexOf(again as Quality))];
  if (name === "transcript")
    return transcriptStates[Math.min(transcriptStates.indexOf(String(known)), transcriptStates.indexOf(String(again)))];
  if (typeof known !== "number" || typeof again !== "number") return known;
  return name === "instant" || name === "firstAt" ? Math.min(known, again) : name === "promptFingerprint" ? known : Math.max(known, again);
}
