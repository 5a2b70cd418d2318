import { expect, test } from "vitest";
import type { ForgeActor, ForgeChange } from "../contract/forge-facts.ts";
import { reviewCourse } from "./review-course.ts";

const person = (login: string): ForgeActor => ({ login, isBot: false });
const bot: ForgeActor = { login: "linter[bot]", isBot: true };
const at = (time: string): number => Date.parse(`2026-03-02T${time}:00Z`);

type Told = Parameters<typeof reviewCourse>[0];
const change = (more: Partial<Told>): Told => ({
  author: person("ada"),
  landedBy: person("ben"),
  openedAt: at("08:00"),
  readyAt: at("09:00"),
  landedAt: at("17:00"),
  closedAt: at("17:00"),
  reviews: [],
  threads: [],
  events: [],
  ...more,
});
const review = (time: string, verdict: ForgeChange["reviews"][number]["verdict"], more = {}): ForgeChange["reviews"][number] => ({
  review: time,
  state: verdict ?? "dismissed",
  verdict,
  submittedAt: at(time),
  reviewer: person("ben"),
  commit: null,
  ...more,
});
const thread = (time: string, openedBy: ForgeActor, commit: string | null = null) =>
  ({ thread: time, openedAt: at(time), openedBy, commit }) as ForgeChange["threads"][number];

test("counts rounds by heads, and waits from being ready", () => {
  const reviews = [
    review("10:00", "changes_requested", { commit: "a1" }),
    review("10:05", "commented", { commit: "a1", reviewer: person("cleo") }), // the same head: the same round
    review("12:00", "changes_requested", { commit: "b2" }),
    review("15:00", "approved", { commit: "c3" }),
  ];
  expect(reviewCourse(change({ reviews }), [])).toEqual({
    path: "reviewed",
    readyAt: at("09:00"),
    firstReviewAt: at("10:00"),
    approvedAt: at("15:00"),
    rounds: 3,
    requests: 2,
  });
});

test("where a head is not told, a push in between makes a new round, whoever shows it", () => {
  const reviews = [review("10:00", "commented"), review("11:00", "commented"), review("14:00", "approved")];
  expect(reviewCourse(change({ reviews }), [at("09:30"), at("10:30")]).rounds).toBe(2);
  const events = [{ event: "head_pushed" as const, instant: at("13:00"), actor: null }];
  expect(reviewCourse(change({ reviews, events }), [at("10:30")]).rounds).toBe(3);
  expect(reviewCourse(change({ reviews }), []).rounds).toBe(1);
});

test("a thread is a look; one's own, a bot's, and what came after landing are none", () => {
  const threads = [thread("08:30", person("ada")), thread("09:10", bot), thread("09:20", person("cleo")), thread("18:00", person("cleo"))];
  const reviews = [review("09:15", "commented", { reviewer: person("ada") }), review("09:16", "pending"), review("09:17", null)];
  expect(reviewCourse(change({ threads, reviews }), [])).toMatchObject({
    path: "reviewed",
    firstReviewAt: at("09:20"),
    rounds: 1,
    requests: 0,
  });
});

test("keeps bots, instant self-merges and self-merges apart", () => {
  const path = (more: Partial<Told>) => reviewCourse(change(more), []).path;
  const self = { landedBy: person("ada") };
  expect(path({ author: bot })).toBe("bot");
  expect(path({ reviews: [review("10:00", "approved", { reviewer: bot })] })).toBe("reviewed_by_bot");
  expect(path({})).toBe("not_reviewed");
  expect(path({ landedBy: null })).toBe("not_reviewed");
  expect(path(self)).toBe("self_merge");
  expect(path({ ...self, landedAt: at("09:01") })).toBe("self_merge"); // a whole minute
  expect(path({ ...self, landedAt: at("09:01") - 1 })).toBe("instant_self_merge");
  expect(path({ ...self, readyAt: null, landedAt: at("08:00") + 1 })).toBe("instant_self_merge");
  expect(path({ landedAt: null, closedAt: null })).toBeNull();
});
