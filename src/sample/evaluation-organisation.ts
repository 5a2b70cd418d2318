import { goPaths, type Organisation, type RepositoryPlan, stackPaths, typescriptPaths } from "./organisation.ts";
import { type Random, randomFrom } from "./random.ts";
import type { LandingHabit, Language } from "./repository.ts";
import type { Habits } from "./scene.ts";
import type { Item, StoryName } from "./stories.ts";
import { models, type Person, person, styles } from "./team.ts";

export type Noise = "off" | "on";

export interface EvaluationSettings {
  readonly seed: number;
  readonly noise: Noise;
  /** Pieces of work in each repository; default 24. */
  readonly itemsPerRepository?: number;
}

const zones = ["+0000", "+0100", "+0200", "+0530", "-0500", "-0800"];
const families = ["Aldine", "Bergqvist", "Castellan", "Dragomir", "Eriksen", "Farrow", "Gallego", "Halvorsen"];
const teamNames = [
  ["Abena", "Bastian", "Chiara", "Dmitri", "Elif", "Farouk"],
  ["Greta", "Hamid", "Ilse", "Joaquin", "Kaisa", "Lucian", "Maren"],
  ["Nadia", "Oskar", "Petra", "Quentin", "Rosalind", "Soren"],
  ["Tamsin", "Ulrich", "Vesna", "Wilhelm", "Xenia", "Yusuf", "Zora"],
];

function teamOf(names: readonly string[], random: Random, days: number): Person[] {
  return names.map((name, index) => {
    const [first, second] = [random.pick([styles.earliest, styles.early]), random.pick([styles.middle, styles.late])];
    const moves = random.int(Math.floor(days / 4), Math.floor(days / 2));
    return person(name.toLowerCase(), `${name} ${families[(index + name.length) % families.length]}`, random.pick(zones), [
      { fromDay: 0, style: first, model: random.pick([models.opus45, models.sonnet45]) },
      { fromDay: moves, style: second, model: random.pick([models.opus45, models.opus46, models.sonnet45]) },
    ]);
  });
}

interface Seat {
  readonly name: string;
  readonly team: number;
  readonly language: Language;
  readonly habit: LandingHabit;
  readonly seen?: false;
}

const seats: readonly Seat[] = [
  { name: "harbour", team: 0, language: "typescript", habit: "merge" },
  { name: "mooring", team: 0, language: "go", habit: "rebase" },
  { name: "pilotage", team: 0, language: "typescript", habit: "squash" },
  { name: "tide", team: 1, language: "go", habit: "squash" },
  { name: "almanac", team: 1, language: "typescript", habit: "rebase" },
  { name: "customs", team: 2, language: "typescript", habit: "squash" },
  { name: "ledgerline", team: 2, language: "go", habit: "merge" },
  { name: "beacon", team: 2, language: "typescript", habit: "push" },
  { name: "yard", team: 3, language: "go", habit: "squash" },
  { name: "ferry", team: 3, language: "typescript", habit: "merge" },
  { name: "quay-infra", team: 3, language: "typescript", habit: "squash", seen: false },
];

type Weights = Partial<Record<StoryName, number>>;

const plainWork: Weights = {
  feature: 16,
  longFeature: 12,
  subAgent: 4,
  refine: 7,
  rework: 9,
  document: 3,
  cleanUp: 3,
  cleanUpYoung: 4,
  reverted: 4,
  relanded: 1,
  closed: 4,
  uncommitted: 3,
  undone: 1,
  research: 5,
  operate: 3,
  personPull: 7,
  personPush: 4,
  personRework: 5,
};

const hardWork: Weights = {
  ...plainWork,
  resumed: 3,
  replayed: 3,
  heredoc: 2,
  twoAgents: 3,
  twoRepositories: 3,
  cherryPicked: 2,
  formatDefault: 1,
  renamedFile: 2,
  movedUnit: 2,
  notebook: 2,
  paragraphs: 2,
  forked: 2,
  cleared: 2,
  unloggedSubAgent: 2,
  missingTranscript: 2,
  dependency: 2,
  rename: 2,
};

const habitsOf: Readonly<Record<Noise, Habits>> = {
  off: {
    touchUp: 0,
    nits: 0,
    edits: { mend: 1, rename: 0, retype: 0 },
    format: { shell: 0, hook: 0, apart: 0 },
    amend: 0,
    rebase: 0,
    byHand: 0.25,
    forcePush: 0,
    worktree: 0,
    windows: 0,
    skew: 0,
  },
  on: {
    touchUp: 0.35,
    nits: 0.2,
    edits: { mend: 4, rename: 2, retype: 3 },
    format: { shell: 0.08, hook: 0.1, apart: 0.06 },
    amend: 0.15,
    rebase: 0.35,
    byHand: 0.3,
    forcePush: 0.3,
    worktree: 0.05,
    windows: 0.06,
    skew: 0.06,
  },
};

const days = 426;
/** Bugs of known origin that are mended, in each repository: beside the drawn work, so that it stays what it is. */
const mendedItems = 3;
/** Pull requests that are reviewed and answered, in each repository that has pull requests. */
const reviewedItems = 3;

/** Four teams, ten repositories that are seen and one that is not, fourteen months. Same settings: same plan. */
export function evaluationOrganisation({ seed, noise, itemsPerRepository = 24 }: EvaluationSettings): Organisation {
  const random = randomFrom(`evaluation ${seed}`);
  const teams = teamNames.map((names) => teamOf(names, random.fork(`team ${names[0]}`), days));
  const repositories = seats.map(({ name, team, language, habit, seen = true }): RepositoryPlan => {
    const members = teams[team] as Person[];
    const count = seen ? itemsPerRepository : Math.ceil(itemsPerRepository / 6);
    return {
      name,
      product: language === "go" ? "tide" : "harbour",
      language,
      habit,
      seen,
      team: members,
      seedSubjects: 8,
      guides: noise === "on" ? 2 : 0,
      config: seen ? "config/limits.json" : "config/regions.json",
      paths: !seen ? stackPaths : language === "go" ? goPaths : typescriptPaths,
      items: itemsOf(members, { count, noise, seen, reviewed: habit !== "push" }, random.fork(name)),
    };
  });
  const releaseDays = [-20, ...Array.from({ length: Math.floor(days / 9) }, (_, index) => 4 + index * 9)].filter((day) => day < days - 1);
  return { days, habits: habitsOf[noise], repositories, releaseDays };
}

/** Work grows denser with time, as use of agents does; the last days hold what is still open. */
interface Amount {
  readonly count: number;
  readonly noise: Noise;
  readonly seen: boolean;
  readonly reviewed: boolean;
}

function itemsOf(team: readonly Person[], { count, noise, seen, reviewed }: Amount, random: Random): Item[] {
  const weights = noise === "on" ? hardWork : plainWork;
  const items = Array.from({ length: count }, (): Item => {
    const day = Math.floor((days - 8) * Math.sqrt(random.next()));
    return { day, who: random.pick(team), story: drawn(weights, random) };
  });
  if (!seen) return byDay(items);
  const late = (story: StoryName, day: number): Item => ({ day, who: random.pick(team), story });
  items.push(late("open", days - random.int(4, 9)), late("uncommitted", days - random.int(4, 8)), late("lastPush", days - 2));
  if (noise === "on") items.push(late("afterwards", days - 1));
  const mending = random.fork("mended");
  const mendedDay = (): number => Math.floor(days / 4 + mending.next() * ((days * 3) / 4 - 40));
  items.push(...Array.from({ length: mendedItems }, (): Item => ({ day: mendedDay(), who: mending.pick(team), story: "mended" })));
  if (reviewed) {
    const reviewing = random.fork("reviewed");
    const reviewedDay = (): number => Math.floor(days / 8 + reviewing.next() * ((days * 7) / 8 - 30));
    items.push(
      ...Array.from({ length: reviewedItems }, (): Item => ({ day: reviewedDay(), who: reviewing.pick(team), story: "reviewed" })),
    );
  }
  return byDay(items);
}

const byDay = (items: readonly Item[]): Item[] => [...items].sort((a, b) => a.day - b.day);

function drawn(weights: Weights, random: Random): StoryName {
  const entries = Object.entries(weights) as [StoryName, number][];
  let at = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [story, weight] of entries) {
    at -= weight;
    if (at < 0) return story;
  }
  return "feature";
}
