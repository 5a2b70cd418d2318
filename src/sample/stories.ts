import { phrase, titleOf } from "./code-text.ts";
import { cherryPicked, formatDefault, movedUnit, notebook, paragraphs, renamedFile, twoAgents, twoRepositories } from "./hard-stories.ts";
import { type Ending, finish, land, lastLanding, pushByHand, reviewerOf } from "./landing.ts";
import { afterCommit, amend, commitWork, personEdit } from "./committing.ts";
import { namingCulprit } from "./culprits.ts";
import { workOver } from "./person-edits.ts";
import type { Random } from "./random.ts";
import { reviewed } from "./reviewed-story.ts";
import { changedUnit, insertedUnit, withoutUnit } from "./rewrite.ts";
import { branchName, forkSession, isCode, isProse, later, openSession, type Scene, workTime } from "./scene.ts";
import { hourMs, isLockFile } from "./stage.ts";
import type { Person } from "./team.ts";
import { begin, commitTurn, iterate, personHand, refinements, type Task, turn } from "./turns.ts";
import type { WorkSession } from "./work-session.ts";

export interface Item {
  readonly day: number;
  readonly who: Person;
  readonly story: StoryName;
}

export type Story = (scene: Scene, item: Item, random: Random) => Generator<number, void>;

/** How a piece of work may run. */
interface Course {
  readonly sittings?: number;
  /** The next day's sitting goes on in the same session. */
  readonly resumed?: boolean;
  readonly forked?: boolean;
  readonly cleared?: boolean;
  /** The next day's sitting goes on in a new session that replays the old one. */
  readonly replayed?: boolean;
  /** The module is written by the shell. */
  readonly heredoc?: boolean;
  readonly subAgent?: "logged" | "unlogged";
  readonly missing?: boolean;
  readonly end?: Ending | "leave";
}

const feature = (course: Course): Story =>
  function* (scene, item, random) {
    const person = item.who;
    const { stage, repository } = scene;
    const start = workTime(stage, item.day, random);
    yield start;
    const subject = scene.nextSubject();
    const title = titleOf(random, subject);
    const task: Task = { subject, title, paths: scene.codePath(subject, phrase.field(random).replaceAll(" ", "-")) };
    const branch = repository.branch(branchName(person, title));
    let session = openSession(scene, person, branch, start, random, { missing: course.missing ?? false });
    if (course.subAgent === "unlogged") stage.cases.markSession(session.log.setting.session, "unlogged sub-agent");
    begin(session, scene, task, course.subAgent, course.heredoc);
    const sittings = course.sittings ?? 1;
    for (let sitting = 1; sitting <= sittings; sitting++) {
      if (sitting > 1) {
        const next = later(session.log.now, random, 17, 22);
        yield next;
        if (course.resumed) session.log.now = next;
        else if (course.replayed) session = forkSession(session, next, "resume");
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
      if (random.chance(scene.habits.touchUp)) {
        session.log.wait(random.int(120, 500));
        workOver(scene, session, personEdit(scene, random));
      }
      if (course.end === "leave") continue;
      commitWork(scene, session, random, sitting === 1 ? title : `${title}: after a second look`);
      if (random.chance(scene.habits.amend)) amend(session, title);
      afterCommit(scene, session, random, title);
    }
    if (course.end === "leave") return;
    if (random.chance(0.6)) session.openPull(title);
    else repository.openPull(branch, title);
    yield* finish(scene, item.who, random, session, course.end ?? "land");
  };

/** `/clear`: newer versions go on in a new file, older ones in the same. */
function cleared(scene: Scene, session: WorkSession, random: Random): WorkSession {
  session.log.wait(90);
  scene.stage.cases.markSession(session.log.setting.session, "cleared");
  if (session.log.setting.style.subAgentsIn === "progress") {
    session.log.clear();
    return session;
  }
  const next = openSession(scene, session.played.person, session.branch, session.log.now, random);
  scene.stage.cases.markSession(next.log.setting.session, "cleared");
  next.log.clear();
  return next;
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
      for (let i = 0; i < 5; i++) {
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
    const command = scene.repository.language === "go" ? "go get -u ./... && go mod tidy" : "npm update --save";
    return [
      () =>
        session.say({
          calls: [
            session.install(taken.path, session.changed(taken.path, taken.unit, 1)(session.branch.files.get(taken.path) ?? []), command),
          ],
        }),
    ];
  });
};

/** One word becomes another in several files, by sed. */
const rename: Story = function* (scene, item, random) {
  yield* maintenance(scene, item, random, (session) => {
    const { stage, repository } = scene;
    const taken = Array.from({ length: 6 }, () => stage.take(random, repository, session.branch, "old", session.log.now, isCode)).filter(
      (unit) => unit !== null,
    );
    const from = scene.repository.language === "go" ? "limit" : "request";
    const paths = [...new Set(taken.map((unit) => unit.path))].filter((path) =>
      session.branch.files.get(path)?.some((line) => line.statement > 0 && session.branch.units.has(line.unit) && line.text.includes(from)),
    );
    return paths.length === 0 ? [] : [() => session.say({ calls: [session.codemod(paths, from, `${from}Draft`)] })];
  });
};

/** One session on a branch of its own that changes what is there, and lands. */
function* maintenance(
  scene: Scene,
  item: Item,
  random: Random,
  stepsOf: (session: WorkSession) => (() => void)[],
  messageOf: (session: WorkSession, title: string) => string = (_, title) => title,
): Generator<number, void> {
  const person = item.who;
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
  turn(session, prompt, task, random.int(8, 16), steps, "pass");
  if (branch.files === branch.base.files) return; // nothing fitted: a session that only looked
  commitTurn(session, messageOf(session, title));
  if (random.chance(0.6)) session.openPull(title);
  else repository.openPull(branch, title);
  yield* finish(scene, item.who, random, session, "land");
}

/** A fault is mended, and the message names the commit it came with. */
const mended: Story = function* (scene, item, random) {
  yield* maintenance(scene, item, random, (session) => refinements(session, scene, "old", 4, isCode), namingCulprit);
};

/** A person's work, without an agent: straight to the default branch, or by pull request. */
const byPerson = (how: "push" | "pull", age: "old" | "young"): Story =>
  function* (scene, item, random) {
    const person = item.who;
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
    stage.chronicle.change(
      place,
      host,
      insertedUnit(stage, random, host, subject, "person")(branch.files.get(host) ?? []),
      personHand(person, at),
    );
    if (how === "push") pushByHand(scene, branch, person, at + 60_000, title);
    else {
      repository.commit(branch, person.identity, at + 60_000, `${title}\n`);
      repository.openPull(branch, title);
      const landAt = later(at, random, 2, 20);
      if (landAt > lastLanding(stage)) return;
      yield landAt;
      land(scene, branch, reviewerOf(scene, item.who, random), landAt, random);
    }
  };

/** Questions and reading: no file changes. */
const research = (purpose: "research" | "operate"): Story =>
  function* (scene, item, random) {
    const person = item.who;
    const start = workTime(scene.stage, item.day, random);
    yield start;
    const subject = scene.nextSubject();
    const onMain = scene.repository.checkout("main");
    const session = openSession(scene, person, onMain, start, random, { purpose });
    const { log } = session;
    const task = { subject, title: `the ${subject.noun} question`, paths: scene.codePath(subject, "x") };
    for (let n = random.int(2, 4); n > 0; n--) {
      const startedAt = log.now;
      const question =
        purpose === "research"
          ? `How does a ${subject.noun} get its ${phrase.field(random)}, and what would break if the ${subject.partner} decided it?`
          : `What changed for the ${subject.noun} since the last release, and is the ${phrase.place(random)} healthy?`;
      log.prompt(question);
      session.explore(random.int(8, 16), subject);
      if (purpose === "operate")
        session.say({
          calls: [
            session.shell("shell", "git log --oneline -15", "Look at the history", "a list of commits", 1),
            session.shell("shell", "curl -s localhost:8080/health", "Ask the service", `{"ok":true}`, 1),
          ],
        });
      else if (random.chance(0.5))
        session.say({
          calls: [
            session.delegate("Look around", `Find every use of ${subject.noun} ${phrase.field(random)}.`, "Explore", true, (say) => {
              session.explore(random.int(4, 8), subject, say);
              say({ text: `The ${subject.noun} is used in ${random.int(3, 9)} places.` });
              return `Used in several places, mostly by the ${subject.partner}.`;
            }),
          ],
        });
      session.say({
        text: `The ${task.subject.noun} gets it from the ${subject.partner} at the ${phrase.place(random)}. Three callers would notice a change; I would start with the ${phrase.role(random)}'s view.`,
      });
      log.turnEnds(startedAt);
      log.wait(random.int(60, 800));
    }
  };

/** Work that the agent takes back itself. */
const undone: Story = function* (scene, item, random) {
  const person = item.who;
  const { stage, repository } = scene;
  const start = workTime(stage, item.day, random);
  yield start;
  const subject = scene.nextSubject();
  const title = titleOf(random, subject);
  const branch = repository.branch(branchName(person, title));
  const session = openSession(scene, person, branch, start, random);
  begin(session, scene, { subject, title, paths: scene.codePath(subject, "attempt") });
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
  const branch = scene.repository.branch(branchName(item.who, title));
  const session = openSession(scene, item.who, branch, start, random);
  begin(session, scene, { subject, title, paths: scene.codePath(subject, "next") });
};

/** The newest commit of a default branch: a person's. */
const lastPush: Story = function* (scene, item, random) {
  const { stage, repository } = scene;
  const person = item.who;
  const at = stage.endsAt - 26 * hourMs;
  yield at;
  const subject = scene.nextSubject();
  const branch = repository.branch(branchName(person, `note ${subject.noun}`));
  const host = random.pick([...branch.files.keys()].filter(isProse));
  stage.chronicle.change(
    { repository, branch },
    host,
    insertedUnit(stage, random, host, subject, "person")(branch.files.get(host) ?? []),
    personHand(person, at),
  );
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
  mended,
  reviewed,
  rework: refine("young", isCode, 7),
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
  heredoc: feature({ heredoc: true }),
  replayed: feature({ sittings: 2, replayed: true }),
  twoAgents,
  twoRepositories,
  cherryPicked,
  formatDefault,
  renamedFile,
  movedUnit,
  notebook,
  paragraphs,
  undone,
  afterwards,
  lastPush,
} satisfies Record<string, Story>;
export type StoryName = keyof typeof stories;
