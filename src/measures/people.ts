/**
 * The filter of team answers: a cell is shown if at least `k` people stand behind it and none of them is more than
 * `maxShare` of it (DESIGN, people). What is withheld is one row, so that totals still add up; that row must pass too, or
 * the smallest shown cells join it until it does, else subtraction would tell what was withheld.
 */
export interface PeopleRule {
  readonly k: number;
  readonly maxShare: number;
}
export const defaultPeopleRule: PeopleRule = { k: 5, maxShare: 0.8 };

/** Who stands behind one cell. */
export interface Contributors {
  /** Distinct persons. */
  readonly contributors: number;
  /** Weight of the largest person (or of all unknown ones together), 0..1; null where nothing weighs anything. */
  readonly largestShare: number | null;
  /** What the shares are of: tokens, dollars, lines, changes. */
  readonly weight: number;
}

/** Which groups must be withheld, as indexes; empty when all may be shown. */
export function withheldGroups(groups: readonly Contributors[], rule: PeopleRule = defaultPeopleRule): ReadonlySet<number> {
  const withheld = new Set(groups.flatMap((group, index) => (passes(group, rule) ? [] : [index])));
  if (withheld.size === 0) return withheld;
  const shown = groups.map((_, index) => index).filter((index) => !withheld.has(index));
  shown.sort((a, b) => (groups[a] as Contributors).contributors - (groups[b] as Contributors).contributors || a - b);
  for (const index of shown) {
    if (passes(together([...withheld].map((at) => groups[at] as Contributors)), rule)) break;
    withheld.add(index);
  }
  return withheld;
}

export function passes(group: Contributors, rule: PeopleRule): boolean {
  return group.contributors >= rule.k && group.largestShare !== null && group.largestShare <= rule.maxShare;
}

/** Worst case of a union whose overlaps are not known: fewest people, and one person largest in every part. */
export function together(groups: readonly Contributors[]): Contributors {
  const weight = groups.reduce((sum, group) => sum + group.weight, 0);
  const largest = groups.reduce((sum, group) => sum + (group.largestShare ?? 1) * group.weight, 0);
  return {
    contributors: groups.reduce((most, group) => Math.max(most, group.contributors), 0),
    largestShare: weight > 0 ? largest / weight : null,
    weight,
  };
}
