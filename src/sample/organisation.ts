import type { Subject, subjectsOf } from "./code-text.ts";
import { harbourPlan, quayPlan, releaseDays, sampleDays, tidePlan } from "./plan.ts";
import type { LandingHabit, Language } from "./repository.ts";
import type { Habits } from "./scene.ts";
import type { Item } from "./stories.ts";
import { type Person, people } from "./team.ts";

/** One repository of an organisation, and what happens in it. */
export interface RepositoryPlan {
  readonly name: string;
  /** Whose nouns its code is about. */
  readonly product: keyof typeof subjectsOf;
  readonly language: Language;
  readonly habit: LandingHabit;
  /** False: its sessions are there, the repository is nowhere. */
  readonly seen: boolean;
  readonly team: readonly Person[];
  /** Subjects whose code is there before the sample begins. */
  readonly seedSubjects: number;
  readonly config: string;
  /** Files of prose in paragraphs. */
  readonly guides: number;
  readonly items: readonly Item[];
  /** Where the code of a subject lies. */
  paths(subject: Subject, part: string): { code: string; test: string };
}

/** What is acted out: who works where, for how long, and how neatly. */
export interface Organisation {
  readonly days: number;
  readonly habits: Habits;
  readonly repositories: readonly RepositoryPlan[];
  /** Days on which every repository tags a release. */
  readonly releaseDays: readonly number[];
}

export const typescriptPaths: RepositoryPlan["paths"] = ({ noun }, part) => ({
  code: `src/${noun}/${noun}-${part}.ts`,
  test: `src/${noun}/${noun}-${part}.test.ts`,
});

export const goPaths: RepositoryPlan["paths"] = ({ noun }, part) => {
  const stem = `internal/${noun}/${part.replaceAll("-", "_")}`;
  return { code: `${stem}.go`, test: `${stem}_test.go` };
};

export const stackPaths: RepositoryPlan["paths"] = ({ noun }, part) => ({
  code: `stacks/${noun}/${part}.ts`,
  test: `stacks/${noun}/${part}.test.ts`,
});

const saltmarsh = { team: Object.values(people), seen: true, seedSubjects: 16, guides: 0, config: "config/limits.json" } as const;

/** The team of six that `npm start` shows: a quarter of a year, quick to make. */
export const smallOrganisation: Organisation = {
  days: sampleDays,
  releaseDays,
  habits: {
    touchUp: 0.4,
    nits: 0,
    edits: { mend: 1, rename: 0, retype: 0 },
    format: { shell: 0, hook: 0, apart: 0 },
    amend: 0.12,
    rebase: 0.3,
    byHand: 0.25,
    forcePush: 0,
    worktree: 0,
    windows: 0,
    skew: 0,
  },
  repositories: [
    {
      ...saltmarsh,
      name: "harbour",
      product: "harbour",
      language: "typescript",
      habit: "merge",
      items: harbourPlan,
      paths: typescriptPaths,
    },
    { ...saltmarsh, name: "tide", product: "tide", language: "go", habit: "squash", items: tidePlan, paths: goPaths },
    {
      ...saltmarsh,
      name: "quay-infra",
      product: "harbour",
      language: "typescript",
      habit: "squash",
      seen: false,
      seedSubjects: 4,
      config: "config/regions.json",
      items: quayPlan,
      paths: stackPaths,
    },
  ],
};
