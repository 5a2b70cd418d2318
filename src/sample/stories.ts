import { join } from "node:path";
import { phrase, type Subject, titleOf } from "./code-text.ts";
import type { Line } from "./lines.ts";
import type { Random } from "./random.ts";
import { type Branch, type Commit, mergeFiles, type Repository } from "./repository.ts";
import { dayMs, hourMs, isLockFile, type PlayedSession, type Stage, statementCounts } from "./stage.ts";
import { type Person, type PersonKey, people, styleOn } from "./team.ts";
import { SessionLog } from "./transcript.ts";
import { changedUnit, insertedUnit, withoutUnit } from "./rewrite.ts";
import { WorkSession } from "./work-session.ts";

/** Where stories take place. */
export interface Scene {
  readonly stage: Stage;
  readonly repository: Repository;
  /** Folder the repositories lie in. */
  readonly reposFolder: string;
  readonly nextSubject: () => Subject;
  /** Path of a subject's code or tests. */
  readonly codePath: (subject: Subject, name: string) => { code: string; test: string };
}

export interface Item {
  readonly day: number;
  readonly who: PersonKey;
  readonly story: StoryName;
}

type Story = (scene: Scene, item: Item, random: Random) => Generator<number, void>;

/** How a piece of work may run. */
interface Course {
  readonly sittings?: number;
  /** The next day's sitting goes on in the same session. */
  readonly resumed?: boolean;
  readonly forked?: boolean;
  readonly cleared?: boolean;
  readonly subAgent?: "logged" | "unlogged";
  readonly missing?: boolean;
  readonly end?: "land" | "revert" | "reland" | "close" | "leave" | "open";
}

const isCode = (path: string): boolean => /\.(ts|go)$/.test(path) && !/(\.test\.ts|_test\.go)$/.test(path);
const isProse = (path: string): boolean => path.startsWith("docs/");
const isConfig = (path: string): boolean => path.startsWith("config/");

/** An hour of work on a day of the sample; what falls on a weekend is done on the Monday, at the end on the Friday. */
function workTime(stage: Stage, day: number, random: Random): number {
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
function later(at: number, random: Random, fromHours: number, toHours: number): number {
  const then = at + random.int(fromHours * 60, toHours * 60) * 60_000;
  return toMonday(then);
}

function branchName(person: Person, title: string): string {
  const words = title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${person.key}/${words.slice(0, 38).replace(/-[^-]*$/, "")}`;
}

function openSession(
  scene: Scene, person: Person, branch: Branch, at: number, random: Random,
  more: { purpose?: PlayedSession["purpose"]; missing?: boolean } = {},
): WorkSession {
  const { stage, repository } = scene;
  const { style, model } = styleOn(person, (at - stage.startAt) / dayMs);
  const log = new SessionLog({
    session: random.uuid(), cwd: join(scene.reposFolder, repository.name), branch: branch.name, model, subAgentModel: model, style,
    random: random.fork(`log ${at}`), startAt: at,
  });
  const played: PlayedSession = { log, person, repository, purpose: more.purpose ?? "build", transcript: more.missing ? "missing" : "present", forkOf: null };
  stage.sessions.push(played);
  return new WorkSession(stage, played, branch, random);
}

/** A copy of a session that goes on by itself. Its id is the greater one: at equal instants the smaller owns (RULINGS 2). */
function forkSession(from: WorkSession, at: number): WorkSession {
  const { played, stage, random } = from;
  let session = random.uuid();
  while (session <= played.log.setting.session) session = `f${random.uuid().slice(1)}`;
  const log = played.log.fork({ ...played.log.setting, session, startAt: at, random: random.fork("fork") });
  const copy: PlayedSession = { ...played, log, forkOf: { session: played.log.setting.session, messageIds: played.log.toldInMainFile() } };
  stage.sessions.push(copy);
  return new WorkSession(stage, copy, from.branch, random);
}

interface Task {
  readonly subject: Subject;
  readonly title: string;
  readonly paths: { code: string; test: string };
}

/** A turn: prompt, looking around, edits, tests, a word at the end. */
function turn(session: WorkSession, prompt: string, task: Task, look: number, steps: readonly (() => void)[], tests: "pass" | "mend" | "none"): void {
  const { log, random } = session;
  const startedAt = log.now;
  if (log.turn > 0 && random.chance(0.12)) log.queuedPrompt(prompt);
  else log.prompt(prompt);
  if (random.chance(0.03)) log.overloaded();
  session.explore(look, task.subject);
  for (const step of steps) step();
  if (tests === "mend") {
    session.say({ calls: [session.test(task.subject, false)] });
    session.explore(1, task.subject);
    const [path, unit] = random.pick(ownUnits(session.branch));
    session.say({ thinking: `The ${phrase.field(random)} is off by one window; the statement has to change.`, calls: [session.edit(path, session.changed(path, unit, 1))] });
  }
  if (tests !== "none") session.say({ calls: [session.test(task.subject, true)] });
  session.say({ text: `Done: ${task.title.toLowerCase()}. The ${phrase.field(random)} follows the ${task.subject.partner}, and the ${phrase.place(random)} is covered.` });
  log.turnEnds(startedAt);
}

/** Units a branch made itself, with some statements. */
function ownUnits(branch: Branch): [string, number][] {
  const found: [string, number][] = [];
  for (const [path, lines] of branch.files) {
    const old = branch.base.files.get(path);
    if (old === lines || isLockFile(path)) continue;
    const known = new Set(old?.map((line) => line.unit));
    for (const [unit, statements] of statementCounts(lines)) if (!known.has(unit) && statements >= 2) found.push([path, unit]);
  }
  return found;
}

/** The first turn of a feature: a new file, its tests, and a place in what is there. */
function begin(session: WorkSession, scene: Scene, task: Task, course: Course): void {
  const { random, stage } = session;
  const { subject, paths, title } = task;
  const write = (say: WorkSession["say"]): void => {
    say({
      thinking: `A file of its own keeps the ${subject.noun} apart from the ${subject.partner}.`,
      calls: [session.create(paths.code, stage.newFile(random, paths.code, subject, random.int(3, 5), session.witness))],
    });
    say({ calls: [session.create(paths.test, stage.newFile(random, paths.test, subject, random.int(2, 4), session.witness))] });
  };
  const steps: (() => void)[] = [];
  if (course.subAgent === undefined) steps.push(() => write(session.say));
  else {
    const prompt = `Write ${paths.code} and its tests: ${title.toLowerCase()}. Follow the neighbours.`;
    steps.push(() => {
      const call = session.delegate(`Write the ${subject.noun} module`, prompt, "general-purpose", course.subAgent === "logged", (say) => {
        session.explore(random.int(2, 5), subject, say);
        write(say);
        say({ calls: [session.test(subject, true)] });
        const own = ownUnits(session.branch);
        const [path, unit] = random.pick(own);
        say({ calls: [session.edit(path, session.changed(path, unit, 2))] });
        say({ text: `Written: ${paths.code} with tests.` });
        return `Wrote ${paths.code} and ${paths.test}; the tests pass.`;
      });
      session.say({ text: "I'll hand the module to a sub-agent.", calls: [call] });
    });
  }
  const host = [...session.branch.files.keys()].filter((path) => isCode(path) && scene.repository.tip.files.has(path));
  const hostPath = random.pick(host);
  if (random.chance(0.08)) steps.push(() => session.say({ calls: [session.failedEdit(hostPath)] }));
  steps.push(() => session.say({ calls: [session.edit(hostPath, session.inserted(hostPath, subject))] }));
  steps.push(...refinements(session, scene, "old", random.int(0, 2), isCode));
  if (random.chance(0.4)) {
    const config = random.pick([...session.branch.files.keys()].filter(isConfig));
    steps.push(() => session.say({ calls: [session.edit(config, session.inserted(config, subject))] }));
  }
  const prompt = random.pick([
    `${title}. Look at how ${subject.noun}s are done today first, then add it with tests.`,
    `Please ${title.charAt(0).toLowerCase()}${title.slice(1)}; the ${phrase.role(random)} has been asking for it. Tests too.`,
    `We need this: ${title.toLowerCase()}. Keep the ${subject.partner} as it is.`,
  ]);
  turn(session, prompt, task, random.int(4, 9), steps, random.chance(0.35) ? "mend" : "pass");
}

/** Edits of units the default branch has; a unit that none fits for is left out. */
function refinements(session: WorkSession, scene: Scene, age: "old" | "young", count: number, fits: (path: string) => boolean): (() => void)[] {
  const { random, stage, repository, branch } = session;
  const steps: (() => void)[] = [];
  for (let i = 0; i < count; i++) {
    const taken = stage.take(random, repository, branch, age, session.log.now, fits) ?? stage.take(random, repository, branch, "old", session.log.now, fits);
    if (taken === null) continue;
    const statements = age === "young" ? random.int(3, 5) : random.int(1, 3);
    steps.push(() => session.say({ calls: [session.edit(taken.path, session.changed(taken.path, taken.unit, statements))] }));
  }
  return steps;
}

/** A later turn: the person wants it otherwise. Statements of the branch itself are written anew, some are added. */
function iterate(session: WorkSession, task: Task): void {
  const { random } = session;
  const own = ownUnits(session.branch);
  const steps = Array.from({ length: random.int(2, 3) }, () => random.pick(own)).map(
    ([path, unit]) => () => session.say({
      thinking: random.chance(0.4) ? `The ${phrase.role(random)} is right, the ${phrase.field(random)} belongs to the ${task.subject.partner}.` : undefined,
      calls: [session.edit(path, session.changed(path, unit, random.int(1, 3)))],
    }),
  );
  const [hostPath] = random.pick(own);
  steps.push(() => session.say({ calls: [session.edit(hostPath, session.inserted(hostPath, task.subject))] }));
  const prompt = random.pick([
    `The ${phrase.field(random)} should come from the ${task.subject.partner}, not from the request.`,
    `Close, but the ${phrase.place(random)} is different: there the ${phrase.role(random)} decides.`,
    `Can you make the ${phrase.field(random)} check stricter and say why it refuses?`,
    `Also handle a ${task.subject.noun} without ${phrase.field(random)}.`,
  ]);
  turn(session, prompt, task, random.int(2, 6), steps, random.chance(0.3) ? "mend" : "pass");
}

/** A person's own hand on what the agent wrote, before it is committed. */
function touchUp(session: WorkSession): void {
  const { random, stage, branch, log } = session;
  log.wait(random.int(120, 500));
  const [path, unit] = random.pick(ownUnits(branch));
  const before = branch.files.get(path) as readonly Line[];
  const numbered = before.filter((line) => line.unit === unit && line.statement > 0 && /\d{2,}/.test(line.text));
  if (numbered.length === 0) return;
  const edited = random.pick(numbered);
  const text = edited.text.replace(/\d{2,}/, String(random.int(1_000, 9_999)));
  const after = before.map((line) => (line === edited ? stage.chronicle.newLine({ text, statement: line.statement }, unit) : line));
  stage.chronicle.change(session, path, after, personHand(session.played.person, log.now));
}

function personHand(person: Person, at: number) {
  return { witness: "person", person: person.key, session: null, messageId: null, callId: null, agentId: null, turn: null, at } as const;
}

function commitTurn(session: WorkSession, title: string): void {
  const { log, random } = session;
  const startedAt = log.now;
  log.wait(random.int(40, 400));
  log.prompt(random.pick(["Commit this.", "Looks good, commit it.", "Run everything once more and commit."]));
  if (random.chance(0.4)) session.say({ calls: [session.build()] });
  session.commit(title);
  session.say({ text: "Committed." });
  log.turnEnds(startedAt);
}

const feature = (course: Course): Story =>
  function* (scene, item, random) {
    const person: Person = people[item.who];
    const { stage, repository } = scene;
    const start = workTime(stage, item.day, random);
    yield start;
    const subject = scene.nextSubject();
    const title = titleOf(random, subject);
    const task: Task = { subject, title, paths: scene.codePath(subject, phrase.field(random).replaceAll(" ", "-")) };
    const branch = repository.branch(branchName(person, title));
    let session = openSession(scene, person, branch, start, random, { missing: course.missing ?? false });
    begin(session, scene, task, course);
    const sittings = course.sittings ?? 1;
    for (let sitting = 1; sitting <= sittings; sitting++) {
      if (sitting > 1) {
        const next = later(session.log.now, random, 17, 22);
        yield next;
        if (course.resumed) session.log.now = next;
        else session = openSession(scene, person, branch, next, random, { missing: course.missing ?? false });
      }
      for (let n = random.int(1, 2); n > 0; n--) {
        session.log.wait(random.int(60, 900));
        iterate(session, task);
        if (course.cleared) session = cleared(scene, session, random);
      }
      if (course.forked) {
        session = forkSession(session, session.log.now + 120_000);
        iterate(session, task);
      }
      if (random.chance(0.4)) touchUp(session);
      if (course.end === "leave") continue;
      if (random.chance(0.75)) commitTurn(session, sitting === 1 ? title : `${title}: after a second look`);
      else byHand(session, title);
      if (random.chance(0.12)) amend(session, title);
    }
    if (course.end === "leave") return;
    if (random.chance(0.6)) session.openPull(title);
    else repository.openPull(branch, title);
    yield* finish(scene, item, random, session, course.end ?? "land");
  };

/** A person commits what the agent wrote: no hash is printed in the log. */
function byHand(session: WorkSession, title: string): void {
  session.log.wait(session.random.int(60, 600));
  session.repository.commit(session.branch, session.played.person.identity, session.log.now, `${title}\n`);
}

/** The message is mended; the hash that was printed is nowhere any more. */
function amend(session: WorkSession, title: string): void {
  session.log.wait(300);
  session.repository.amend(session.branch, session.log.now, `${title}, with its tests\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n`);
}

/** `/clear`: newer versions go on in a new file, older ones in the same. */
function cleared(scene: Scene, session: WorkSession, random: Random): WorkSession {
  session.log.wait(90);
  if (session.log.setting.style.subAgentsIn === "progress") {
    session.log.clear();
    return session;
  }
  const next = openSession(scene, session.played.person, session.branch, session.log.now, random);
  next.log.clear();
  return next;
}

/** After this nothing lands any more: the last commit of each default branch is a person's. */
const lastLanding = (stage: Stage): number => stage.endsAt - 27 * hourMs;

/** Lands a branch. @returns the commit on the default branch */
function land(scene: Scene, branch: Branch, by: Person, at: number, random: Random): Commit {
  const { repository, stage } = scene;
  if (repository.habit === "squash" && branch.base !== repository.tip && random.chance(0.3)) repository.rebase(branch, at - 60_000);
  const before = repository.tip;
  const commit = repository.land(branch, by.identity, at);
  stage.landed(before, commit);
  return commit;
}

function reviewerOf(who: PersonKey, random: Random): Person {
  const others = (Object.keys(people) as PersonKey[]).filter((key) => key !== who);
  return people[random.pick(others)];
}

function* finish(scene: Scene, item: Item, random: Random, session: WorkSession, end: NonNullable<Course["end"]>): Generator<number, void> {
  const { branch, log } = session;
  const { stage, repository } = scene;
  if (end === "open") {
    branch.keep = true;
    return;
  }
  if (end === "close") {
    branch.keep = random.chance(0.5);
    repository.release(branch);
    return;
  }
  const at = later(log.now, random, 3, 28);
  branch.keep = true;
  if (at > lastLanding(stage)) return;
  yield at;
  const commit = land(scene, branch, reviewerOf(item.who, random), at, random);
  branch.keep = false;
  if (end === "land") return;
  const before = commit.parents[0] as Commit;
  const units = unitsChanged(before, commit);
  for (const unit of units) stage.hold(repository, branch, unit);
  const revertAt = later(at, random, 50, 140);
  yield revertAt;
  const undo = repository.habit === "merge" ? `This reverts commit ${commit.hash}, reversing\nchanges made to ${before.hash}.` : `This reverts commit ${commit.hash}.`;
  const subject = firstLine(commit.message);
  const reverter = reviewerOf(item.who, random);
  const reverted = yield* landInverse(scene, { commit, before }, { name: `revert-${branch.pull?.number}-${branch.name}`, title: `Revert "${subject}"`, body: undo }, reverter, revertAt, random);
  if (end === "revert") {
    repository.release(branch);
    return;
  }
  const againAt = later(revertAt, random, 60, 110);
  yield againAt;
  const title = `Reapply "${subject}"`;
  const again = { name: `reapply-${branch.pull?.number}-${branch.name}`, title, body: `This reverts commit ${reverted.hash}.` };
  yield* landInverse(scene, { commit: reverted, before: reverted.parents[0] as Commit }, again, people[item.who], againAt, random);
  repository.release(branch);
}

const firstLine = (text: string): string => text.slice(0, text.indexOf("\n"));

function unitsChanged(before: Commit, commit: Commit): Set<number> {
  const units = new Set<number>();
  for (const [path, lines] of commit.files) {
    const old = before.files.get(path);
    if (old === lines) continue;
    for (const line of [...(old ?? []), ...lines]) if (!(old?.includes(line) && lines.includes(line))) units.add(line.unit);
  }
  return units;
}

/** A pull request that takes one landed commit back. */
function* landInverse(
  scene: Scene, what: { commit: Commit; before: Commit }, how: { name: string; title: string; body: string }, by: Person, at: number, random: Random,
): Generator<number, Commit> {
  const { repository } = scene;
  const branch = repository.branch(how.name);
  const after = mergeFiles(what.commit.files, repository.tip.files, what.before.files);
  changeByHand(scene, branch, after, by, at);
  const reverts = /This reverts commit ([0-9a-f]{40})/.exec(how.body)?.[1] ?? null;
  const message = `${how.title}\n\n${how.body}\n`;
  repository.commit(branch, by.identity, at, message, reverts);
  repository.openPull(branch, how.title);
  const landAt = later(at, random, 1, 3);
  yield landAt;
  return land(scene, branch, by, landAt, random);
}

function changeByHand(scene: Scene, branch: Branch, after: ReadonlyMap<string, readonly Line[]>, by: Person, at: number): void {
  const place = { repository: scene.repository, branch };
  for (const path of new Set([...branch.files.keys(), ...after.keys()])) {
    if (branch.files.get(path) !== after.get(path)) scene.stage.chronicle.change(place, path, after.get(path) ?? null, personHand(by, at));
  }
}

/** Existing code is changed: `young` code of an agent is rework, `old` code is maintenance. */
const refine = (age: "old" | "young", fits: (path: string) => boolean, count: number): Story =>
  function* (scene, item, random) {
    yield* maintenance(scene, item, random, (session) => refinements(session, scene, age, count, fits));
  };

/** Whole functions are taken out, nothing put in their place. */
const cleanUp = (age: "old" | "young"): Story =>
  function* (scene, item, random) {
    yield* maintenance(scene, item, random, (session) => {
      const steps: (() => void)[] = [];
      const paths = new Set<string>();
      for (let i = 0; i < 3; i++) {
        const fits = (path: string): boolean => isCode(path) && !paths.has(path);
        const taken = scene.stage.take(random, scene.repository, session.branch, age, session.log.now, fits);
        if (taken === null) continue;
        paths.add(taken.path);
        steps.push(() => session.say({ calls: [session.edit(taken.path, withoutUnit(taken.unit))] }));
      }
      return steps.length > 0 ? steps : refinements(session, scene, "old", 2, isCode);
    });
  };

/** A dependency moves: the lock file changes by a shell command. */
const dependency: Story = function* (scene, item, random) {
  yield* maintenance(scene, item, random, (session) => {
    const taken = scene.stage.take(random, scene.repository, session.branch, "old", session.log.now, isLockFile);
    if (taken === null) return [];
    const command = scene.repository.name === "tide" ? "go get -u ./... && go mod tidy" : "npm update --save";
    return [() => session.say({ calls: [session.install(taken.path, session.changed(taken.path, taken.unit, 1)(session.branch.files.get(taken.path) ?? []), command)] })];
  });
};

/** One word becomes another in several files, by sed. */
const rename: Story = function* (scene, item, random) {
  yield* maintenance(scene, item, random, (session) => {
    const { stage, repository } = scene;
    const taken = Array.from({ length: 6 }, () => stage.take(random, repository, session.branch, "old", session.log.now, isCode)).filter((unit) => unit !== null);
    const from = scene.repository.name === "tide" ? "limit" : "request";
    const paths = [...new Set(taken.map((unit) => unit.path))].filter((path) =>
      session.branch.files.get(path)?.some((line) => line.statement > 0 && session.branch.units.has(line.unit) && line.text.includes(from)),
    );
    return paths.length === 0 ? [] : [() => session.say({ calls: [session.codemod(paths, from, `${from}Draft`)] })];
  });
};

/** One session on a branch of its own that changes what is there, and lands. */
function* maintenance(scene: Scene, item: Item, random: Random, stepsOf: (session: WorkSession) => (() => void)[]): Generator<number, void> {
  const person: Person = people[item.who];
  const { stage, repository } = scene;
  const start = workTime(stage, item.day, random);
  yield start;
  const subject = scene.nextSubject();
  const title = titleOf(random, subject);
  const branch = repository.branch(branchName(person, title));
  const session = openSession(scene, person, branch, start, random);
  const steps = stepsOf(session);
  const task = { subject, title, paths: scene.codePath(subject, "x") };
  const prompt = `${title}: the ${phrase.role(random)} found it odd at the ${phrase.place(random)}. Keep the change small.`;
  turn(session, prompt, task, random.int(4, 10), steps, "pass");
  if (branch.files === branch.base.files) return; // nothing fitted: a session that only looked
  commitTurn(session, title);
  if (random.chance(0.6)) session.openPull(title);
  else repository.openPull(branch, title);
  yield* finish(scene, item, random, session, "land");
}

/** A person's work, without an agent: straight to the default branch, or by pull request. */
const byPerson = (how: "push" | "pull", age: "old" | "young"): Story =>
  function* (scene, item, random) {
    const person: Person = people[item.who];
    const { stage, repository } = scene;
    const at = workTime(stage, item.day, random);
    yield at;
    const subject = scene.nextSubject();
    const title = titleOf(random, subject);
    const branch = repository.branch(branchName(person, title));
    const place = { repository, branch };
    for (let i = 0; i < 2; i++) {
      const taken = stage.take(random, repository, branch, age, at, isCode) ?? stage.take(random, repository, branch, "old", at, isCode);
      if (taken === null) continue;
      const before = branch.files.get(taken.path) ?? [];
      stage.chronicle.change(place, taken.path, changedUnit(stage, random, taken.path, taken.unit, 2)(before), personHand(person, at));
    }
    const host = random.pick([...branch.files.keys()].filter((path) => isCode(path) || isProse(path)));
    stage.chronicle.change(place, host, insertedUnit(stage, random, host, subject, "person")(branch.files.get(host) ?? []), personHand(person, at));
    if (how === "push") pushByHand(scene, branch, person, at + 60_000, title);
    else {
      repository.commit(branch, person.identity, at + 60_000, `${title}\n`);
      repository.openPull(branch, title);
      const landAt = later(at, random, 2, 20);
      if (landAt > lastLanding(stage)) return;
      yield landAt;
      land(scene, branch, reviewerOf(item.who, random), landAt, random);
    }
  };

/** A person's commit lies on the default branch itself: no branch is left of it. */
function pushByHand(scene: Scene, branch: Branch, person: Person, at: number, title: string): void {
  const { repository, stage } = scene;
  const before = repository.tip;
  const commit = repository.push(mergeFiles(branch.base.files, before.files, branch.files), person.identity, at, `${title}\n`);
  branch.landed = commit;
  repository.release(branch);
  stage.landed(before, commit);
}

/** Questions and reading: no file changes. */
const research = (purpose: "research" | "operate"): Story =>
  function* (scene, item, random) {
    const person: Person = people[item.who];
    const start = workTime(scene.stage, item.day, random);
    yield start;
    const subject = scene.nextSubject();
    const onMain = scene.repository.checkout("main");
    const session = openSession(scene, person, onMain, start, random, { purpose });
    const { log } = session;
    const task = { subject, title: `the ${subject.noun} question`, paths: scene.codePath(subject, "x") };
    for (let n = random.int(2, 4); n > 0; n--) {
      const startedAt = log.now;
      const question = purpose === "research" ? `How does a ${subject.noun} get its ${phrase.field(random)}, and what would break if the ${subject.partner} decided it?` : `What changed for the ${subject.noun} since the last release, and is the ${phrase.place(random)} healthy?`;
      log.prompt(question);
      session.explore(random.int(5, 11), subject);
      if (purpose === "operate") session.say({ calls: [session.shell("shell", "git log --oneline -15", "Look at the history", "a list of commits", 1), session.shell("shell", "curl -s localhost:8080/health", "Ask the service", `{"ok":true}`, 1)] });
      else if (random.chance(0.5)) session.say({ calls: [session.delegate("Look around", `Find every use of ${subject.noun} ${phrase.field(random)}.`, "Explore", true, (say) => {
        session.explore(random.int(4, 8), subject, say);
        say({ text: `The ${subject.noun} is used in ${random.int(3, 9)} places.` });
        return `Used in several places, mostly by the ${subject.partner}.`;
      })] });
      session.say({ text: `The ${task.subject.noun} gets it from the ${subject.partner} at the ${phrase.place(random)}. Three callers would notice a change; I would start with the ${phrase.role(random)}'s view.` });
      log.turnEnds(startedAt);
      log.wait(random.int(60, 800));
    }
  };

/** Work that the agent takes back itself. */
const undone: Story = function* (scene, item, random) {
  const person: Person = people[item.who];
  const { stage, repository } = scene;
  const start = workTime(stage, item.day, random);
  yield start;
  const subject = scene.nextSubject();
  const title = titleOf(random, subject);
  const branch = repository.branch(branchName(person, title));
  const session = openSession(scene, person, branch, start, random);
  begin(session, scene, { subject, title, paths: scene.codePath(subject, "attempt") }, {});
  session.log.wait(200);
  session.log.prompt("No, this is the wrong way round. Drop it all.");
  session.say({ calls: [session.restore()] });
  session.say({ text: "Dropped; the folder is as it was." });
  repository.release(branch);
};

/** Work after the newest commit of the default branch: nobody can know yet. */
const afterwards: Story = function* (scene, item, random) {
  const start = scene.stage.endsAt - random.int(4, 8) * hourMs;
  yield start;
  const subject = scene.nextSubject();
  const title = titleOf(random, subject);
  const branch = scene.repository.branch(branchName(people[item.who], title));
  const session = openSession(scene, people[item.who], branch, start, random);
  begin(session, scene, { subject, title, paths: scene.codePath(subject, "next") }, {});
};

/** The newest commit of a default branch: a person's. */
const lastPush: Story = function* (scene, item, random) {
  const { stage, repository } = scene;
  const person: Person = people[item.who];
  const at = stage.endsAt - 26 * hourMs;
  yield at;
  const subject = scene.nextSubject();
  const branch = repository.branch(branchName(person, `note ${subject.noun}`));
  const host = random.pick([...branch.files.keys()].filter(isProse));
  stage.chronicle.change({ repository, branch }, host, insertedUnit(stage, random, host, subject, "person")(branch.files.get(host) ?? []), personHand(person, at));
  pushByHand(scene, branch, person, at + 60_000, `Write down how a ${subject.noun} is closed`);
};

/** Every story the team can act out. */
export const stories = {
  feature: feature({}),
  longFeature: feature({ sittings: 2 }),
  resumed: feature({ sittings: 2, resumed: true }),
  forked: feature({ forked: true }),
  cleared: feature({ cleared: true }),
  subAgent: feature({ subAgent: "logged" }),
  unloggedSubAgent: feature({ subAgent: "unlogged" }),
  missingTranscript: feature({ missing: true }),
  reverted: feature({ end: "revert" }),
  relanded: feature({ end: "reland" }),
  closed: feature({ end: "close" }),
  uncommitted: feature({ end: "leave" }),
  open: feature({ end: "open" }),
  refine: refine("old", isCode, 4),
  rework: refine("young", isCode, 4),
  document: refine("old", isProse, 2),
  cleanUp: cleanUp("old"),
  cleanUpYoung: cleanUp("young"),
  dependency,
  rename,
  personPull: byPerson("pull", "old"),
  personPush: byPerson("push", "old"),
  personRework: byPerson("pull", "young"),
  research: research("research"),
  operate: research("operate"),
  undone,
  afterwards,
  lastPush,
} satisfies Record<string, Story>;
export type StoryName = keyof typeof stories;
