import { expect, test } from "vitest";
import { type Plan, contractNano, monthlyFee, monthsOf, planSchema } from "./plans.ts";

const plan = (more: Partial<Plan>): Plan => planSchema.parse({ name: "p", provider: "anthropic", ...more });
const at = (day: string): number => Date.parse(day);

test("a month costs its seats, its flat fee and its machines together", () => {
  expect(monthlyFee(plan({ usd_per_seat_month: 30, seats: 12 }))).toBe(360_000_000_000n);
  expect(monthlyFee(plan({ usd_per_month: 100, usd_per_seat_month: 20, seats: 2 }))).toBe(140_000_000_000n);
  expect(monthlyFee(plan({ gpu_hours_per_month: 730, gpu_usd_per_hour: 2.5 }))).toBe(1_825_000_000_000n);
  expect(monthlyFee(plan({ usd_per_month: 0 }))).toBe(0n); // a free tier costs nothing, which is known
  expect(monthlyFee(plan({ discount: 0.15 }))).toBeNull(); // paid by use alone
});

test("only months that are over are paid, those the plan's days begin or end in whole", () => {
  const paid = (more: Partial<Plan>, first: string, end: string): string[] =>
    monthsOf(plan({ usd_per_month: 10, ...more }), at(first), at(end)).map(({ from }) => new Date(from).toISOString().slice(0, 7));
  expect(paid({}, "2026-01-20", "2026-04-01")).toEqual(["2026-01", "2026-02", "2026-03"]);
  expect(paid({}, "2026-01-20", "2026-03-31T23:59:59Z")).toEqual(["2026-01", "2026-02"]);
  expect(paid({ from: "2026-02-10", to: "2026-03-05" }, "2026-01-01", "2026-12-31")).toEqual(["2026-02", "2026-03"]);
  expect(paid({ from: "2026-05-01" }, "2026-01-01", "2026-04-30")).toEqual([]);
});

test("a contract is the list price less the discount of the plan of that day, provider and agent", () => {
  const plans = [
    plan({ discount: 0.1, to: "2026-02-28" }),
    plan({ discount: 0.15, from: "2026-03-01" }),
    plan({ discount: 0.5, from: "2026-03-01", agents: ["codex"] }),
  ];
  const of = (day: string, more: { provider?: string | null; agent?: string; listNano?: bigint } = {}): bigint | null =>
    contractNano(plans, { provider: "anthropic", agent: "claude-code", instant: at(day), listNano: 1_000n, ...more });
  expect(of("2026-02-28T23:00:00Z")).toBe(900n);
  expect(of("2026-03-01")).toBe(850n);
  expect(of("2026-03-01", { agent: "codex" })).toBe(500n);
  expect(of("2026-03-01", { listNano: 3n })).toBe(3n); // 2.55, half up
  expect(of("2026-03-01", { provider: "openai" })).toBeNull();
});

test("half of a pair is a mistake", () => {
  const mistake = (more: object): string | undefined =>
    planSchema.safeParse({ name: "p", provider: "x", ...more }).error?.issues[0]?.message;
  expect(mistake({ seats: 3 })).toBe("has only one of seats and usd_per_seat_month");
  expect(mistake({ gpu_usd_per_hour: 3 })).toBe("has only one of gpu_hours_per_month and gpu_usd_per_hour");
  expect(mistake({ from: "2026-02-01", to: "2026-01-01" })).toBe("ends before it begins");
});
