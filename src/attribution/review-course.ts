/** How a change came to land, as its forge tells: who looked at it, when, and how often it went back and forth (MEASURES 4). */
import type { ForgeActor, ForgeChange } from "../contract/forge-facts.ts";

/**
 * `bot`: a program opened it. `reviewed`: a person other than its author looked at it before it landed. `reviewed_by_bot`: only
 * programs did. `instant_self_merge`: its author landed it within a minute, and nobody looked. `self_merge`: its author landed
 * it later. `not_reviewed`: another landed it, or it is not told who.
 */
export const reviewPaths = ["reviewed", "reviewed_by_bot", "not_reviewed", "self_merge", "instant_self_merge", "bot"] as const;
export type ReviewPath = (typeof reviewPaths)[number];

export interface ReviewCourse {
  /** Null where it has not landed. */
  readonly path: ReviewPath | null;
  /** When it was first ready for review; null where that is not told. */
  readonly readyAt: number | null;
  /** First look of a person other than its author. */
  readonly firstReviewAt: number | null;
  /** Last approval by such a person. */
  readonly approvedAt: number | null;
  /** Times persons looked at it, with a push in between: 0 where none did. */
  readonly rounds: number;
  /** Requests for changes by persons. */
  readonly requests: number;
}

/** Changes merged within a minute are nobody's review: 28 % of agents' changes in arXiv 2601.00753. */
const instantMs = 60_000;

interface Look {
  readonly instant: number;
  /** The head that was looked at; null where the forge does not tell. */
  readonly commit: string | null;
  readonly verdict: "approved" | "changes_requested" | "commented";
}

type Told = Pick<ForgeChange, "author" | "landedBy" | "openedAt" | "readyAt" | "landedAt" | "closedAt" | "reviews" | "threads" | "events">;

/**
 * Looks after a change landed or was closed are left out: they kept nobody waiting.
 * @param pushes when its commits were made (UTC ms), as far as git shows; pushes the forge tells of are added
 */
export function reviewCourse(change: Told, pushes: readonly number[]): ReviewCourse {
  const { author, landedAt } = change;
  const until = landedAt ?? change.closedAt ?? Number.POSITIVE_INFINITY;
  const isOther = (who: ForgeActor | null): boolean => who !== null && who.login !== author?.login;
  const looks = looksAt(change, (who) => isOther(who) && who?.isBot === false, until);
  const byBot = looksAt(change, (who) => isOther(who) && who?.isBot === true, until);
  const pushed = [...pushes, ...change.events.filter(({ event }) => event === "head_pushed").map(({ instant }) => instant)];
  return {
    path: landedAt === null ? null : pathOf(change, landedAt, looks.length, byBot.length),
    readyAt: change.readyAt ?? change.openedAt,
    firstReviewAt: looks[0]?.instant ?? null,
    approvedAt: looks.findLast(({ verdict }) => verdict === "approved")?.instant ?? null,
    rounds: roundsOf(looks, pushed),
    requests: looks.filter(({ verdict }) => verdict === "changes_requested").length,
  };
}

function pathOf({ author, landedBy, readyAt, openedAt }: Told, landedAt: number, looks: number, byBot: number): ReviewPath {
  if (author?.isBot === true) return "bot";
  if (looks > 0) return "reviewed";
  if (byBot > 0) return "reviewed_by_bot";
  if (author === null || landedBy?.login !== author.login) return "not_reviewed";
  const from = readyAt ?? openedAt;
  return from !== null && landedAt - from < instantMs ? "instant_self_merge" : "self_merge";
}

/** Reviews that were handed in, and threads that were opened, by time. A thread of a review is that review. */
function looksAt({ reviews, threads }: Told, isWanted: (who: ForgeActor | null) => boolean, until: number): Look[] {
  const handedIn = reviews.flatMap(({ verdict, submittedAt, reviewer, commit }): Look[] =>
    verdict === null || verdict === "pending" || submittedAt === null || !isWanted(reviewer)
      ? []
      : [{ instant: submittedAt, commit, verdict }],
  );
  const opened = threads.flatMap(({ openedAt, openedBy, commit }): Look[] =>
    openedAt === null || !isWanted(openedBy) ? [] : [{ instant: openedAt, commit, verdict: "commented" }],
  );
  return [...handedIn, ...opened].filter(({ instant }) => instant <= until).sort((a, b) => a.instant - b.instant);
}

/** Two looks are of one round unless the head changed between them: by its hash where both tell it, else by a push in between. */
function roundsOf(looks: readonly Look[], pushes: readonly number[]): number {
  return looks.reduce((rounds, look, at) => {
    const before = looks[at - 1];
    if (before === undefined) return 1;
    const isSameHead =
      look.commit !== null && before.commit !== null
        ? look.commit === before.commit
        : !pushes.some((instant) => before.instant < instant && instant <= look.instant);
    return isSameHead ? rounds : rounds + 1;
  }, 0);
}
