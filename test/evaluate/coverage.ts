/** How often 95 % intervals cover the truth, on invented changes whose lines die together. Pure but for its seeds. */
import { clusterIntervals } from "../../src/analysis/cluster-bootstrap.ts";
import { type CausedLife, IncidenceTable } from "../../src/analysis/competing-risks.ts";
import { seededDraw } from "../../src/analysis/random.ts";

export interface World {
  readonly clusters: number;
  /** Spread of the logarithm of the sizes of clusters: 0 all equal, 0.7 and 1.4 as changes of a repository. */
  readonly sizeSpread: number;
  /** Of the lines of a cluster the share that die as one. */
  readonly together: number;
}

/** Of lines of an invented change, alive after 21 days; and ended by the rarer of the two causes. */
export interface Coverage {
  readonly world: World;
  readonly repetitions: number;
  /** Repetitions whose clusters were too unequal for an interval. */
  readonly refused: number;
  readonly alive: Share;
  readonly rare: Share;
  /** What an interval of independent lines covers. */
  readonly independent: Share;
}

/** Of the intervals there are. */
export interface Share {
  readonly covered: number;
  readonly intervals: number;
  /** Of them widened, since few clusters told the share. */
  readonly widened: number;
}

const atDays = 21;
const [brittle, meanBrittle, meanSturdy] = [0.35, 20, 300];
const rareShare = 0.25;
const lasting = (days: number): number => brittle * Math.exp(-days / meanBrittle) + (1 - brittle) * Math.exp(-days / meanSturdy);
/** A life of whole days is over before day 21 where it is shorter than 21 days. */
const trulyAlive = lasting(atDays);
const trulyRare = (1 - trulyAlive) * rareShare;
const usualSize = 20;
const fineness = 2 ** 30;

type Uniform = () => number;

function uniformOf(seed: number): Uniform {
  const draw = seededDraw(seed);
  return () => (draw(fineness) + 0.5) / fineness;
}

const normal = (uniform: Uniform): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());

/** Each cluster is watched for 30 to 90 days; its lines die together, or each on its own. */
export function inventLives({ clusters, sizeSpread, together }: World, uniform: Uniform): CausedLife[] {
  const lives: CausedLife[] = [];
  const oneLife = (): { days: number; cause: number } => ({
    days: Math.floor(-Math.log(uniform()) * (uniform() < brittle ? meanBrittle : meanSturdy)),
    cause: uniform() < rareShare ? 1 : 0,
  });
  for (let cluster = 0; cluster < clusters; cluster++) {
    const size = Math.max(1, Math.round(usualSize * Math.exp(sizeSpread * normal(uniform))));
    const watched = Math.floor(10 + 80 * uniform());
    const common = oneLife();
    for (let line = 0; line < size; line++) {
      const { days, cause } = uniform() < together ? common : oneLife();
      lives.push({ days: Math.min(days, watched), cause: days < watched ? cause : null, n: 1, cluster });
    }
  }
  return lives;
}

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** @param draws of each interval */
export function coverageOf(world: World, repetitions: number, draws: number, seed: number): Coverage {
  const uniform = uniformOf(seed);
  const none = (): { -readonly [K in keyof Share]: Share[K] } => ({ covered: 0, intervals: 0, widened: 0 });
  const counts = { alive: none(), rare: none(), independent: none() };
  const count = (what: keyof typeof counts, interval: Bounds | null, truth: number, isWidened = false): void => {
    if (interval === null) return;
    counts[what].intervals++;
    if (isWidened) counts[what].widened++;
    if (interval.low <= truth && truth <= interval.high) counts[what].covered++;
  };
  let refused = 0;
  for (let r = 0; r < repetitions; r++) {
    const lives = inventLives(world, uniform);
    const table = new IncidenceTable(lives, 2);
    const told = clusterIntervals({
      sizes: table.sizes,
      statistics: (times) => {
        const [at] = table.at([atDays], times);
        return [at?.alive ?? null, at?.ended[1] ?? null];
      },
      areShares: true,
      seed: seed + r,
      draws,
    });
    if (told.refused !== null) refused++;
    const [alive, rare] = told.estimates;
    count("alive", alive?.interval ?? null, trulyAlive, alive?.isWidened);
    count("rare", rare?.interval ?? null, trulyRare, rare?.isWidened);
    if (told.refused === null) count("independent", asIfIndependent(alive?.point ?? null, lives.length), trulyAlive);
  }
  return { world, repetitions, refused, ...counts };
}

/** The interval of a share of so many independent lines. */
function asIfIndependent(share: number | null, lines: number): Bounds | null {
  if (share === null) return null;
  const error = 1.96 * Math.sqrt((share * (1 - share)) / lines);
  return { low: share - error, high: share + error };
}

/** The worlds of the whole evaluation: few and many changes, alike and unlike, dying as one or nearly on their own. */
export const worlds: readonly World[] = [0.3, 0.8].flatMap((together) =>
  [8, 12, 20, 40, 100].flatMap((clusters) => [0, 0.7, 1.4].map((sizeSpread) => ({ clusters, sizeSpread, together }))),
);

/** Fewer intervals than these tell no coverage. */
const leastIntervals = 200;
/** From this share of widened intervals on they are meant to cover more. */
const mostWidened = 0.05;

export interface CoverageBound {
  readonly what: "alive" | "rare";
  readonly reached: number;
  readonly wanted: string;
  readonly holds: boolean;
}

/**
 * 92 to 97 of a hundred where the draws alone tell the share; from 92 on where few clusters do and intervals are widened.
 * Nothing is wanted of a world in which nearly all intervals are refused.
 */
export function coverageBounds({ alive, rare }: Coverage): CoverageBound[] {
  return (
    [
      ["alive", alive],
      ["rare", rare],
    ] as const
  ).flatMap(([what, { covered, intervals, widened }]) => {
    if (intervals < leastIntervals) return [];
    const reached = covered / intervals;
    const isWide = widened > mostWidened * intervals;
    return [{ what, reached, wanted: isWide ? "≥ 0.92" : "0.92 … 0.97", holds: reached >= 0.92 && (isWide || reached <= 0.97) }];
  });
}

/** A line for each world: what intervals cover, and whether it is what is wanted. */
export function coverageText(found: readonly Coverage[]): string {
  const percent = ({ covered, intervals }: Share): string => (intervals === 0 ? "–" : ((100 * covered) / intervals).toFixed(1));
  const wide = ({ widened, intervals }: Share): string => (intervals === 0 ? "–" : `${((100 * widened) / intervals).toFixed(0)} %`);
  const head = ["together", "changes", "spread", "refused", "alive", "widened", "rare cause", "widened", "as if independent", ""];
  const rows = found.map((one) => [
    String(one.world.together),
    String(one.world.clusters),
    String(one.world.sizeSpread),
    `${((100 * one.refused) / one.repetitions).toFixed(0)} %`,
    percent(one.alive),
    wide(one.alive),
    percent(one.rare),
    wide(one.rare),
    percent(one.independent),
    coverageBounds(one)
      .map(({ what, holds, wanted }) => (holds ? "" : `${what} does not hold, wanted ${wanted}`))
      .filter((text) => text !== "")
      .join("; ") || (coverageBounds(one).length === 0 ? "not judged" : "holds"),
  ]);
  const widths = head.map((_, c) => Math.max(...[head, ...rows].map((row) => (row[c] as string).length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, c) => cell.padEnd(widths[c] as number))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
