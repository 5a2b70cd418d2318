/** Invented sessions for tests of attribution: everything has a plain default, a test names what matters to it. */
import type { ArtefactGroup, Call, Life, SessionInput, TurnStart, WriteArtefacts } from "../../src/attribution/model.ts";

export type SessionUsage = SessionInput["usages"][number];

export const minute = 60_000;

/** A response `id` with message id `m<id>`, at minute `id` unless said, for 100 nano-dollars unless said. */
export function usage(id: number, part: Partial<SessionUsage> = {}): SessionUsage {
  return {
    id,
    key: `anthropic:m${id}`,
    agent: "claude-code",
    session: "s",
    responseKeys: [`m${id}`],
    instant: id * minute,
    agentId: null,
    provider: "anthropic",
    model: "m",
    agentVersion: null,
    serviceTier: null,
    speed: null,
    geo: null,
    cwd: null,
    branch: null,
    counts: { input: 1, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 1, reasoning: null },
    outputQuality: "final",
    webSearches: 0,
    visibleChars: 0,
    sightings: 1,
    sightedTokens: 0,
    sources: ["claude-code"],
    listNanoUsd: 100n,
    ...part,
  };
}

/** A call made by response `response` one second after it. */
export function call(callKey: string, response: number, activity: Call["activity"], part: Partial<Call> = {}): Call {
  return {
    callKey,
    responseKey: `m${response}`,
    agentId: null,
    parentCallKey: null,
    instant: response * minute + 1_000,
    endedAt: response * minute + 2_000,
    tool: activity,
    activity,
    inputBytes: 10,
    resultBytes: null,
    subject: null,
    status: "ok",
    startedAgentId: null,
    ...part,
  };
}

export function life(part: Partial<Life> = {}): Life {
  return {
    writtenAt: 0,
    committedAt: null,
    landedAt: null,
    releasedAt: null,
    diedAt: null,
    death: null,
    deathCommit: null,
    supersededAt: null,
    undoneAt: null,
    lastActiveAt: null,
    ...part,
  };
}

/** `lines` lines of code of weight 1 in commit `commit`. */
export function group(commit: string | null, lines: number, part: Partial<ArtefactGroup> = {}): ArtefactGroup {
  return {
    repository: 1,
    change: null,
    commit,
    grade: "B",
    side: "added",
    lineKind: "code",
    authorKind: "agent",
    lines,
    weightTenths: lines * 10,
    life: life(),
    unlinkedReason: null,
    horizon: 1e12,
    landingIsRelease: false,
    ...part,
  };
}

export function write(callKey: string, groups: readonly ArtefactGroup[], part: Partial<WriteArtefacts> = {}): WriteArtefacts {
  return { callKey, path: `${callKey}.ts`, quality: "logged", repository: 1, insideRepository: true, groups, drafts: [], ...part };
}

/** A turn that starts half a minute before minute `at`. */
export function start(at: number, cleared = false): TurnStart {
  return { key: `t${at}`, instant: at * minute - 30_000, startedBy: "prompt", cleared, promptLength: null };
}

export function session(part: Partial<SessionInput>): SessionInput {
  return { agent: "claude-code", session: "s", repository: 1, repositorySeen: true, turns: [], usages: [], calls: [], writes: [], ...part };
}
