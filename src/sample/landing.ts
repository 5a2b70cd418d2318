import type { Line } from "./lines.ts";
import type { Random } from "./random.ts";
import type { Branch, Commit } from "./repository.ts";
import { later, type Scene } from "./scene.ts";
import { hourMs, type Stage } from "./stage.ts";
import type { Person } from "./team.ts";
import { personHand } from "./turns.ts";
import type { WorkSession } from "./work-session.ts";

/** How a piece of work ends: `close` never lands, `open` is in flight. */
export type Ending = "land" | "revert" | "reland" | "close" | "open";

/** After this nothing lands any more: the last commit of each default branch is a person's. */
export const lastLanding = (stage: Stage): number => stage.endsAt - 27 * hourMs;

/** Lands a branch. @returns the commit on the default branch */
export function land(scene: Scene, branch: Branch, by: Person, at: number, random: Random): Commit {
  const { repository, stage } = scene;
  if (repository.habit !== "merge" && branch.base !== repository.tip && random.chance(scene.habits.rebase)) {
    repository.rebase(branch, at - 60_000);
    stage.markBranch(branch, "rebase");
  }
  const before = repository.tip;
  const commit = repository.land(branch, by.identity, at);
  stage.landed(before, commit);
  return commit;
}

export function reviewerOf({ team }: Scene, who: Person, random: Random): Person {
  return random.pick(team.filter((person) => person !== who));
}

export function* finish(scene: Scene, who: Person, random: Random, session: WorkSession, end: Ending): Generator<number, void> {
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
  const commit = land(scene, branch, reviewerOf(scene, who, random), at, random);
  branch.keep = false;
  if (end === "land") return;
  const before = (branch.landedBy[0] as Commit).parents[0] as Commit;
  const units = unitsChanged(before, commit);
  for (const unit of units) stage.hold(repository, branch, unit);
  const revertAt = later(at, random, 50, 140);
  yield revertAt;
  const undo =
    repository.habit === "merge"
      ? `This reverts commit ${commit.hash}, reversing\nchanges made to ${before.hash}.`
      : branch.landedBy
          .map(({ hash }) => `This reverts commit ${hash}.`)
          .reverse()
          .join("\n");
  const subject = firstLine(commit.message);
  const reverter = reviewerOf(scene, who, random);
  const reverted = yield* landInverse(
    scene,
    { commit, before },
    { name: `revert-${branch.pull?.number ?? "of"}-${branch.name}`, title: `Revert "${subject}"`, body: undo },
    reverter,
    revertAt,
    random,
  );
  if (end === "revert") {
    repository.release(branch);
    return;
  }
  const againAt = later(revertAt, random, 60, 110);
  yield againAt;
  const title = `Reapply "${subject}"`;
  const again = { name: `reapply-${branch.pull?.number ?? "of"}-${branch.name}`, title, body: `This reverts commit ${reverted.hash}.` };
  yield* landInverse(scene, { commit: reverted, before: reverted.parents[0] as Commit }, again, who, againAt, random);
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
  scene: Scene,
  what: { commit: Commit; before: Commit },
  how: { name: string; title: string; body: string },
  by: Person,
  at: number,
  random: Random,
): Generator<number, Commit> {
  const { repository } = scene;
  const branch = repository.branch(how.name);
  const after = repository.merge(what.commit.files, repository.tip.files, what.before.files);
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
/** A person's commit lies on the default branch itself: no branch is left of it. */
export function pushByHand(scene: Scene, branch: Branch, person: Person, at: number, title: string): void {
  const { repository, stage } = scene;
  const before = repository.tip;
  const commit = repository.push(repository.merge(branch.base.files, before.files, branch.files), person.identity, at, `${title}\n`);
  branch.landed = commit;
  branch.landedBy = [commit];
  repository.release(branch);
  stage.landed(before, commit);
}
