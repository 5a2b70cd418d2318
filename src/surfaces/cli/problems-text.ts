import type { Problem } from "../../contract/problem.ts";
import { formatCount, formatNumberOf } from "./numbers.ts";
import { printable } from "./printable.ts";

/** Problems by code, what was lost before what is only noticed, each with so many places and what can be done about it. */
export function groupedProblemLines(problems: readonly Problem[], shownPerCode: number): string[] {
  const byCode = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.code}`;
    const group = byCode.get(key);
    if (group === undefined) byCode.set(key, [problem]);
    else group.push(problem);
  }
  const groups = [...byCode.values()].sort((a, b) => rank(a) - rank(b) || countOf(b) - countOf(a) || compareCodes(a, b));
  return groups.flatMap((group) => groupLines(group, shownPerCode));
}

function groupLines(group: readonly Problem[], shown: number): string[] {
  const first = group[0];
  if (first === undefined) return [];
  const what = first.severity === "lost" ? "lost" : "notice";
  const head = `${first.code} (${what}, ${formatNumberOf(countOf(group), "time")})`;
  const places = group.slice(0, shown).map((problem) => `  ${printable(problem.locator)}: ${printable(problem.message)}`);
  const more = group.length - shown;
  const hint = group.find((problem) => problem.hint !== undefined)?.hint;
  return [
    head,
    ...places,
    ...(more > 0 ? [`  … and ${formatCount(more)} more places: assay problems --json`] : []),
    ...(hint === undefined ? [] : [`  → ${printable(hint)}`]),
  ];
}

function rank(group: readonly Problem[]): number {
  return group[0]?.severity === "lost" ? 0 : 1;
}

function countOf(group: readonly Problem[]): number {
  return group.reduce((sum, problem) => sum + (problem.count ?? 1), 0);
}

function compareCodes(a: readonly Problem[], b: readonly Problem[]): number {
  return (a[0]?.code ?? "") < (b[0]?.code ?? "") ? -1 : 1;
}
