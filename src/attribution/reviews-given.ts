/** Reviews an agent gave: the forge shows one on another's change at the instant of a call that reviews (MEASURES 1, rule 5). */
import type { ForgeActor, ForgeChange } from "../contract/forge-facts.ts";
import type { Call } from "./model.ts";

/** Clocks of machine and forge may differ by so much, and forges tell whole seconds. */
const skewMs = 5_000;

/** Instants at which persons reviewed or commented on the change of another, sorted. Where the author is not known, nobody is another. */
export function reviewInstants(changes: readonly Pick<ForgeChange, "author" | "reviews" | "comments">[]): number[] {
  const instants: number[] = [];
  for (const { author, reviews, comments } of changes) {
    const isAnother = (who: ForgeActor | null): boolean => author !== null && who !== null && !who.isBot && who.login !== author.login;
    for (const { reviewer, submittedAt } of reviews) if (submittedAt !== null && isAnother(reviewer)) instants.push(submittedAt);
    for (const comment of comments) if (isAnother(comment.author)) instants.push(comment.instant);
  }
  return instants.sort((a, b) => a - b);
}

/** The first review that one of the calls gave; null where none did. @param reviews as `reviewInstants` gives them */
export function reviewedAt(calls: readonly Call[], reviews: readonly number[]): number | null {
  const given = reviews.find((instant) =>
    calls.some(
      ({ activity, status, instant: from, endedAt }) =>
        activity === "review" && status !== "error" && from - skewMs <= instant && instant <= (endedAt ?? from) + skewMs,
    ),
  );
  return given ?? null;
}
