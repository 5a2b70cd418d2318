/**
 * Ends of several causes by the estimator of Aalen and Johansen (1978, Scandinavian Journal of Statistics 5:141): the share
 * that has ended of each cause by a day, where an end of one cause takes the unit from all others. Durations and ties as in
 * survival.ts; the share alive is that of `survivalAt`, and with the shares of all causes adds up to 1.
 */

/** Units with one life, of one cluster. */
export interface CausedLife {
  /** Whole days watched. */
  readonly days: number;
  /** Index of the cause it ended by; null where watching ended (censored). */
  readonly cause: number | null;
  /** Units this row stands for. */
  readonly n: number;
  /** Index of the cluster it belongs to. */
  readonly cluster: number;
}

/** Shares of those that were there at the start, 0..1. */
export interface Incidence {
  readonly alive: number;
  /** One share a cause: ended by it. With `alive` they add up to 1. */
  readonly ended: readonly number[];
}

const censored = -1;

/** Lives in the order of their days, ready to be asked many times with other weights of their clusters. */
export class IncidenceTable {
  readonly #days: Int32Array;
  readonly #cause: Int32Array;
  readonly #n: Float64Array;
  readonly #cluster: Int32Array;
  readonly #causes: number;
  /** Units of each cluster. */
  readonly sizes: Float64Array;

  constructor(lives: readonly CausedLife[], causes: number) {
    const sorted = [...lives].sort((a, b) => a.days - b.days);
    this.#causes = causes;
    this.#days = Int32Array.from(sorted, ({ days }) => days);
    this.#cause = Int32Array.from(sorted, ({ cause }) => cause ?? censored);
    this.#n = Float64Array.from(sorted, ({ n }) => n);
    this.#cluster = Int32Array.from(sorted, ({ cluster }) => cluster);
    this.sizes = new Float64Array(1 + lives.reduce((most, { cluster }) => Math.max(most, cluster), -1));
    for (const { cluster, n } of lives) this.sizes[cluster] = (this.sizes[cluster] as number) + n;
  }

  /**
   * The shares once so many days are over: ends within the first `days` days count.
   *
   * @param days ascending
   * @param times how often each cluster counts; once where it is left out
   * @returns one entry for each of `days`, null where nothing was watched so long and not all had ended before: then nobody knows
   */
  at(days: readonly number[], times?: Uint32Array): (Incidence | null)[] {
    let atRisk = this.sizes.reduce((sum, size, c) => sum + size * (times?.[c] ?? 1), 0);
    let alive = atRisk > 0 ? 1 : 0;
    const isEmpty = atRisk === 0;
    const ended = new Float64Array(this.#causes);
    const now = new Float64Array(this.#causes);
    let row = 0;
    return days.map((until) => {
      while (row < this.#days.length && (this.#days[row] as number) < until) {
        const day = this.#days[row];
        let left = 0;
        let ends = 0;
        now.fill(0);
        for (; row < this.#days.length && this.#days[row] === day; row++) {
          const units = (this.#n[row] as number) * (times === undefined ? 1 : (times[this.#cluster[row] as number] as number));
          const cause = this.#cause[row] as number;
          left += units;
          if (cause === censored) continue;
          ends += units;
          now[cause] = (now[cause] as number) + units;
        }
        if (ends > 0) {
          for (let c = 0; c < now.length; c++) ended[c] = (ended[c] as number) + (alive * (now[c] as number)) / atRisk;
          alive *= 1 - ends / atRisk;
        }
        atRisk -= left;
      }
      return isEmpty || (atRisk <= 0 && alive > 0) ? null : { alive, ended: [...ended] };
    });
  }
}
