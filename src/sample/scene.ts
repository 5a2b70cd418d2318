import { join } from "node:path";
import type { Subject } from "./code-text.ts";
import type { Random } from "./random.ts";
import type { Reformat } from "./reformat.ts";
import type { Branch, Repository } from "./repository.ts";
import { dayMs, type PlayedSession, type Stage } from "./stage.ts";
import { type Person, styleOn } from "./team.ts";
import { SessionLog } from "./transcript.ts";
import { WorkSession } from "./work-session.ts";

export type PersonEdit = "mend" | "rename" | "retype";
export type FormatterRun = "shell" | "hook" | "apart";

/** How often people do what makes work hard to follow: probabilities. */
export interface Habits {
  /** A person works over what the agent wrote, before it is committed. */
  readonly touchUp: number;
  /** The same after the commit, in one of its own. */
  readonly nits: number;
  /** Of these: mends a line, renames something, types statements anew. */
  readonly edits: Readonly<Record<PersonEdit, number>>;
  /** A formatter runs: by the agent's shell, by a hook at the commit, in a commit of its own. */
  readonly format: Readonly<Record<FormatterRun, number>>;
  /** The commit's message is mended afterwards. */
  readonly amend: number;
  /** A branch is put onto the newest default branch before it lands. */
  readonly rebase: number;
  /** A person commits what the agent wrote. */
  readonly byHand: number;
  /** A branch of several commits is made one, and pushed over what was there. */
  readonly forcePush: number;
  /** A session runs in a worktree that is gone, under Windows, by a clock that is wrong. */
  readonly worktree: number;
  readonly windows: number;
  readonly skew: number;
}

/** Where stories take place. */
export interface Scene {
  readonly stage: Stage;
  readonly repository: Repository;
  /** Who works on it. */
  readonly team: readonly Person[];
  readonly habits: Habits;
  /** What the repository's formatter does. */
  readonly reformats: readonly Reformat[];
  /** Folder the repositories lie in. */
  readonly reposFolder: string;
  /** Where else the team works, seen repositories alone. */
  readonly neighbours: () => readonly Scene[];
  readonly nextSubject: () => Subject;
  /** Path of a subject's code or tests. */
  readonly codePath: (subject: Subject, name: string) => { code: string; test: string };
}

export const isCode = (path: string): boolean => /\.(ts|go)$/.test(path) && !/(\.test\.ts|_test\.go)$/.test(path);
export const isProse = (path: string): boolean => path.startsWith("docs/");
export const isConfig = (path: string): boolean => path.startsWith("config/");

/** An hour of work on a day of the sample; what falls on a weekend is done on the Monday, at the end on the Friday. */
export function workTime(stage: Stage, day: number, random: Random): number {
  const midnight = Math.ceil((stage.startAt + day * dayMs) / dayMs) * dayMs;
  const minutes = random.int(7 * 60, 15 * 60);
  const monday = toMonday(midnight);
  const workday = monday > stage.endsAt - 2 * dayMs ? monday - 3 * dayMs : monday;
  return (monday === midnight ? midnight : workday) + minutes * 60_000 + random.int(0, 59) * 1000;
}

function toMonday(at: number): number {
  const weekday = new Date(at).getUTCDay();
  if (weekday === 6) return at + 2 * dayMs;
  return weekday === 0 ? at + dayMs : at;
}

/** Some working hours later. */
export function later(at: number, random: Random, fromHours: number, toHours: number): number {
  const then = at + random.int(fromHours * 60, toHours * 60) * 60_000;
  return toMonday(then);
}

export function branchName(person: Person, title: string): string {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${person.key}/${words.slice(0, 38).replace(/-[^-]*$/, "")}`;
}

export function openSession(
  scene: Scene,
  person: Person,
  branch: Branch,
  at: number,
  random: Random,
  more: { purpose?: PlayedSession["purpose"]; missing?: boolean } = {},
): WorkSession {
  const { stage, repository } = scene;
  const { style, model } = styleOn(person, (at - stage.startAt) / dayMs);
  const session = random.uuid();
  const place = placeOf(scene, person, branch, session, more.purpose ?? "build", random.fork(`place ${at}`));
  const log = new SessionLog({
    session,
    ...place,
    reposFolder: scene.reposFolder,
    branch: branch.name,
    model,
    style,
    random: random.fork(`log ${at}`),
    startAt: at,
  });
  const played: PlayedSession = {
    log,
    person,
    repository,
    purpose: more.purpose ?? "build",
    transcript: more.missing ? "missing" : "present",
    forkOf: null,
  };
  stage.sessions.push(played);
  return new WorkSession(stage, played, branch, random);
}

/** Where a session runs, and by how much its clock is wrong. */
function placeOf(
  { stage, habits, reposFolder, repository }: Scene,
  person: Person,
  branch: Branch,
  session: string,
  purpose: PlayedSession["purpose"],
  random: Random,
): { cwd: string; skewMs: number } {
  const { cases } = stage;
  const folder = join(reposFolder, repository.name);
  // What is pushed from a wrong clock would stand on the default branch under it: the truth keeps away from that.
  const skewed = repository.habit !== "push" && random.chance(habits.skew);
  const skewMs = skewed ? random.pick([-1, 1]) * random.int(3 * 60, 14 * 60) * 1000 : 0;
  if (skewed) cases.markSession(session, "clock skew");
  // Without edits nothing but its folder tells where a session belongs.
  if (purpose !== "build") return { cwd: folder, skewMs };
  if (random.chance(habits.worktree)) {
    cases.markSession(session, "worktree");
    return { cwd: join(folder, ".claude", "worktrees", branch.name.replaceAll("/", "-")), skewMs };
  }
  if (random.chance(habits.windows)) {
    cases.markSession(session, "windows path");
    return { cwd: `C:\\Users\\${person.key}\\src\\${repository.name}`, skewMs };
  }
  return { cwd: folder, skewMs };
}

/** A copy of a session that goes on by itself. Its id is the greater one: at equal instants the smaller owns (RULINGS 2). */
export function forkSession(from: WorkSession, at: number, how: "fork" | "resume" = "fork"): WorkSession {
  const { played, stage, random } = from;
  let session = random.uuid();
  while (session <= played.log.setting.session) session = `f${random.uuid().slice(1)}`;
  const log = played.log.fork({ ...played.log.setting, session, startAt: at, random: random.fork("fork") });
  const copy: PlayedSession = { ...played, log, forkOf: { session: played.log.setting.session, messageIds: played.log.toldInMainFile() } };
  for (const name of [session, played.log.setting.session]) stage.cases.markSession(name, how);
  stage.sessions.push(copy);
  return new WorkSession(stage, copy, from.branch, random);
}
