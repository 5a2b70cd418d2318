import type { Line } from "./lines.ts";
import { changedUnit } from "./rewrite.ts";
import { isCode, type PersonEdit, type Scene } from "./scene.ts";
import { ownUnits, personHand } from "./turns.ts";
import type { WorkSession } from "./work-session.ts";

/**
 * A person's own hand on what the agent wrote and has not landed. A line that is mended or gets another name goes on, in
 * other words; a statement typed anew is the person's, and the agent's is gone.
 * @returns whether something fitted
 */
export function workOver({ stage }: Scene, session: WorkSession, how: PersonEdit): boolean {
  const { random, branch, played, log } = session;
  const own = ownUnits(branch).filter(([path]) => isCode(path));
  if (own.length === 0) return false;
  const [path, unit] = random.pick(own);
  const before = branch.files.get(path) as readonly Line[];
  const after = how === "retype" ? retyped() : how === "mend" ? mended() : renamed();
  if (after === null) return false;
  stage.chronicle.change(session, path, after, personHand(played.person, log.now));
  return true;

  function retyped(): readonly Line[] {
    const next = changedUnit(stage, random, path, unit, random.int(1, 2))(before);
    const stays = new Set(next);
    for (const line of before) if (!stays.has(line)) stage.cases.markLine(line.id, "human re-typed");
    return next;
  }

  function mended(): readonly Line[] | null {
    const numbered = before.filter((line) => line.unit === unit && line.statement > 0 && /\d{2,}/.test(line.text));
    if (numbered.length === 0) return null;
    const edited = random.pick(numbered);
    const text = edited.text.replace(/\d{2,}/, String(random.int(1_000, 9_999)));
    stage.cases.markLine(edited.id, "human edit");
    return before.map((line) => (line === edited ? { ...line, text, mended: true } : line));
  }

  /** A word of the unit becomes another one, wherever the unit says it. */
  function renamed(): readonly Line[] | null {
    const inUnit = before.filter((line) => line.unit === unit && line.statement > 0);
    const words = inUnit.flatMap((line) => line.text.match(/\b[a-z][a-zA-Z]{5,}\b/g) ?? []);
    if (words.length === 0) return null;
    const word = random.pick(words);
    const pattern = new RegExp(`\\b${word}\\b`, "g");
    const changes = new Set(inUnit.filter((line) => line.text.search(pattern) >= 0));
    for (const line of changes) stage.cases.markLine(line.id, "human rename");
    return before.map((line) => (changes.has(line) ? { ...line, text: line.text.replace(pattern, `${word}Now`), mended: true } : line));
  }
}
