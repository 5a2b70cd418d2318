import { phrase, titleOf } from "./code-text.ts";
import { finish, reviewerOf } from "./landing.ts";
import type { Random } from "./random.ts";
import type { Branch } from "./repository.ts";
import type { Review, Thread } from "./review.ts";
import { branchName, isCode, later, openSession, type Scene, workTime } from "./scene.ts";
import type { Item, Story } from "./stories.ts";
import { begin, commitTurn, iterate, ownUnits, type Task, turn } from "./turns.ts";
import type { WorkSession } from "./work-session.ts";

/**
 * A pull request is reviewed: threads on some of its lines, and mostly a request for changes. The agent's next session answers,
 * and does other things with it; the reviewer approves. Some go on after that.
 */
export const reviewed: Story = function* (scene, item, random) {
  const { stage, repository } = scene;
  const start = workTime(stage, item.day, random);
  yield start;
  // Not the next subject: that would be another story's.
  const [, known] = random.pick([...repository.tip.files].filter(([path]) => isCode(path)));
  const subject = stage.subjectOfUnit(random.pick(known).unit);
  const title = titleOf(random, subject);
  const task: Task = { subject, title, paths: scene.codePath(subject, phrase.field(random).replaceAll(" ", "-")) };
  const branch = repository.branch(branchName(item.who, title));
  const first = openSession(scene, item.who, branch, start, random);
  begin(first, scene, task);
  commitTurn(first, title);
  if (repository.openPull(branch, title) === null) throw new Error(`nobody reviews in ${repository.name}`);
  const openedAt = first.log.now + 60_000;
  const reviewAt = wholeSeconds(later(openedAt, random, 1, 20));
  yield reviewAt;
  const review = reviewOf(scene, item, branch, task, { openedAt, at: reviewAt }, random);
  branch.review = review;
  const answerAt = later(reviewAt, random, 1, 20);
  yield answerAt;
  let session = openSession(scene, item.who, branch, answerAt, random);
  answer(session, review, task, random);
  commitTurn(session, `${title}: what the review asked for`);
  const approvedAt = wholeSeconds(later(session.log.now, random, 1, 9));
  yield approvedAt;
  review.approved = { at: approvedAt, commit: branch.commits.at(-1)?.hash ?? "" };
  if (random.chance(0.4)) {
    const againAt = later(approvedAt, random, 1, 4);
    yield againAt;
    session = openSession(scene, item.who, branch, againAt, random);
    iterate(session, task);
    commitTurn(session, `${title}: a last look`);
  }
  yield* finish(scene, item.who, random, session, "land");
};

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

function reviewOf(
  scene: Scene,
  item: Item,
  branch: Branch,
  task: Task,
  { openedAt, at }: { readonly openedAt: number; readonly at: number },
  random: Random,
): Review {
  const head = branch.commits.at(-1);
  const lines = head?.files.get(task.paths.code);
  if (head === undefined || lines === undefined) throw new Error(`${branch.name} has nothing to review`);
  const statements = lines.filter(({ statement }) => statement > 0);
  const threads = Array.from({ length: random.int(1, 2) }, (): Thread => {
    return { path: task.paths.code, line: random.pick(statements), lines, commit: head.hash, at };
  });
  const reviewer = reviewerOf(scene, item.who, random);
  return { reviewer, author: item.who, openedAt, at, commit: head.hash, asksForChanges: random.chance(0.6), threads, approved: null };
}

/** Statements of the units the threads are on, and something of its own far away from them. */
function answer(session: WorkSession, { threads }: Review, task: Task, random: Random): void {
  const asked = threads.map(({ path, line }) => () => {
    session.say({ calls: [session.edit(path, session.changed(path, line.unit, random.int(2, 3)))] });
  });
  const elsewhere = ownUnits(session.branch).filter(([path]) => path === task.paths.test);
  const [path, unit] = random.pick(elsewhere);
  const more = (): void => session.say({ calls: [session.edit(path, session.changed(path, unit, random.int(1, 2)))] });
  turn(session, `The review of "${task.title}" is in; please answer it.`, task, random.int(4, 10), [...asked, more], "pass");
}
