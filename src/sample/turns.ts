import type { Hand } from "./chronicle.ts";
import { phrase, type Subject } from "./code-text.ts";
import type { Line } from "./lines.ts";
import type { Branch } from "./repository.ts";
import { isCode, isConfig, type Scene } from "./scene.ts";
import { isLockFile, statementCounts } from "./stage.ts";
import type { Person } from "./team.ts";
import type { WorkSession } from "./work-session.ts";

export interface Task {
  readonly subject: Subject;
  readonly title: string;
  readonly paths: { code: string; test: string };
}

/** A turn: prompt, looking around, edits, tests, a word at the end. */
export function turn(
  session: WorkSession,
  prompt: string,
  task: Task,
  look: number,
  steps: readonly (() => void)[],
  tests: "pass" | "mend" | "none",
): void {
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
    session.say({
      thinking: `The ${phrase.field(random)} is off by one window; the statement has to change.`,
      calls: [session.edit(path, session.changed(path, unit, 1))],
    });
  }
  if (tests !== "none") session.say({ calls: [session.test(task.subject, true)] });
  session.say({
    text: `Done: ${task.title.toLowerCase()}. The ${phrase.field(random)} follows the ${task.subject.partner}, and the ${phrase.place(random)} is covered.`,
  });
  log.turnEnds(startedAt);
}

/** Units a branch made itself, with some statements. */
export function ownUnits(branch: Branch): [string, number][] {
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
export function begin(session: WorkSession, scene: Scene, task: Task, subAgent?: "logged" | "unlogged", byShell = false): void {
  const { random, stage } = session;
  const { subject, paths, title } = task;
  const code = (): readonly Line[] => stage.newFile(random, paths.code, subject, random.int(3, 5), session.witness);
  const write = (say: WorkSession["say"]): void => {
    say({
      thinking: `A file of its own keeps the ${subject.noun} apart from the ${subject.partner}.`,
      calls: [byShell ? session.createByShell(paths.code, code()) : session.create(paths.code, code())],
    });
    say({ calls: [session.create(paths.test, stage.newFile(random, paths.test, subject, random.int(2, 4), session.witness))] });
  };
  const steps: (() => void)[] = [];
  if (subAgent === undefined) steps.push(() => write(session.say));
  else {
    const prompt = `Write ${paths.code} and its tests: ${title.toLowerCase()}. Follow the neighbours.`;
    steps.push(() => {
      const call = session.delegate(`Write the ${subject.noun} module`, prompt, "general-purpose", subAgent === "logged", (say) => {
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
  turn(session, prompt, task, random.int(8, 16), steps, random.chance(0.35) ? "mend" : "pass");
}

/** Edits of units the default branch has; a unit that none fits for is left out. */
export function refinements(
  session: WorkSession,
  scene: Scene,
  age: "old" | "young",
  count: number,
  fits: (path: string) => boolean,
): (() => void)[] {
  const { random, stage, repository, branch } = session;
  const steps: (() => void)[] = [];
  for (let i = 0; i < count; i++) {
    const taken =
      stage.take(random, repository, branch, age, session.log.now, fits) ??
      stage.take(random, repository, branch, "old", session.log.now, fits);
    if (taken === null) continue;
    const statements = age === "young" ? random.int(3, 5) : random.int(1, 3);
    steps.push(() => session.say({ calls: [session.edit(taken.path, session.changed(taken.path, taken.unit, statements))] }));
  }
  return steps;
}

/** A later turn: the person wants it otherwise. Statements of the branch itself are written anew, some are added. */
export function iterate(session: WorkSession, task: Task): void {
  const { random } = session;
  const own = ownUnits(session.branch);
  const steps = Array.from({ length: random.int(2, 3) }, () => random.pick(own)).map(
    ([path, unit]) =>
      () =>
        session.say({
          thinking: random.chance(0.4)
            ? `The ${phrase.role(random)} is right, the ${phrase.field(random)} belongs to the ${task.subject.partner}.`
            : undefined,
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
  turn(session, prompt, task, random.int(4, 10), steps, random.chance(0.3) ? "mend" : "pass");
}

export function personHand(person: Person, at: number): Hand {
  return { witness: "person", person: person.key, session: null, messageId: null, callId: null, agentId: null, turn: null, at };
}

/** @param before what the agent runs before it commits */
export function commitTurn(session: WorkSession, title: string, before?: () => void): void {
  const { log, random } = session;
  const startedAt = log.now;
  log.wait(random.int(40, 400));
  log.prompt(random.pick(["Commit this.", "Looks good, commit it.", "Run everything once more and commit."]));
  if (random.chance(0.4)) session.say({ calls: [session.build()] });
  before?.();
  session.commit(title);
  session.say({ text: "Committed." });
  log.turnEnds(startedAt);
}
