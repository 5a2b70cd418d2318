import { workOver } from "./person-edits.ts";
import type { Random } from "./random.ts";
import { formattedBranch } from "./reformat.ts";
import { isCode, type PersonEdit, type Scene } from "./scene.ts";
import { commitTurn } from "./turns.ts";
import type { WorkSession } from "./work-session.ts";

export const personEdit = ({ habits }: Scene, random: Random): PersonEdit => pickBy(random, habits.edits);

function pickBy<K extends string>(random: Random, weights: Readonly<Record<K, number>>): K {
  const entries = Object.entries(weights) as [K, number][]; // a record's own keys
  let at = random.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [name, weight] of entries) {
    at -= weight;
    if (at < 0) return name;
  }
  throw new Error("nothing to pick from");
}

/** Commits a sitting's work, by the agent or by hand, formatted or not. */
export function commitWork(scene: Scene, session: WorkSession, random: Random, title: string): void {
  const { habits, reformats, stage } = scene;
  const inShell = random.chance(habits.format.shell);
  if (!inShell && random.chance(habits.format.hook)) session.branch.files = formattedBranch(stage, session.branch, reformats, isCode);
  if (random.chance(1 - habits.byHand))
    commitTurn(session, title, inShell ? () => session.say({ calls: [session.format(reformats, isCode)] }) : undefined);
  else byHand(session, title);
}

/** What people put on top of a commit before it is opened for others: a formatter's changes, nits of their own. */
export function afterCommit(scene: Scene, session: WorkSession, random: Random, title: string): void {
  const { habits, reformats, stage, repository } = scene;
  const { branch, played, log } = session;
  const commit = (message: string): void => {
    log.wait(random.int(300, 1_500));
    repository.commit(branch, played.person.identity, log.now, `${message}\n`);
  };
  if (random.chance(habits.format.apart)) {
    const files = formattedBranch(stage, branch, reformats, isCode);
    const changes = [...files].some(([path, lines]) => branch.files.get(path) !== lines);
    branch.files = files;
    if (changes) commit("Run the formatter");
  }
  if (branch.commits.length > 1 && random.chance(habits.forcePush)) {
    stage.markBranch(branch, "force-push");
    log.wait(random.int(100, 900));
    repository.squash(branch, played.person.identity, log.now, `${title}\n`);
  }
  if (random.chance(habits.nits) && workOver(scene, session, personEdit(scene, random))) commit("Nits");
}

/** A person commits what the agent wrote: no hash is printed in the log. */
function byHand(session: WorkSession, title: string): void {
  session.log.wait(session.random.int(60, 600));
  session.repository.commit(session.branch, session.played.person.identity, session.log.now, `${title}\n`);
}

/** The message is mended; the hash that was printed is nowhere any more. */
export function amend(session: WorkSession, title: string): void {
  session.log.wait(300);
  session.stage.markBranch(session.branch, "amend");
  session.repository.amend(session.branch, session.log.now, `${title}, with its tests\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n`);
}
