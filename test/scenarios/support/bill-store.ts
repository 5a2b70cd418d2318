/** A store with usages told directly, for what is asked of bills. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SightingFact } from "../../../src/contract/facts.ts";
import { FactStore } from "../../../src/store/store.ts";
import { type Scratch, makeStore } from "./sample-store.ts";

export const billFixture = (name: string): string => fileURLToPath(new URL(`../../fixtures/bills/${name}`, import.meta.url));

export interface LoggedUsage {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  /** `2026-03-02T10:00` in UTC. */
  readonly at: string;
  readonly input?: number;
  readonly cacheRead?: number;
  readonly output?: number;
  readonly early?: boolean;
  readonly session?: string;
}

/** A new store that holds these usages, with an assay.yaml where one is given. */
export async function storeWith(scratch: Scratch, usages: readonly LoggedUsage[], yaml?: string): Promise<string> {
  const folder = await makeStore(scratch.next());
  if (yaml !== undefined) writeFileSync(join(folder, "assay.yaml"), yaml);
  const store = await FactStore.open(folder);
  for (const usage of usages) {
    const fact = sightingOf(usage);
    store.addTokenFact({ ...sessionOf(fact) }, telling);
    store.addTokenFact(fact, telling);
  }
  await store.commit(1);
  store.close();
  return folder;
}

const telling = { source: "claude-code", device: null, seenAt: 1, repositoryOf: (): number => 1 };

const sessionOf = ({ agent, session, instant }: SightingFact) =>
  ({
    kind: "session",
    agent,
    session,
    firstAt: instant,
    lastAt: instant,
    parentSession: null,
    trigger: null,
    entrypoint: null,
    agentVersion: null,
    cwd: null,
    branch: null,
  }) as const;

const sightingOf = (usage: LoggedUsage): SightingFact => ({
  kind: "sighting",
  agent: "claude-code",
  session: usage.session ?? "s1",
  provider: usage.provider,
  messageId: usage.id,
  requestId: null,
  instant: Date.parse(`${usage.at}:00Z`),
  agentId: null,
  model: usage.model,
  agentVersion: null,
  serviceTier: null,
  speed: null,
  geo: null,
  cwd: null,
  branch: null,
  counts: {
    input: usage.input ?? 0,
    cacheRead: usage.cacheRead ?? 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: usage.output ?? 0,
    reasoning: null,
  },
  outputQuality: usage.early === true ? "partial" : "final",
  webSearches: 0,
  visibleChars: 0,
  reportedCostNanoUsd: null,
});
