import { join } from "node:path";
import type { Subject } from "./code-text.ts";
import type { Random } from "./random.ts";
import type { Branch, Repository } from "./repository.ts";
import { dayMs, type PlayedSession, type Stage } from "./stage.ts";
import { type Person, styleOn } from "./team.ts";
import { SessionLog } from "./transcript.ts";
import { WorkSession } from "./work-session.ts";

/** How often people do what makes work hard to follow: probabilities. */
export interface Habits {
  /** A person mends a line of the agent's before it is committed. */
  readonly touchUp: number;
  /** The commit's message is mended afterwards. */
  readonly amend: number;
  /** A branch is put onto the newest default branch before it lands. */
  readonly rebase: number;
  /** A person commits what the agent wrote. */
  readonly byHand: number;
}

/** Where stories take place. */
export interface Scene {
  readonly stage: Stage;
  readonly repository: Repository;
  /** Who works on it. */
  readonly team: readonly Person[];
  readonly habits: Habits;
  /** Folder the repositories lie in. */
  readonly reposFolder: string;
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
  const log = new SessionLog({
    session: random.uuid(),
    cwd: join(scene.reposFolder, repository.name),
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

/** A copy of a session that goes on by itself. Its id is the greater one: at equal instants the smaller owns (RULINGS 2). */
export function forkSession(from: WorkSession, at: number): WorkSession {
  const { played, stage, random } = from;
  let session = random.uuid();
  while (session <= played.log.setting.session) session = `f${random.uuid().slice(1)}`;
  const log = played.log.fork({ ...played.log.setting, session, startAt: at, random: random.fork("fork") });
  const copy: PlayedSession = { ...played, log, forkOf: { session: played.log.setting.session, messageIds: played.log.toldInMainFile() } };
  stage.sessions.push(copy);
  return new WorkSession(stage, copy, from.branch, random);
}
