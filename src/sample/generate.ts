import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../contract/errors.ts";
import type { Hand } from "./chronicle.ts";
import type { Subject } from "./code-text.ts";
import type { Line } from "./lines.ts";
import { forgeExport } from "./forge-export.ts";
import { type Organisation, type RepositoryPlan, smallOrganisation } from "./organisation.ts";
import { type Random, randomFrom } from "./random.ts";
import { type Reformat, reformatsOf } from "./reformat.ts";
import { type Language, Repository } from "./repository.ts";
import { dayMs, hourMs, Stage, subjectsFor } from "./stage.ts";
import type { Scene } from "./scene.ts";
import { type Item, stories } from "./stories.ts";
import type { Person } from "./team.ts";
import type { SessionLog } from "./transcript.ts";
import type { SampleTruth } from "./truth.ts";
import { tellTruth } from "./tell-truth.ts";
import { writeRepository } from "./write-repository.ts";

export interface SampleOptions {
  /** Not there yet, or without anything the sample is made of; a sample made there before is used again. */
  readonly directory: string;
  readonly seed: number;
  /** UTC milliseconds; the sample covers the days before: 92 of the small team. Default: 31 October 2026, 18:00. */
  readonly endsAt?: number;
  readonly gitBinary?: string;
  /** The caller's `PATH`, for a git that is not in the system's own folders. */
  readonly path?: string;
  /** What is acted out; default the small team that is shown where there is nothing else. */
  readonly organisation?: Organisation;
  /** Whether `truth.json` is written too; default true. */
  readonly truth?: boolean;
}

export interface SampleResult {
  /** To be used as home folder: `.claude/projects` lies in it. */
  readonly home: string;
  readonly repositories: readonly { readonly name: string; readonly folder: string; readonly gitDir: string }[];
  /** Read it with `readTruth`; null where it was not asked for. */
  readonly truthFile: string | null;
  /** What a forge would give out of its reviews, for `assay import --forge`; null where no story is reviewed. */
  readonly forgeFile: string | null;
}

const defaultEnd = Date.UTC(2026, 9, 31, 18);

/** Bumped when the same seed gives another sample. */
const generatorVersion = 2;

/**
 * Acts out an invented team of six in two real git repositories and in transcripts as Claude Code writes them, and writes
 * down the truth while it acts: which response caused which line, and what became of it.
 *
 * Same seed and end: same commits and same truth, byte for byte; transcripts differ only by the folder they name.
 * Costs about 3 s of CPU and 30 MB (truth: 18 MB more).
 * @throws UserError `sample_folder_taken`; Error if git cannot be run or disagrees about a hash
 */
export async function generateSample(options: SampleOptions): Promise<SampleResult> {
  const { directory, seed, endsAt = defaultEnd, gitBinary = "git", path, truth = true, organisation = smallOrganisation } = options;
  const result: SampleResult = {
    home: join(directory, "home"),
    repositories: organisation.repositories
      .filter((plan) => plan.seen)
      .map(({ name }) => {
        const folder = join(directory, "repos", name);
        return { name, folder, gitDir: join(folder, ".git") };
      }),
    truthFile: truth ? join(directory, "truth.json") : null,
    forgeFile: isReviewed(organisation) ? join(directory, "forge.jsonl") : null,
  };
  const mark = JSON.stringify({
    generatorVersion,
    seed,
    endsAt,
    truth,
    organisation: createHash("sha256").update(JSON.stringify(organisation)).digest("hex"),
  });
  if ((await madeBefore(directory, mark)) === "whole") return result;

  const stage = new Stage(endsAt - organisation.days * dayMs, endsAt);
  const seen = play(stage, organisation, seed, join(directory, "repos"));
  await mkdir(join(directory, "repos"), { recursive: true });
  await Promise.all([
    writeTranscripts(stage, result.home),
    result.forgeFile === null ? undefined : writeFile(result.forgeFile, forgeExport(seen)),
    result.truthFile === null ? undefined : writeFile(result.truthFile, truthText(tellTruth(stage, seen, seed))),
    ...seen.map((repository, index) => writeRepository(repository, result.repositories[index]?.folder ?? "", { binary: gitBinary, path })),
  ]);
  await writeFile(join(directory, markName), mark);
  return result;
}

const markName = "sample.json";
const making = "{}";

const isReviewed = ({ repositories }: Organisation): boolean =>
  repositories.some(({ items, seen }) => seen && items.some(({ story }) => story === "reviewed"));

/** Whether a whole sample of this mark lies there; what is left of another one is taken away. */
async function madeBefore(directory: string, mark: string): Promise<"whole" | "not"> {
  await mkdir(directory, { recursive: true });
  const parts = ["home", "repos", "truth.json", "forge.jsonl"];
  const there = new Set(await readdir(directory));
  if (there.has(markName)) {
    if ((await readFile(join(directory, markName), "utf8")) === mark) return "whole";
    for (const part of parts) await rm(join(directory, part), { recursive: true, force: true });
  } else if (parts.some((part) => there.has(part))) {
    throw new UserError("sample_folder_taken", `The folder for the sample holds something else: ${directory}`, {
      hint: "Name a new folder.",
    });
  }
  await writeFile(join(directory, markName), making);
  return "not";
}

/** Plays all plans. @returns the repositories that are there to be seen */
function play(stage: Stage, organisation: Organisation, seed: number, reposFolder: string): Repository[] {
  const random = randomFrom(`sample ${seed}`);
  const scenes: { readonly plan: RepositoryPlan; readonly scene: Scene }[] = [];
  for (const plan of organisation.repositories) {
    const neighbours = (): Scene[] =>
      scenes.filter((other) => other.plan !== plan && other.plan.seen && other.plan.team === plan.team).map(({ scene }) => scene);
    scenes.push({ plan, scene: setUp(stage, organisation, plan, reposFolder, random.fork(plan.name), neighbours) });
  }
  for (const { plan, scene } of scenes) playPlan(scene, plan.items, random.fork(`${plan.name} plan`));
  const seen = scenes.filter(({ plan }) => plan.seen).map(({ scene }) => scene);
  for (const scene of seen) stage.tell(releases(scene, organisation.releaseDays));
  stage.play();
  return seen.map((scene) => scene.repository);
}

/** A repository with the code that was there before the sample begins. */
function setUp(
  stage: Stage,
  { habits }: Organisation,
  plan: RepositoryPlan,
  reposFolder: string,
  random: Random,
  neighbours: Scene["neighbours"],
): Scene {
  const repository = new Repository("saltmarsh", plan.name, plan.habit, plan.language);
  const nextSubject = subjectsFor(random, plan.product);
  const taken = new Set<string>();
  const codePath = (subject: Subject, part: string): { code: string; test: string } => {
    for (let n = 1; ; n++) {
      const paths = plan.paths(subject, n === 1 ? part : `${part}-${n}`);
      if (taken.has(paths.code)) continue;
      taken.add(paths.code);
      return paths;
    }
  };
  const scene: Scene = {
    stage,
    repository,
    team: plan.team,
    habits,
    reformats: reformatsFor(plan.language, random.fork("formatter")),
    reposFolder,
    neighbours,
    nextSubject,
    codePath,
  };
  seedHistory(scene, random, plan);
  return scene;
}

/** Two of the things a formatter can do. */
function reformatsFor(language: Language, random: Random): Reformat[] {
  const all = [...reformatsOf[language]];
  return Array.from({ length: 2 }, () => all.splice(random.int(0, all.length - 1), 1)[0] as Reformat);
}

/** Days before the sample at which its seed was laid down: old enough to be old on its first day. */
const seedDays = [-47, -44, -40, -36];

function seedHistory(scene: Scene, random: Random, plan: RepositoryPlan): void {
  const { stage, repository, nextSubject, codePath } = scene;
  const files = new Map<string, readonly Line[]>();
  const by = plan.team.at(-1) as Person;
  const put = (path: string, subject: Subject, units: number, at: number): void => {
    const lines = stage.newFile(random, path, subject, units, "person");
    files.set(path, lines);
    const hand: Hand = { witness: "person", person: by.key, session: null, messageId: null, callId: null, agentId: null, turn: null, at };
    stage.chronicle.record({ repository, branch: null }, path, [], lines, hand);
  };
  seedDays.forEach((day, index) => {
    const at = stage.startAt + day * dayMs;
    for (let n = 0; n < plan.seedSubjects / seedDays.length; n++) {
      const subject = nextSubject();
      const paths = codePath(subject, "core");
      put(paths.code, subject, random.int(6, 9), at);
      put(paths.test, subject, random.int(3, 5), at);
      if (n < 2) put(`docs/${subject.noun}.md`, subject, random.int(4, 6), at);
    }
    if (index === 0) {
      const subject: Subject = { noun: repository.name, partner: "saltmarsh" };
      put("README.md", subject, 3, at);
      put(plan.config, nextSubject(), 8, at);
      for (let n = 0; n < plan.guides; n++) put(`guide/part-${n + 1}.md`, nextSubject(), 7, at);
      put(repository.language === "go" ? "go.sum" : "package-lock.json", subject, 24, at);
    }
    const before = repository.chain.at(-1) ?? null;
    const messages = [
      "Lay down the service",
      "Add the second half of the desk",
      "Bring over the night rules",
      "Bring over the tariffs of last year",
    ];
    const commit = repository.push(new Map(files), by.identity, at + hourMs, `${messages[index]}\n`);
    stage.landed(before, commit);
  });
}

function playPlan(scene: Scene, plan: readonly Item[], random: Random): void {
  // Reviews are counted apart: what the others draw stays what it is, however many there are.
  let [reviews, others] = [0, 0];
  for (const item of plan) {
    const index = item.story === "reviewed" ? reviews++ : others++;
    scene.stage.tell(stories[item.story](scene, item, random.fork(`${index} ${item.story}`)));
  }
}

/** Tags on the default branch. */
function* releases({ stage, repository }: Scene, releaseDays: readonly number[]): Generator<number, void> {
  for (const [index, day] of releaseDays.entries()) {
    const at = stage.startAt + day * dayMs + 16 * hourMs;
    yield at;
    repository.tag(`v2.${index}.0`, at);
  }
}

async function writeTranscripts(stage: Stage, home: string): Promise<void> {
  const projects = join(home, ".claude", "projects");
  for (const { log, transcript } of stage.sessions) {
    if (transcript === "missing") continue;
    const folder = join(projects, log.setting.cwd.replace(/[^a-zA-Z0-9]/g, "-"));
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${log.setting.session}.jsonl`), jsonLines(log.main.rows));
    await writeAgents(log, join(folder, log.setting.session, "subagents"));
  }
}

async function writeAgents(log: SessionLog, folder: string): Promise<void> {
  if (log.agentFiles.size === 0) return;
  await mkdir(folder, { recursive: true });
  for (const [agentId, rows] of log.agentFiles) await writeFile(join(folder, `agent-${agentId}.jsonl`), jsonLines(rows));
}

const jsonLines = (rows: readonly unknown[]): string => `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`;

/** One row a line, so that two truths can be compared by `diff`. */
function truthText(truth: SampleTruth): string {
  const { lines, responses, authors, ...head } = truth;
  const rows = (all: readonly unknown[]): string => `[\n${all.map((row) => JSON.stringify(row)).join(",\n")}\n]`;
  return `${JSON.stringify(head).slice(0, -1)},\n"authors": ${rows(authors)},\n"responses": ${rows(responses)},\n"lines": ${rows(lines)}}\n`;
}
