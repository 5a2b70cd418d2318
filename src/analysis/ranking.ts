/** Whether the order of groups is told by the data, or by the convention their figures were made with. */

/** A group and its figure under each of several conventions, the one it is shown by first. */
export interface Ranked {
  readonly id: string;
  readonly values: readonly number[];
}

/**
 * Pairs that cannot be told apart: under some convention the one that is shown first, or level, comes second, and under
 * some the other way round. Pairs that are level under all are equal, not in doubt.
 * @returns pairs in shown order (greatest first, then by id), the greater of a pair first
 * @example notDistinguishable([{ id: "a", values: [3, 1] }, { id: "b", values: [2, 2] }]) // [["a", "b"]]
 */
export function notDistinguishable(groups: readonly Ranked[]): (readonly [string, string])[] {
  const shown = [...groups].sort((a, b) => shownValue(b) - shownValue(a) || (a.id < b.id ? -1 : 1));
  return shown.flatMap((first, i) =>
    shown
      .slice(i + 1)
      .filter((second) => flips(first, second))
      .map((second) => [first.id, second.id] as const),
  );
}

const shownValue = ({ values }: Ranked): number => values[0] ?? 0;

function flips(first: Ranked, second: Ranked): boolean {
  const differences = first.values.map((value, v) => value - (second.values[v] ?? 0));
  return differences.some((difference) => difference < 0) && (differences.some((difference) => difference > 0) || differences[0] === 0);
}
