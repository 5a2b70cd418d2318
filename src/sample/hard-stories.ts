/** Pieces of work that several hands, branches or repositories take part in. */
import { join } from "node:path";
import { phrase, sentence, type Subject, titleOf } from "./code-text.ts";
import { commitWork } from "./committing.ts";
import { finish, land, lastLanding, pushByHand, reviewerOf } from "./landing.ts";
import type { Line } from "./lines.ts";
import type { Random } from "./random.ts";
import type { Branch } from "./repository.ts";
import { formattedFiles } from "./reformat.ts";
import { withoutUnit } from "./rewrite.ts";
import { branchName, isCode, later, openSession, type Scene, workTime } from "./scene.ts";
import { statementCounts } from "./stage.ts";
import type { Item } from "./stories.ts";
import type { Person } from "./team.ts";
import { begin, commitTurn, iterate, type Task, turn } from "./turns.ts";
import type { WorkSession } from "./work-session.ts";

interface Start {
  readonly start: number;
  readonly task: Task;
}

function starting(scene: Scene, item: Item, random: Random): Start {
  const subject = scene.nextSubject();
  const task = { subject, title: titleOf(random, subject), paths: scene.codePath(subject, phrase.field(random).replaceAll(" ", "-")) };
  return { start: workTime(scene.stage, item.day, random), task };
}

function openPull(scene: Scene, branch: Branch, title: string): void {
  scene.repository.openPull(branch, title);
}

/** Two sessions at the same time in one work tree, writing to the same files in turn; one of them commits all. */
export function* twoAgents(scene: Scene, item: Item, random: Random): Generator<number, void> {
  const { start, task } = starting(scene, item, random);
  yield start;
  const branch = scene.repository.branch(branchName(item.who, task.title));
  const one = openSession(scene, item.who, branch, start, random);
  begin(one, scene, task);
  const other = openSession(scene, item.who, branch, one.log.now + 20_000, random.fork("other"));
  for (const session of [one, other]) scene.stage.cases.markSession(session.log.setting.session, "two agents");
  iterate(other, task);
  one.log.now = other.log.now + 5_000;
  iterate(one, task);
  other.log.now = one.log.now + 5_000;
  iterate(other, task);
  one.log.now = other.log.now + 30_000;
  commitWork(scene, one, random, task.title);
  openPull(scene, branch, task.title);
  yield* finish(scene, item.who, random, one, "land");
}

/** One session that changes two repositories of its team. */
export function* twoRepositories(scene: Scene, item: Item, random: Random): Generator<number, void> {
  const { start, task } = starting(scene, item, random);
  const [there] = scene.neighbours();
  yield start;
  const branch = scene.repository.branch(branchName(item.who, task.title));
  const session = openSession(scene, item.who, branch, start, random);
  begin(session, scene, task);
  if (there !== undefined) {
    const { repository, stage } = there;
    stage.cases.markSession(session.log.setting.session, "several repositories");
    const subject = there.nextSubject();
    const second: Task = { subject, title: titleOf(random, subject), paths: there.codePath(subject, "shared") };
    const elsewhere = {
      repository,
      branch: repository.branch(branchName(item.who, second.title)),
      folder: join(there.reposFolder, repository.name),
    };
    session.elsewhere(elsewhere, () => {
      begin(session, there, second);
      commitWork(there, session, random, second.title);
    });
    openPull(there, elsewhere.branch, second.title);
    stage.tell(landLater(there, elsewhere.branch, item.who, later(session.log.now, random, 3, 28), random.fork("there")));
  }
  commitWork(scene, session, random, task.title);
  openPull(scene, branch, task.title);
  yield* finish(scene, item.who, random, session, "land");
}

function* landLater(scene: Scene, branch: Branch, who: Person, at: number, random: Random): Generator<number, void> {
  branch.keep = true;
  if (at > lastLanding(scene.stage)) return;
  yield at;
  land(scene, branch, reviewerOf(scene, who, random), at, random);
  branch.keep = false;
}

/** A branch nobody lands; somebody else picks its work onto one that does. */
export function* cherryPicked(scene: Scene, item: Item, random: Random): Generator<number, void> {
  const { start, task } = starting(scene, item, random);
  const { stage, repository } = scene;
  yield start;
  const branch = repository.branch(branchName(item.who, task.title));
  const session = openSession(scene, item.who, branch, start, random);
  begin(session, scene, task);
  commitWork(scene, session, random, task.title);
  const at = later(session.log.now, random, 4, 40);
  branch.keep = random.chance(0.5);
  if (at + 3_600_000 > lastLanding(stage)) return;
  yield at;
  stage.markBranch(branch, "cherry-pick");
  const by = reviewerOf(scene, item.who, random);
  const picked = repository.branch(`${by.key}/pick-${task.subject.noun}`);
  picked.files = repository.merge(branch.base.files, picked.files, branch.files);
  const from = branch.commits.at(-1)?.hash ?? "";
  repository.commit(picked, by.identity, at, `${task.title}\n\n(cherry picked from commit ${from})\n`);
  openPull(scene, picked, task.title);
  const landAt = later(at, random, 1, 8);
  yield landAt;
  land(scene, picked, reviewerOf(scene, by, random), landAt, random);
  branch.landedBy = picked.landedBy;
  repository.release(branch);
}

/** A person has the formatter run over files of the default branch. */
export function* formatDefault(scene: Scene, item: Item, random: Random): Generator<number, void> {
  const { stage, repository } = scene;
  const at = workTime(stage, item.day, random);
  yield at;
  const branch = repository.branch(branchName(item.who, "run the formatter"));
  const chosen = new Set([...branch.files.keys()].filter((path) => isCode(path) && random.chance(0.5)));
  branch.files = formattedFiles(stage, branch.files, scene.reformats, (path) => chosen.has(path), repository.held);
  pushByHand(scene, branch, item.who, at + 60_000, "Run the formatter");
}

/** A file gets another name, and its imports are mended. */
export function* renamedFile(scene: Scene, item: Item, random: Random): Generator<number, void> {
  yield* changing(scene, item, random, (session) => {
    const { stage, branch } = session;
    const taken = stage.take(random, scene.repository, branch, "old", session.log.now, isCode);
    if (taken === null || scene.repository.renames.has(taken.path)) return [];
    const next = taken.path.replace(/(\.[a-z]+)$/, "-desk$1");
    for (const line of branch.files.get(taken.path) ?? []) stage.cases.markLine(line.id, "renamed file");
    return [
      () => session.say({ calls: [session.renameFile(taken.path, next)] }),
      () => session.say({ calls: [session.edit(next, session.changed(next, taken.unit, 2))] }),
    ];
  });
}

/** A function moves into another file: no line of it is new. */
export function* movedUnit(scene: Scene, item: Item, random: Random): Generator<number, void> {
  yield* changing(scene, item, random, (session) => {
    const { stage, branch } = session;
    const taken = stage.take(random, scene.repository, branch, "old", session.log.now, isCode);
    const hosts = [...branch.files.keys()].filter((path) => isCode(path) && path !== taken?.path);
    if (taken === null || hosts.length === 0) return [];
    const host = random.pick(hosts);
    const lines = (branch.files.get(taken.path) ?? []).filter((line) => line.unit === taken.unit);
    for (const line of lines) stage.cases.markLine(line.id, "moved lines");
    return [
      () => session.say({ calls: [session.moving(session.edit(taken.path, withoutUnit(taken.unit)))] }),
      () => session.say({ calls: [session.moving(session.edit(host, (before) => [...before, ...lines]))] }),
      () => session.say({ calls: [session.edit(host, session.inserted(host, stage.subjectOfUnit(taken.unit)))] }),
    ];
  });
}

/** A notebook is written, a cell of it written anew, and run. */
export function* notebook(scene: Scene, item: Item, random: Random): Generator<number, void> {
  yield* changing(scene, item, random, (session, task) => {
    const { stage } = session;
    const path = task.paths.code.replace(/^.*\/([^/]+)\.[a-z]+$/, "notebooks/$1.ipynb");
    const lines = stage.newFile(random, path, task.subject, random.int(3, 5), session.witness);
    for (const line of lines) stage.cases.markLine(line.id, "notebook");
    const units = [...statementCounts(lines)].filter(([, statements]) => statements >= 2).map(([unit]) => unit);
    return [
      () => session.say({ calls: [session.create(path, lines)] }),
      () => session.say({ calls: [session.runNotebook(path)] }),
      () => {
        const startedAt = session.log.now;
        session.log.turnEnds(startedAt);
        session.log.wait(random.int(60, 600));
        session.log.prompt("The second cell should look further back.");
        session.say({ calls: [session.editCell(path, random.pick(units), 2)] });
        session.say({ calls: [session.runNotebook(path)] });
      },
    ];
  });
}

/** Sentences inside paragraphs are changed; a person then changes other sentences of the same paragraphs. */
export function* paragraphs(scene: Scene, item: Item, random: Random): Generator<number, void> {
  const { stage, repository } = scene;
  const changed: { path: string; unit: number }[] = [];
  yield* changing(scene, item, random, (session) => {
    const fits = (path: string): boolean => path.startsWith("guide/");
    for (let n = 0; n < 4; n++) {
      const taken = stage.take(random, repository, session.branch, "old", session.log.now, fits);
      if (taken !== null) changed.push(taken);
    }
    return changed.map(({ path, unit }) => () => {
      const rewrite = (before: readonly Line[]): readonly Line[] =>
        before.map((line) => {
          if (line.unit !== unit || line.statement === 0) return line;
          const next = stage.chronicle.newLine(
            { text: otherSentence(line.text, random, stage.subjectOfUnit(unit), 0), statement: line.statement },
            unit,
          );
          stage.cases.markLine(line.id, "prose in a paragraph");
          stage.cases.markLine(next.id, "prose in a paragraph");
          return next;
        });
      session.say({ calls: [session.edit(path, rewrite)] });
    });
  });
  const at = later(Math.max(...repository.chain.slice(-1).map((commit) => commit.commitAt), stage.startAt), random, 60, 160);
  if (changed.length === 0 || at > lastLanding(stage)) return;
  yield at;
  const branch = repository.branch(branchName(item.who, "mend the guide"));
  for (const { path, unit } of changed) {
    if (repository.held.has(unit)) continue;
    const before = branch.files.get(path);
    const next = before?.map((line) =>
      line.unit === unit && line.statement > 0
        ? { ...line, text: otherSentence(line.text, random, stage.subjectOfUnit(unit), 1), mended: true }
        : line,
    );
    if (next !== undefined) branch.files = new Map(branch.files).set(path, next);
  }
  if (branch.files !== branch.base.files) pushByHand(scene, branch, item.who, at + 60_000, "Mend the guide");
}

/** A paragraph with another sentence at a place. */
function otherSentence(text: string, random: Random, subject: Subject, place: number): string {
  const sentences = text.split(/(?<=\.) /);
  sentences[Math.min(place, sentences.length - 1)] = sentence(random, subject);
  return sentences.join(" ");
}

/** One session on a branch of its own that changes what is there, and lands. */
function* changing(
  scene: Scene,
  item: Item,
  random: Random,
  stepsOf: (session: WorkSession, task: Task) => (() => void)[],
): Generator<number, void> {
  const { start, task } = starting(scene, item, random);
  yield start;
  const branch = scene.repository.branch(branchName(item.who, task.title));
  const session = openSession(scene, item.who, branch, start, random);
  const steps = stepsOf(session, task);
  turn(session, `${task.title}. Only tidy up, please.`, task, random.int(5, 10), steps, "pass");
  if (branch.files === branch.base.files) return;
  commitTurn(session, task.title);
  openPull(scene, branch, task.title);
  yield* finish(scene, item.who, random, session, "land");
}
