import { describe, expect, it } from "vitest";
import { call, group, minute, session, start, usage, write } from "../../test/properties/session-builder.ts";
import type { ForgeActor, ForgeChange } from "../contract/forge-facts.ts";
import { allocate } from "./allocation.ts";
import { reviewInstants, reviewedAt } from "./reviews-given.ts";

const ada: ForgeActor = { login: "ada", isBot: false };
const bea: ForgeActor = { login: "bea", isBot: false };
const bot: ForgeActor = { login: "lint[bot]", isBot: true };

describe("reviews of others' changes", () => {
  const review = (reviewer: ForgeActor | null, submittedAt: number | null): ForgeChange["reviews"][number] => ({
    review: "1",
    state: "commented",
    verdict: "commented",
    submittedAt,
    reviewer,
    commit: null,
  });
  const comment = (author: ForgeActor | null, instant: number) => ({ comment: "1", thread: null, instant, author });

  it("are reviews and comments by persons who are not its author, where that is known", () => {
    const told = [
      {
        author: ada,
        reviews: [review(bea, 7), review(ada, 2), review(bot, 3), review(null, 4), review(bea, null)],
        comments: [comment(bea, 5)],
      },
      { author: null, reviews: [review(bea, 6)], comments: [comment(ada, 8)] },
    ];
    expect(reviewInstants(told)).toEqual([5, 7]);
  });

  it("were given by a call that reviews, at its instant or within five seconds of it", () => {
    const gh = call("c", 1, "review", { instant: 60_000, endedAt: 62_000 });
    expect([54_999, 55_000, 67_000, 67_001].map((at) => reviewedAt([gh], [at]))).toEqual([null, 55_000, 67_000, null]);
    expect(reviewedAt([{ ...gh, status: "error" }], [60_000])).toBeNull();
    expect(reviewedAt([{ ...gh, activity: "shell" }], [60_000])).toBeNull();
  });
});

describe("a turn that gave a review", () => {
  const input = (reviews: readonly number[]) =>
    session({
      turns: [start(1), start(10)],
      usages: [usage(1), usage(10)],
      calls: [call("look", 1, "review"), call("e", 10, "edit")],
      writes: [write("e", [group("c", 1)])],
      reviews,
    });
  const flowsOf = (reviews: readonly number[]) =>
    allocate(input(reviews), { rule: "lines", flows: true }).map(({ strands }) =>
      strands.map(({ flow, reviewedAt: at, activity }) => `${flow} ${activity} ${at ?? null}`),
    );

  it("keeps its cost, where without one it goes on to the next edits", () => {
    expect(flowsOf([])).toEqual([["forward null null"], ["own null null"]]);
    expect(flowsOf([minute])).toEqual([[`own review ${minute}`], ["own null null"]]);
  });

  it("gave none where it edits", () => {
    expect(flowsOf([10 * minute])).toEqual([["forward null null"], ["own null null"]]);
  });
});
