/** Random sessions for property tests: every arrangement the contract of attribution allows, small enough to read. */
import fc from "fast-check";
import type { ArtefactGroup, Call, Life, SessionInput, TurnStart } from "../../src/attribution/model.ts";
import { type SessionUsage, call, group, life, start, usage, write } from "./session-builder.ts";

const day = 86_400_000;
const agents = [null, null, "x", "y"] as const;

function anyLife(): fc.Arbitrary<Life> {
  const instant = fc.option(fc.nat(60).map((n) => n * day));
  return fc
    .record({
      writtenAt: fc.nat(3),
      committedAt: instant,
      landedAt: instant,
      releasedAt: instant,
      diedAt: instant,
      supersededAt: instant,
      death: fc.constantFrom("replaced" as const, "removed" as const, "reverted" as const),
      lastActiveAt: instant,
    })
    .map(life);
}

/** Few lives, so that groups of equal life meet. */
function anyGroup(lives: readonly Life[]): fc.Arbitrary<ArtefactGroup> {
  return fc
    .record({
      commit: fc.constantFrom("c1", "c2", null),
      lines: fc.integer({ min: 1, max: 9 }),
      repository: fc.constantFrom(1, 1, 1, 2),
      life: fc.constantFrom(...lives),
      side: fc.constantFrom("added" as const, "removed" as const),
      lineKind: fc.constantFrom("code", "generated"),
      unlinkedReason: fc.constantFrom(null, null, "path_opaque" as const),
    })
    .map(({ commit, lines, ...part }) => group(commit, lines, part.lineKind === "generated" ? { ...part, weightTenths: 0 } : part));
}

function anyUsage(id: number): fc.Arbitrary<SessionUsage> {
  return fc
    .record({
      agentId: fc.constantFrom(...agents),
      listNanoUsd: fc.oneof(fc.bigInt(0n, 5n), fc.bigInt(0n, 10n ** 13n), fc.constant(null)),
      hours: fc.constantFrom(0, 0, 0, 0, 13),
    })
    .map(({ hours, ...part }) => usage(id, { ...part, instant: (id + 60 * hours) * 60_000 }));
}

function anyCall(key: string, responses: number): fc.Arbitrary<Call> {
  return fc
    .record({
      response: fc.nat(responses),
      agentId: fc.constantFrom(...agents),
      inputBytes: fc.constantFrom(0, 1, 7, 300),
      activity: fc.constantFrom("edit", "edit", "edit", "read", "test", "commit", "delegate", "shell"),
      status: fc.constantFrom("ok", "ok", "error", "unknown"),
      startedAgentId: fc.constantFrom(null, "x", "y", "gone"),
      parentCallKey: fc.constantFrom(null, null, "k0", "k1"),
      named: fc.boolean(),
    } as const)
    .map(({ response, activity, named, ...part }) => call(key, response, activity, { ...part, ...(named ? {} : { responseKey: null }) }));
}

/** A session of up to 12 responses, 10 calls and 6 turns, arrays sorted as the contract says. */
export function anySession(): fc.Arbitrary<SessionInput> {
  return fc
    .record({ responses: fc.integer({ min: 1, max: 12 }), calls: fc.nat(10), lives: fc.array(anyLife(), { minLength: 1, maxLength: 3 }) })
    .chain(({ responses, calls, lives }) =>
      fc.record({
        usages: fc.tuple(...Array.from({ length: responses }, (_, i) => anyUsage(i))),
        calls: fc.tuple(...Array.from({ length: calls }, (_, i) => anyCall(`k${i}`, responses))),
        turns: fc
          .uniqueArray(fc.nat(responses), { maxLength: 6 })
          .chain((places) =>
            fc.tuple(
              ...places
                .sort((a, b) => a - b)
                .map((at): fc.Arbitrary<TurnStart> => fc.constantFrom(false, false, true).map((cleared) => start(at, cleared))),
            ),
          ),
        writes: fc.tuple(
          ...Array.from({ length: calls }, (_, i) =>
            fc
              .record({
                groups: fc.array(anyGroup(lives), { maxLength: 3 }),
                drafts: fc.array(anyGroup(lives), { maxLength: 2 }),
                insideRepository: fc.boolean(),
                path: fc.constantFrom("a", "b"),
              })
              .map(({ groups, ...part }) => write(`k${i}`, groups, part)),
          ),
        ),
        repository: fc.constantFrom(1, 1, null),
      }),
    )
    .map(
      ({ usages, repository, ...rest }): SessionInput => ({
        agent: "claude-code",
        session: "s",
        repository,
        repositorySeen: repository !== null,
        ...rest,
        // Ids follow the canonical order.
        usages: [...usages].sort((a, b) => a.instant - b.instant || a.id - b.id).map((u, id) => ({ ...u, id })),
      }),
    );
}

/** The same session, every array in another order. */
export function shuffled(session: SessionInput): fc.Arbitrary<SessionInput> {
  const shuffled = <T>(list: readonly T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray([...list], { minLength: list.length });
  return fc.record({
    agent: fc.constant(session.agent),
    session: fc.constant(session.session),
    repository: fc.constant(session.repository),
    repositorySeen: fc.constant(session.repositorySeen),
    turns: shuffled(session.turns),
    usages: shuffled(session.usages),
    calls: shuffled(session.calls),
    writes: shuffled(session.writes).chain((writes) =>
      fc.tuple(
        ...writes.map((w) => fc.record({ groups: shuffled(w.groups), drafts: shuffled(w.drafts) }).map((part) => ({ ...w, ...part }))),
      ),
    ),
  });
}
