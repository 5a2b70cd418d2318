/** Joins sightings to usages: what was consumed, counted once, however many witnesses and sessions tell of it. */
import { type Quality, qualities, telemetrySource } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import type { Sighting, Usage } from "./model.ts";
import { grainOf, isTotal, withoutFiner } from "./totals.ts";

export interface JoinedSightings {
  /** In canonical order (instant, key); `id` is the place in it. */
  readonly usages: Usage[];
  readonly problems: Problem[];
}

/** A word where an id should be: what redaction and careless exporters leave behind. Prefixes such as `msg_` do not save it. */
const placeholder =
  /^(?:(?:msg|req|resp|chatcmpl)[_-])?(?:[[<(]?(?:redacted|masked|removed|hidden|anonymi[sz]ed|unknown|undefined|none|null|nil|n\/a)[\])>]?|[x*0_-]+)?$/i;

/**
 * Joins sightings that share a strong id (provider + message id, provider + request id), transitively; what has none joins
 * by session, instant and token vector (telemetry and a log: within ten seconds). Input order does not matter; linear in the number of sightings.
 *
 * - An id is not strong if it is a placeholder, if one source shows it with different instants *and* different prompt
 *   tokens (streaming explains a growing output, never another prompt), or if one request id holds several message ids at
 *   different instants. Each such id is one problem `response_id_not_unique`.
 * - A witness that does not name the provider joins by the id alone, unless two providers use that id.
 * - Counts: the maximum of each; the cache write is one pair (the witness of the larger sum, then of the larger 1 h part),
 *   since a witness that knows no split tells the sum as 5 m; an estimated output never outgrows a logged one.
 * - A doubtful witness (its version is known to count too much) is counted only where no other tells of the response.
 * - A total of a session or a day counts for what no usage of responses tells (totals.ts).
 * - Owner (RULINGS 2): the session of the earliest instant; on a tie the one whose own first record is earliest, then the
 *   smaller id; never what telemetry calls a session and a log a sub-agent of one. Other columns: the owner's first known value; which sub-agent it was, a log knows better than telemetry.
 * @param firstRecordAt instant of a session's first record; without it, of its first sighting
 */
export function joinSightings(
  sightings: readonly Sighting[],
  firstRecordAt?: (agent: string, session: string) => number | undefined,
): JoinedSightings {
  const ids = new StrongIds(sightings);
  const sets = new DisjointSets(sightings.length);
  ids.eachStrongGroup((group) => {
    for (let i = 1; i < group.length; i++) sets.join(group[0] as number, group[i] as number);
  });
  joinWithoutIds(sightings, ids, sets);
  joinNearby(sightings, sets);

  const starts = sessionStarts(sightings, firstRecordAt);
  const usages: OpenUsage[] = [];
  sets.each((members) => usages.push(usageOf(members, sightings, ids, starts)));
  const counted = usages.some(isTotal) ? withoutFiner(usages) : usages;
  counted.sort((a, b) => a.instant - b.instant || compareText(a.key, b.key));
  counted.forEach((usage, id) => {
    usage.id = id;
  });
  return { usages: counted, problems: ids.problems() };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const sessionKey = (agent: string, session: string): string => `${agent}\u0000${session}`;

const promptTokens = ({ counts }: Sighting): string => `${counts.input}|${counts.cacheRead}|${counts.cacheWrite5m + counts.cacheWrite1h}`;

/** The fallback key: session, instant, token vector. */
function vectorKey({ agent, session, instant, counts: c }: Sighting): string {
  return `${sessionKey(agent, session)}\u0000${instant}\u0000${c.input}|${c.cacheRead}|${c.cacheWrite5m}|${c.cacheWrite1h}|${c.output}`;
}

/** Union-find over 0..count-1. */
class DisjointSets {
  readonly #parent: Int32Array;

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, i) => i);
  }

  find(i: number): number {
    let root = i;
    while (this.#parent[root] !== root) root = this.#parent[root] as number;
    for (let at = i; at !== root; ) {
      const next = this.#parent[at] as number;
      this.#parent[at] = root;
      at = next;
    }
    return root;
  }

  join(a: number, b: number): void {
    const [x, y] = [this.find(a), this.find(b)];
    if (x < y) this.#parent[y] = x;
    else this.#parent[x] = y;
  }

  /** Calls back for each set with the places of its members, ascending. */
  each(visit: (members: Int32Array) => void): void {
    const starts = new Int32Array(this.#parent.length + 1);
    for (let i = 0; i < this.#parent.length; i++) (starts[this.find(i) + 1] as number)++;
    for (let i = 0; i < this.#parent.length; i++) (starts[i + 1] as number) += starts[i] as number;
    const next = starts.slice();
    const members = new Int32Array(this.#parent.length);
    for (let i = 0; i < this.#parent.length; i++) members[(next[this.find(i)] as number)++] = i;
    for (let i = 0; i < this.#parent.length; i++) {
      if (starts[i] !== starts[i + 1]) visit(members.subarray(starts[i], starts[i + 1]));
    }
  }
}

type IdKind = "message" | "request";

/** The ids of all sightings, numbered, with the sightings of each, and which of them name one response only. */
class StrongIds {
  readonly #sightings: readonly Sighting[];
  readonly #numbers = { message: new Map<string, number>(), request: new Map<string, number>() };
  readonly #texts: string[] = [];
  /** By sighting: number of its message id, number of its request id; -1 for none. */
  readonly #named: Int32Array;
  /** Sightings by id: members[starts[n], starts[n + 1]). */
  readonly #starts: Int32Array;
  readonly #members: Int32Array;
  readonly #weak: Uint8Array;

  constructor(sightings: readonly Sighting[]) {
    this.#sightings = sightings;
    const named = new Int32Array(sightings.length * 2);
    this.#named = named;
    sightings.forEach((sighting, i) => {
      named[2 * i] = this.#number("message", sighting.messageId);
      named[2 * i + 1] = this.#number("request", sighting.requestId);
    });
    this.#starts = new Int32Array(this.#texts.length + 1);
    for (const id of named) if (id >= 0) (this.#starts[id + 1] as number)++;
    for (let id = 0; id < this.#texts.length; id++) (this.#starts[id + 1] as number) += this.#starts[id] as number;
    const next = this.#starts.slice();
    this.#members = new Int32Array(this.#starts[this.#texts.length] as number);
    named.forEach((id, place) => {
      if (id >= 0) this.#members[(next[id] as number)++] = place >> 1;
    });
    this.#weak = new Uint8Array(this.#texts.length);
    for (const kind of ["message", "request"] as const) {
      for (const [text, id] of this.#numbers[kind])
        this.#weak[id] = placeholder.test(text) || this.#contradicts(kind, this.#groupOf(id)) ? 1 : 0;
    }
  }

  #number(kind: IdKind, text: string | null): number {
    if (text === null) return -1;
    const known = this.#numbers[kind].get(text);
    if (known !== undefined) return known;
    this.#numbers[kind].set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  #groupOf(id: number): Int32Array {
    return this.#members.subarray(this.#starts[id] as number, this.#starts[id + 1] as number);
  }

  /** Whether one source shows the id with different instants and different prompts (or messages). */
  #contradicts(kind: IdKind, group: Int32Array): boolean {
    const { instant } = this.#sightings[group[0] as number] as Sighting;
    if (group.every((i) => (this.#sightings[i] as Sighting).instant === instant)) return false;
    const witnesses = new Map<
      string,
      { first: Sighting; message: string | null; instants: boolean; prompts: boolean; messages: boolean }
    >();
    for (const i of group) {
      const sighting = this.#sightings[i] as Sighting;
      const teller = `${sighting.source}\u0000${sighting.provider ?? ""}`;
      const witness = witnesses.get(teller);
      if (!witness) {
        witnesses.set(teller, { first: sighting, message: sighting.messageId, instants: false, prompts: false, messages: false });
        continue;
      }
      witness.instants ||= sighting.instant !== witness.first.instant;
      witness.prompts ||= promptTokens(sighting) !== promptTokens(witness.first);
      witness.message ??= sighting.messageId;
      witness.messages ||= kind === "request" && sighting.messageId !== null && sighting.messageId !== witness.message;
      if (witness.instants && (witness.prompts || witness.messages)) return true;
    }
    return false;
  }

  /** The sighting's id of a kind if that is strong, else null. */
  strong(kind: IdKind, sighting: number): string | null {
    const id = this.#named[2 * sighting + (kind === "message" ? 0 : 1)] as number;
    return id >= 0 && this.#weak[id] === 0 ? (this.#texts[id] as string) : null;
  }

  hasStrong(sighting: number): boolean {
    return (this.strong("message", sighting) ?? this.strong("request", sighting)) !== null;
  }

  /** Sightings that share a strong id; apart by provider where several use the id. */
  eachStrongGroup(visit: (group: ArrayLike<number>) => void): void {
    for (let id = 0; id < this.#texts.length; id++) {
      const group = this.#groupOf(id);
      if (this.#weak[id] === 1 || group.length < 2) continue;
      const byProvider = this.#byProvider(group);
      if (byProvider) for (const part of byProvider.values()) visit(part);
      else visit(group);
    }
  }

  #byProvider(group: Int32Array): Map<string | null, number[]> | null {
    let only: string | null = null;
    let several = false;
    for (const i of group) {
      const provider = (this.#sightings[i] as Sighting).provider;
      several ||= provider !== null && only !== null && provider !== only;
      only ??= provider;
    }
    if (!several) return null;
    const parts = new Map<string | null, number[]>();
    for (const i of group) {
      const provider = (this.#sightings[i] as Sighting).provider;
      const part = parts.get(provider);
      if (part) part.push(i);
      else parts.set(provider, [i]);
    }
    return parts;
  }

  problems(): Problem[] {
    const problems: Problem[] = [];
    for (const kind of ["message", "request"] as const) {
      for (const [text, id] of this.#numbers[kind]) {
        if (this.#weak[id] === 0) continue;
        const group = this.#groupOf(id);
        let source = (this.#sightings[group[0] as number] as Sighting).source;
        for (const i of group) if ((this.#sightings[i] as Sighting).source < source) source = (this.#sightings[i] as Sighting).source;
        problems.push({
          code: "response_id_not_unique",
          severity: "notice",
          source,
          locator: `${kind} id ${text}`,
          message: `The ${kind} id does not name one response; its ${group.length} sightings were told apart by session, instant and tokens.`,
          hint: "Ids that a redaction made equal are harmless; if the log was not redacted, tell us which agent version wrote it.",
          count: group.length,
        });
      }
    }
    return problems.sort((a, b) => compareText(a.locator, b.locator));
  }
}

/** Telemetry notes a response by its own clock: how far that may be from a log's instant. Copies of a log agree to the millisecond. */
const apartMs = 10_000;

/**
 * Joins what a log and telemetry tell of one response without an id that both know (Codex): one thread, one token vector,
 * instants close together, each telling once. A thread is a session, or the sub-agent of one that telemetry calls a session.
 */
function joinNearby(sightings: readonly Sighting[], sets: DisjointSets): void {
  if (!sightings.some(({ source }) => source === telemetrySource)) return;
  const told = new Map<number, "log" | "telemetry" | "both">();
  sightings.forEach(({ source }, place) => {
    const [root, teller] = [sets.find(place), source === telemetrySource ? "telemetry" : "log"] as const;
    told.set(root, (told.get(root) ?? teller) === teller ? teller : "both");
  });
  const groups = new Map<string, number[]>();
  sightings.forEach((sighting, place) => {
    const teller = told.get(sets.find(place));
    if (teller === "both") return;
    for (const key of threadVectors(sighting)) {
      const group = groups.get(key);
      if (group) group.push(place);
      else groups.set(key, [place]);
    }
  });
  const met = new Set<number>();
  const several = [...groups].filter(([, group]) => group.length > 1).sort(([a], [b]) => compareText(a, b));
  for (const [, group] of several) {
    const sorted = group.sort((a, b) => {
      const [x, y] = [sightings[a] as Sighting, sightings[b] as Sighting];
      return x.instant - y.instant || compareText(x.source, y.source) || compareText(x.responseKey, y.responseKey);
    });
    const open: { readonly root: number; readonly instant: number; readonly isTelemetry: boolean }[] = [];
    for (const place of sorted) {
      const { instant, source } = sightings[place] as Sighting;
      const root = sets.find(place);
      const isTelemetry = source === telemetrySource;
      if (met.has(root) || open.some((other) => other.root === root)) continue;
      const at = open.findIndex((other) => instant - other.instant <= apartMs && other.isTelemetry !== isTelemetry && !met.has(other.root));
      if (at < 0) {
        open.push({ root, instant, isTelemetry });
        continue;
      }
      const [other] = open.splice(at, 1) as [(typeof open)[number]];
      sets.join(other.root, root);
      met.add(other.root).add(root);
    }
  }
}

function threadVectors({ agent, session, agentId, source, counts: c }: Sighting): string[] {
  const threads = source === telemetrySource || agentId === null ? [session] : [session, agentId];
  const vector = `${c.input}|${c.cacheRead}|${c.cacheWrite5m + c.cacheWrite1h}|${c.output}`;
  return threads.map((thread) => `${sessionKey(agent, thread)}\u0000${vector}`);
}

/**
 * Joins sightings without a strong id by session, instant and token vector: with each other, and with the one usage that
 * has ids and the same vector (a redacted copy of a log beside the log itself).
 */
function joinWithoutIds(sightings: readonly Sighting[], ids: StrongIds, sets: DisjointSets): void {
  const first = new Map<string, number>();
  sightings.forEach((sighting, i) => {
    if (ids.hasStrong(i)) return;
    const key = vectorKey(sighting);
    const known = first.get(key);
    if (known === undefined) first.set(key, i);
    else sets.join(known, i);
  });
  if (first.size === 0) return;
  const several = -1;
  const named = new Map<string, number>();
  sightings.forEach((sighting, i) => {
    if (!ids.hasStrong(i)) return;
    const key = vectorKey(sighting);
    if (!first.has(key)) return;
    const root = sets.find(i);
    named.set(key, (named.get(key) ?? root) === root ? root : several);
  });
  for (const [key, root] of named) if (root !== several) sets.join(root, first.get(key) as number);
}

function sessionStarts(
  sightings: readonly Sighting[],
  firstRecordAt: ((agent: string, session: string) => number | undefined) | undefined,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  let last: Sighting | null = null;
  let key = "";
  for (const sighting of sightings) {
    const { agent, session, instant } = sighting;
    if (session !== last?.session || agent !== last.agent) key = sessionKey(agent, session);
    last = sighting;
    starts.set(key, Math.min(starts.get(key) ?? firstRecordAt?.(agent, session) ?? instant, instant));
  }
  return starts;
}

/** The session's own telling stands before a sub-agent's replay of it: `null` first. */
const compareAgent = (a: string | null, b: string | null): number => (a === b ? 0 : a === null ? -1 : b === null ? 1 : compareText(a, b));

type OpenUsage = Omit<Usage, "id"> & { id: number };

/** Whether telemetry took a sub-agent for a session of its own. */
const isThreadOf = (one: Sighting, members: readonly Sighting[]): boolean =>
  one.source === telemetrySource &&
  members.some(({ source, agentId, agent }) => source !== telemetrySource && agentId === one.session && agent === one.agent);

/** @param places of the usage's sightings */
function usageOf(places: Int32Array, sightings: readonly Sighting[], ids: StrongIds, starts: ReadonlyMap<string, number>): OpenUsage {
  const members = Array.from(places, (i) => sightings[i] as Sighting);
  if (members.length > 1) {
    const startOf = ({ agent, session }: Sighting): number => starts.get(sessionKey(agent, session)) as number;
    const compareStart = (a: Sighting, b: Sighting): number =>
      a.session === b.session && a.agent === b.agent ? 0 : startOf(a) - startOf(b);
    members.sort(
      (a, b) =>
        a.instant - b.instant ||
        compareStart(a, b) ||
        compareText(a.session, b.session) ||
        compareText(a.agent, b.agent) ||
        compareAgent(a.agentId, b.agentId) ||
        compareText(a.source, b.source) ||
        compareText(a.responseKey, b.responseKey) ||
        compareText(JSON.stringify(a), JSON.stringify(b)),
    );
  }
  const owner = members.find((one) => !isThreadOf(one, members)) ?? (members[0] as Sighting);
  const known = <K extends "provider" | "agentVersion" | "serviceTier" | "speed" | "geo" | "cwd" | "branch">(column: K): string | null => {
    for (const sighting of members) {
      const value = sighting[column];
      if (value !== null && sighting.session === owner.session) return value;
    }
    return members.find((sighting) => sighting[column] !== null)?.[column] ?? null;
  };
  const messages = strongTexts(places, ids, "message");
  const requests = strongTexts(places, ids, "request");
  const strongest = messages[0] ?? requests[0];
  return {
    id: -1,
    key: strongest === undefined ? vectorKey(owner).replaceAll("\u0000", ":") : `${providerOf(members, strongest) ?? "?"}:${strongest}`,
    agent: owner.agent,
    session: owner.session,
    responseKeys: responseKeys(members, messages, requests),
    instant: owner.instant,
    agentId: (members.find((one) => one.source !== telemetrySource && one.session === owner.session && one.agent === owner.agent) ?? owner)
      .agentId,
    provider: known("provider"),
    model: owner.model,
    agentVersion: known("agentVersion"),
    serviceTier: known("serviceTier"),
    speed: known("speed"),
    geo: known("geo"),
    cwd: known("cwd"),
    branch: known("branch"),
    ...countsOf(members),
    webSearches: members.reduce((top, sighting) => Math.max(top, sighting.webSearches), 0),
    visibleChars: members.reduce((top, sighting) => Math.max(top, sighting.visibleChars), 0),
    sightings: members.length,
    sightedTokens: members.reduce((sum, { counts: c }) => sum + c.input + c.cacheRead + c.cacheWrite5m + c.cacheWrite1h + c.output, 0),
    sources: [...new Set(members.map((sighting) => sighting.source))].sort(compareText),
    ...grainOf(members),
  };
}

/** Who is said to have issued the id. */
function providerOf(members: readonly Sighting[], id: string): string | null {
  return (
    members.find(({ provider, messageId, requestId }) => provider !== null && (messageId === id || requestId === id))?.provider ?? null
  );
}

function strongTexts(places: Int32Array, ids: StrongIds, kind: IdKind): string[] {
  const texts: string[] = [];
  for (const i of places) {
    const text = ids.strong(kind, i);
    if (text !== null && !texts.includes(text)) texts.push(text);
  }
  return texts.sort(compareText);
}

/** All keys by which a call may name the response; never an id that names others too. */
function responseKeys(members: readonly Sighting[], messages: readonly string[], requests: readonly string[]): string[] {
  const keys = [...messages, ...requests];
  for (const { responseKey, messageId, requestId } of members) {
    if (responseKey !== messageId && responseKey !== requestId && !keys.includes(responseKey)) keys.push(responseKey);
  }
  return keys.sort(compareText);
}

const isMeasured = (quality: Quality): boolean => quality === "final" || quality === "partial";

function countsOf(all: readonly Sighting[]): Pick<Usage, "counts" | "outputQuality"> {
  const sure = all.filter(({ doubtful }) => doubtful !== true);
  const members = sure.length > 0 ? sure : all;
  const [only] = members;
  if (only && members.length === 1) return { counts: only.counts, outputQuality: only.outputQuality };
  const most = (count: (sighting: Sighting) => number): number => members.reduce((top, sighting) => Math.max(top, count(sighting)), 0);
  const outputQuality = members.reduce<Quality>(
    (best, sighting) => (qualities.indexOf(sighting.outputQuality) < qualities.indexOf(best) ? sighting.outputQuality : best),
    "not_observed",
  );
  const telling = members.filter(
    (sighting) => sighting.outputQuality === outputQuality || (isMeasured(outputQuality) && isMeasured(sighting.outputQuality)),
  );
  const written = members
    .map((sighting) => sighting.counts)
    .reduce((best, counts) => {
      const [sum, bestSum] = [counts.cacheWrite5m + counts.cacheWrite1h, best.cacheWrite5m + best.cacheWrite1h];
      return sum > bestSum || (sum === bestSum && counts.cacheWrite1h > best.cacheWrite1h) ? counts : best;
    });
  return {
    counts: {
      input: most((sighting) => sighting.counts.input),
      cacheRead: most((sighting) => sighting.counts.cacheRead),
      cacheWrite5m: written.cacheWrite5m,
      cacheWrite1h: written.cacheWrite1h,
      output: telling.reduce((top, sighting) => Math.max(top, sighting.counts.output), 0),
      reasoning: telling.reduce<number | null>(
        (top, { counts }) => (counts.reasoning === null ? top : Math.max(top ?? 0, counts.reasoning)),
        null,
      ),
    },
    outputQuality,
  };
}
