import type { CommitFact, RefFact } from "../../contract/facts.ts";
import type { Change, ChangesResult, ToldChange, ToldChanges } from "../../contract/history.ts";
import { pullRequestOf } from "./code-refs.ts";
import { type CommitGraph, firstParents, graphOf, landingsOf, walkBack } from "./graph.ts";

const none = -1;

/** A change while it is put together. */
interface Draft {
  readonly change: Change;
  /** The commits that landed it: they are its own whatever else could claim them. */
  readonly own: readonly number[];
  /** Newest commit of its head, -1 if no ref shows it. */
  readonly head: number;
}

/**
 * Pull requests and direct pushes (RULINGS 5). A pull request is known by its head ref, by the subject of its squash
 * commit `(#N)` or of its merge commit on the default branch; the last two say it landed, as does a head the default branch
 * contains. What the first-parent chain has besides is a direct push, one change a commit.
 *
 * `changeOf`: a squash or merge commit belongs to its change, and so do the commits a merge brought in and the commits of
 * pull heads; where two could claim a commit, the one that held it first in history (an inner merge before an outer one).
 *
 * What a forge told outranks what subjects and refs let guess: whether and when a change landed, by which commit, and which
 * numbers are issues.
 * @param commits in topological order, parents first
 * @param tip index of the default branch's newest commit, -1 for none
 * @param told by the forge; null for git alone
 */
export function findChanges(
  commits: readonly CommitFact[],
  refs: readonly RefFact[],
  tip: number,
  told: ToldChanges | null = null,
): ChangesResult {
  const graph = graphOf(commits);
  const landing = landingsOf(graph, tip);
  const heads = pullHeads(refs, graph);
  const evidence = landingEvidence(graph, landing);
  const toldOf = new Map(told?.changes.map((change) => [change.number, change]));
  const found = [...new Set([...heads.keys(), ...evidence.keys(), ...toldOf.keys()])];
  const numbers = found.filter((number) => toldOf.has(number) || told?.issues.has(number) !== true).sort((a, b) => a - b);
  const drafts = numbers.map((number) => {
    const [subjects, head, change] = [evidence.get(number) ?? [], heads.get(number) ?? none, toldOf.get(number)];
    const guess = draftPullRequest(graph, landing, number, subjects, head);
    return change === undefined ? guess : draftTold(graph, landing, change, guess, head);
  });
  const taken = new Set(drafts.flatMap(({ own }) => own));
  const direct = firstParents(graph, tip)
    .filter((index) => !taken.has(index))
    .map((index) => draftPush(graph, index));
  const all = [...drafts, ...direct];
  return { changes: all.map(({ change }) => change), changeOf: claim(graph, all, landing) };
}

/** Number → newest known head. Several refs (a fork's, a clone's) may hold one number: the latest in history counts. */
function pullHeads(refs: readonly RefFact[], graph: CommitGraph): ReadonlyMap<number, number> {
  const heads = new Map<number, number>();
  for (const { name, commit } of refs) {
    const number = pullRequestOf(name);
    const index = graph.indexOf.get(commit);
    if (number !== null && index !== undefined) heads.set(number, Math.max(index, heads.get(number) ?? none));
  }
  return heads;
}

interface Evidence {
  readonly index: number;
  readonly kind: "merge_subject" | "squash_subject";
}

/** Commits of the default branch whose message says which pull request they landed, oldest first. */
function landingEvidence(graph: CommitGraph, landing: Int32Array): ReadonlyMap<number, readonly Evidence[]> {
  const evidence = new Map<number, Evidence[]>();
  graph.commits.forEach((commit, index) => {
    const number = commit.mergeOf ?? commit.squashOf;
    if (number === null || landing[index] === none) return;
    const found: Evidence = { index, kind: commit.mergeOf === null ? "squash_subject" : "merge_subject" };
    evidence.set(number, [...(evidence.get(number) ?? []), found]);
  });
  return evidence;
}

function draftPullRequest(graph: CommitGraph, landing: Int32Array, number: number, evidence: readonly Evidence[], head: number): Draft {
  const landed = evidence[0] === undefined ? (landing[head] ?? none) : (landing[evidence[0].index] as number);
  const change: Change = {
    id: `pull:${number}`,
    kind: "pull_request",
    number,
    landedCommit: graph.commits[landed]?.hash ?? null,
    landedAt: graph.commits[landed]?.commitAt ?? null,
    evidence: evidence[0]?.kind ?? (landed === none ? "pull_head" : "head_is_ancestor"),
    headCommit: graph.commits[head]?.hash ?? null,
    headAt: graph.commits[head]?.commitAt ?? null,
  };
  if (evidence.length > 0 || landed === none) return { change, own: evidence.map(({ index }) => index), head };
  const broughtByLanding = landed === head || graph.parents[landed]?.includes(head) === true;
  return { change, own: broughtByLanding ? [landed] : [], head };
}

/** A change as its forge tells it; what it does not tell is as git shows. */
function draftTold(graph: CommitGraph, landing: Int32Array, told: ToldChange, guess: Draft, pullHead: number): Draft {
  const { state } = told;
  if (state === null) return guess;
  const toldHead = told.headCommit === null ? none : (graph.indexOf.get(told.headCommit) ?? none);
  const head = pullHead === none ? toldHead : pullHead;
  const change: Change = {
    ...guess.change,
    state,
    headCommit: graph.commits[head]?.hash ?? guess.change.headCommit,
    headAt: graph.commits[head]?.commitAt ?? guess.change.headAt,
  };
  if (state !== "landed") {
    // Commits of it that are on the default branch came there by another way: they are somebody's push.
    const isGuessed = change.landedAt !== null;
    const notLanded: Change = { ...change, landedCommit: null, landedAt: null, evidence: isGuessed ? "forge" : guess.change.evidence };
    return { change: notLanded, own: [], head: head !== none && landing[head] !== none ? none : head };
  }
  const named = told.landingCommits
    .map((hash) => graph.indexOf.get(hash) ?? none)
    .filter((index) => index !== none && landing[index] !== none);
  const index = named[0];
  if (index === undefined) {
    // Its commit is not in this copy, or it landed on another branch.
    const landedAt = change.landedCommit !== null || told.toDefault === true ? (told.landedAt ?? change.landedAt) : null;
    return { change: { ...change, landedAt, evidence: change.landedCommit === null ? "forge" : change.evidence }, own: guess.own, head };
  }
  const landed = graph.commits[landing[index] as number] as CommitFact;
  const agrees = guess.change.landedCommit === landed.hash;
  return {
    change: {
      ...change,
      landedCommit: landed.hash,
      landedAt: told.landedAt ?? landed.commitAt,
      evidence: agrees ? guess.change.evidence : "forge",
    },
    own: [...new Set([index, ...(agrees ? guess.own : [])])],
    head,
  };
}

function draftPush(graph: CommitGraph, index: number): Draft {
  const { hash, commitAt } = graph.commits[index] as CommitFact;
  const change: Change = {
    id: `push:${hash}`,
    kind: "direct",
    number: null,
    landedCommit: hash,
    landedAt: commitAt,
    evidence: "push",
    headCommit: null,
    headAt: null,
  };
  return { change, own: [index], head: none };
}

/**
 * Gives each commit to its change: landing commits first, then what merges brought in (inner merges before outer ones, so
 * that an inner change keeps its commits), last the commits of heads that are not on the default branch.
 */
function claim(graph: CommitGraph, drafts: readonly Draft[], landing: Int32Array): Int32Array {
  const claims = new Claims(graph, landing);
  drafts.forEach(({ own }, change) => {
    for (const index of own) claims.take(index, change);
  });
  const merges = drafts.flatMap(({ own }, change) => own.map((index) => ({ index, change }))).sort((a, b) => a.index - b.index);
  for (const { index, change } of merges) if (claims.changeOf[index] === change) claims.takeMerged(index, change);
  const heads = drafts.map(({ head }, change) => ({ head, change })).filter(({ head }) => head !== none);
  heads.sort((a, b) => a.head - b.head || a.change - b.change);
  for (const { head, change } of heads) {
    if (landing[head] === none) claims.takeUnlanded(head, change);
    else if (landing[head] !== head) claims.takeLanded([head], landing[head] as number, new Set(), change);
  }
  return claims.changeOf;
}

class Claims {
  readonly changeOf: Int32Array;
  readonly #graph: CommitGraph;
  readonly #landing: Int32Array;

  constructor(graph: CommitGraph, landing: Int32Array) {
    this.#graph = graph;
    this.#landing = landing;
    this.changeOf = new Int32Array(graph.commits.length).fill(none);
  }

  /** @returns false if another change has it */
  take(index: number, change: number): boolean {
    if (this.changeOf[index] !== none) return false;
    this.changeOf[index] = change;
    return true;
  }

  /** `M^1..M^2` and further parents. */
  takeMerged(merge: number, change: number): void {
    const [first = none, ...others] = this.#graph.parents[merge] as readonly number[];
    if (others.length === 0) return;
    const landed = this.#landing[merge] as number;
    const before = new Set<number>();
    walkBack(this.#graph, [first], (index) => this.#landing[index] === landed && !before.has(index) && before.add(index) !== undefined);
    this.takeLanded(others, landed, before, change);
  }

  /** What the starts lead to of the commits that landed with `landed`; goes on behind commits of inner changes. */
  takeLanded(starts: readonly number[], landed: number, seen: Set<number>, change: number): void {
    walkBack(this.#graph, starts, (index) => {
      if (this.#landing[index] !== landed || seen.has(index)) return false;
      seen.add(index);
      this.take(index, change);
      return true;
    });
  }

  /** Behind a commit another head has taken everything is taken already. */
  takeUnlanded(head: number, change: number): void {
    walkBack(this.#graph, [head], (index) => this.#landing[index] === none && this.take(index, change));
  }
}
