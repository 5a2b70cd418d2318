/** How a change was reviewed, in a line: for the terminal and the page. */
import type { ChangeCard } from "../../contract/show.ts";
import { formatNumberOf } from "./numbers.ts";

const paths: Readonly<Record<string, string>> = {
  reviewed: "reviewed",
  reviewed_by_bot: "looked at by programs alone",
  not_reviewed: "landed without a review",
  self_merge: "landed by its author without a review",
  instant_self_merge: "landed by its author within a minute",
  bot: "opened by a program",
};

export function changeReviewText(review: ChangeCard["review"]): string {
  if (review === null) return "not observed: no forge told of it";
  const { path, rounds, requests, readyAt, firstReviewAt } = review;
  const waited = readyAt === null || firstReviewAt === null ? null : (Date.parse(firstReviewAt) - Date.parse(readyAt)) / 3_600_000;
  return [
    path === null ? "not landed" : (paths[path] ?? path),
    ...(rounds > 0 ? [formatNumberOf(rounds, "round")] : []),
    ...(requests > 0 ? [`changes requested ${requests === 1 ? "once" : `${requests} times`}`] : []),
    ...(waited !== null && waited >= 0
      ? [`first looked at after ${waited < 48 ? `${waited.toFixed(1)} hours` : `${(waited / 24).toFixed(1)} days`}`]
      : []),
  ].join(" · ");
}
