import { createHash } from "node:crypto";
import type { LineEvent } from "./chronicle.ts";
import { type End, LineEnds } from "./ends.ts";
import type { Commit, Repository } from "./repository.ts";
import type { PlayedSession, Stage } from "./stage.ts";
import { authorsOf } from "./true-authors.ts";
import { type PaidLine, type TrueMoney, trueMoney } from "./true-money.ts";
import type { Counts, ToldResponse } from "./transcript.ts";
import type { SampleTruth, TruthLine, TruthRepository, TruthResponse, TruthSession } from "./truth.ts";

/** Makes the event log of a played stage into the truth of the sample. */
export function tellTruth(stage: Stage, seen: readonly Repository[], seed: number): SampleTruth {
  const { events } = stage.chronicle;
  const ends = new Map(seen.map((repository) => [repository, new LineEnds(repository, events)]));
  const present = stage.sessions.filter((played) => played.transcript === "present");
  const lost = lostSessions(stage, ends);
  const { lines, paid } = linesOf(events, ends, lost);
  const responses = present
    .flatMap((played) =>
      responsesOf(
        played,
        present,
        trueMoney(played, paid, seen.includes(played.repository) && !lost.has(played.log.setting.session), stage.cases),
      ),
    )
    .sort((a, b) => a.instant - b.instant || (a.messageId < b.messageId ? -1 : 1));
  const totals = {
    sessions: present.length,
    usages: responses.length,
    subagentUsages: responses.filter((response) => response.agentId !== null).length,
    counts: sumOf(responses),
  };
  const names = [...new Set(responses.map((response) => response.model))].sort();
  const models = names.map((model) => {
    const own = responses.filter((response) => response.model === model);
    return { model, usages: own.length, counts: sumOf(own) };
  });
  const fates: Record<string, number> = {};
  for (const { fate } of lines) if (fate !== null) fates[fate] = (fates[fate] ?? 0) + 1;
  const withLines = new Set(lines.map((line) => line.session));
  return {
    version: 1,
    seed,
    startAt: stage.startAt,
    endsAt: stage.endsAt,
    totals,
    models,
    fates,
    repositories: [...ends.values()].map(repositoryOf),
    sessions: stage.sessions
      .map((played) => sessionOf(played, seen, withLines))
      .sort((a, b) => a.firstAt - b.firstAt || (a.session < b.session ? -1 : 1)),
    authors: seen.flatMap((repository) => authorsOf(repository, events, stage.cases)),
    responses,
    lines,
  };
}

function responsesOf(played: PlayedSession, all: readonly PlayedSession[], money: ReadonlyMap<string, TrueMoney>): TruthResponse[] {
  const { session } = played.log.setting;
  const forks = all.filter((other) => other.forkOf?.session === session);
  return played.log.responses.map((response) => ({
    session,
    messageId: response.messageId,
    requestId: response.requestId,
    agentId: response.agentId,
    instant: response.instant,
    model: response.model,
    turn: response.turn,
    counts: response.counts,
    outputActual: response.outputActual,
    does: doesOf(response),
    calls: response.calls,
    ...(money.get(response.messageId) as TrueMoney), // every response of the session is paid
    alsoIn: forks.filter((fork) => fork.forkOf?.messageIds.includes(response.messageId)).map((fork) => fork.log.setting.session),
  }));
}

function doesOf({ calls }: ToldResponse): TruthResponse["does"] {
  const has = (...activities: readonly string[]): boolean => calls.some((call) => call.ok && activities.includes(call.activity));
  if (has("edit")) return "edits";
  if (calls.some((call) => ["test", "build", "commit", "open_change"].includes(call.activity))) return "verifies";
  if (has("delegate")) return "delegates";
  return calls.length > 0 ? "explores" : "talks";
}

function sumOf(responses: readonly { readonly counts: Counts }[]): Counts {
  const total = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
  for (const { counts } of responses) {
    for (const name of ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "output"] as const) total[name] += counts[name];
  }
  return total;
}

function sessionOf(played: PlayedSession, seen: readonly Repository[], withLines: ReadonlySet<string | null>): TruthSession {
  const { log, repository, transcript } = played;
  const { session, style, startAt } = log.setting;
  const repositorySeen = seen.includes(repository);
  const end = transcript === "missing" ? "missing" : !repositorySeen ? "unlinked" : withLines.has(session) ? "lines" : "no_artefact";
  return {
    session,
    person: played.person.key,
    repository: repository.name,
    repositorySeen,
    transcript,
    purpose: played.purpose,
    version: style.version,
    forkOf: played.forkOf?.session ?? null,
    firstAt: startAt,
    lastAt: log.now,
    responses: log.responses.length,
    totals: sumOf(log.responses),
    end,
  };
}

function repositoryOf({ repository, horizonAt, onDefault }: LineEnds): TruthRepository {
  const chain = new Set(repository.chain);
  return {
    name: repository.name,
    habit: repository.habit,
    tip: repository.tip.hash,
    horizonAt,
    commits: repository.commits.map((commit) => ({
      hash: commit.hash,
      author: commit.author.email,
      commitAt: commit.commitAt,
      onChain: chain.has(commit),
      onDefault: onDefault.has(commit),
      branch: commit.branch?.name ?? null,
      reverts: commit.reverts,
    })),
    pulls: repository.pulls.map(({ number, branch }) => ({
      number,
      branch: branch.name,
      head: branch.commits.at(-1)?.hash ?? "",
      landedCommit: branch.landed?.hash ?? null,
    })),
    releases: repository.releases.map(({ tag, commit, at }) => ({ tag, commit: commit.hash, at })),
  };
}

const unseen: End = {
  fate: "unlinked",
  life: null,
  reason: "repository_unseen",
  commit: null,
  landedCommit: null,
  landedAt: null,
  release: null,
  diedCommit: null,
  diedAt: null,
  killer: null,
  replaced: null,
  blame: null,
};

/**
 * Sessions whose folder is on another system, where fewer than three known files were edited below it, by them or by others,
 * and that printed no hash which a repository has: nobody can tell where they belong (RULINGS 16). One folder is one checkout,
 * whichever session tells so.
 */
function lostSessions(stage: Stage, ends: ReadonlyMap<Repository, LineEnds>): ReadonlySet<string> {
  const known = new Map<Repository, Set<string>>();
  const pathsOf = (repository: Repository): Set<string> => {
    const paths = known.get(repository) ?? new Set(repository.commits.flatMap((commit) => [...commit.files.keys()]));
    known.set(repository, paths);
    return paths;
  };
  const elsewhere = stage.sessions.filter(({ log }) => !log.setting.cwd.startsWith(log.setting.reposFolder));
  const folderOf = new Map(elsewhere.map(({ log }) => [log.setting.session, log.setting.cwd]));
  const edited = new Map(elsewhere.map(({ log }) => [log.setting.cwd, new Set<string>()]));
  for (const { hand, path, repository } of stage.chronicle.events) {
    if (hand.session === null || hand.witness !== "logged" || repository === null) continue;
    const folder = folderOf.get(hand.session);
    if (folder !== undefined && pathsOf(repository).has(path)) edited.get(folder)?.add(path);
  }
  const isThere = (commit: Commit): boolean => {
    const { branch } = commit;
    const kept = branch === null || branch.keep || branch.pull !== null;
    return [...ends].some(([repository, { onDefault }]) => onDefault.has(commit) || (kept && repository.commits.includes(commit)));
  };
  const isNamed = (session: string): boolean => (stage.printed.get(session) ?? []).some(isThere);
  return new Set(
    [...folderOf].filter(([session, folder]) => (edited.get(folder)?.size ?? 0) < 3 && !isNamed(session)).map(([session]) => session),
  );
}

/** The lines as the truth tells them, and as money sees them, by call. */
function linesOf(
  events: readonly LineEvent[],
  ends: ReadonlyMap<Repository, LineEnds>,
  lost: ReadonlySet<string | null>,
): { lines: TruthLine[]; paid: ReadonlyMap<string, readonly PaidLine[]> } {
  const paid = new Map<string, PaidLine[]>();
  const pay = (line: PaidLine): void => {
    const { callId } = line.event.hand;
    if (callId === null) return;
    const known = paid.get(callId);
    if (known === undefined) paid.set(callId, [line]);
    else known.push(line);
  };
  const turnOf = ({ hand }: LineEvent): string => `${hand.session} ${hand.turn}`;
  const isLogged = ({ hand }: LineEvent): boolean => hand.witness === "logged" && !hand.moves;
  const writtenIn = new Map(
    events.filter((event) => event.side === "added" && isLogged(event)).map((event) => [event.line.id, turnOf(event)]),
  );
  const draftLines = new Set(
    events
      .filter((event) => event.side === "removed" && isLogged(event) && writtenIn.get(event.line.id) === turnOf(event))
      .map((event) => event.line.id),
  );
  const isDraft = (event: LineEvent): boolean =>
    isLogged(event) && draftLines.has(event.line.id) && writtenIn.get(event.line.id) === turnOf(event);
  const turnsWithLines = new Set(events.filter((event) => !isDraft(event)).map(turnOf));
  const edited = editsByPersons(events);
  const known = new Set<number>();
  const lines = events.flatMap((event) => {
    const { hand, line, side } = event;
    const restores = side === "added" && known.has(line.id);
    known.add(line.id);
    if (event.repository === null) return [];
    const draft = isDraft(event);
    const told = ends.get(event.repository)?.endOf(event, draft, turnsWithLines.has(turnOf(event)), restores) ?? unseen;
    const end =
      hand.witness !== "person" && lost.has(hand.session) && told.fate !== null
        ? { ...told, fate: "unlinked" as const, reason: "repository_unseen" }
        : told;
    const hidden = hand.witness === "person" || hand.witness === "transcript_missing";
    if (end === unseen && hidden) return []; // a person's lines in a repository that is nowhere
    pay({ event, fate: end.fate, reason: end.reason, draft });
    const { person, session, agentId, callId, messageId, turn, at, witness } = hand;
    return [
      {
        line: line.id,
        side,
        author: witness === "person" ? "person" : "agent",
        witness,
        person,
        session,
        agentId,
        callId,
        messageId,
        turn,
        at,
        repository: event.repository.name,
        branch: event.branch?.name ?? null,
        path: event.path,
        order: event.order,
        textSha256: sha256(line.text),
        draft,
        restores,
        ...end,
        livingTextSha256:
          side === "added" && end.blame !== null ? (ends.get(event.repository)?.livingTextOf(line.id, sha256) ?? null) : null,
        editedInto: side === "added" && end.landedCommit === null ? (edited.get(line.id) ?? null) : null,
      } satisfies TruthLine,
    ];
  });
  return { lines, paid };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Lines a person replaced one by one: old line to new line. */
function editsByPersons(events: readonly LineEvent[]): Map<number, number> {
  const pairs = new Map<number, number>();
  events.forEach((event, index) => {
    const next = events[index + 1];
    if (event.side !== "removed" || event.hand.witness !== "person" || next?.side !== "added" || next.hand !== event.hand) return;
    if (next.line.unit === event.line.unit) pairs.set(event.line.id, next.line.id);
  });
  return pairs;
}
