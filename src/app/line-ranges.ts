/** Line numbers as compact text: ascending ranges `first+count`, with commas. */
export class LineRanges {
  readonly #ranges: [number, number][] = [];

  /** Adds a line; numbers come in ascending order. */
  add(line: number): void {
    const last = this.#ranges.at(-1);
    if (last !== undefined && last[0] + last[1] === line) last[1]++;
    else this.#ranges.push([line, 1]);
  }

  /** @example "3+2,9+1" // lines 3, 4 and 9 */
  get text(): string {
    return this.#ranges.map(([first, count]) => `${first}+${count}`).join(",");
  }
}

/** Reads what `LineRanges` wrote: the numbers, ascending. */
export function linesOfRanges(text: string): number[] {
  if (text === "") return [];
  return text.split(",").flatMap((range) => {
    const [first = 0, count = 0] = range.split("+").map(Number);
    return Array.from({ length: count }, (_, i) => first + i);
  });
}

/** For each line of a difference its number in the new file, 0 for removed ones: each hunk's removed lines come first. */
export function newLineNumbers(hunks: Int32Array, count: number): Int32Array {
  const numbers = new Int32Array(count);
  let at = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    at += hunks[h + 1] as number;
    for (let i = 0; i < (hunks[h + 3] as number); i++) numbers[at++] = (hunks[h + 2] as number) + i;
  }
  return numbers;
}
