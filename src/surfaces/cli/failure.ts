/** What is printed and which exit code is given when a command throws: the one place (STYLE 7). */
import { exitCodes, UserError } from "../../contract/errors.ts";

/** Leaving on Ctrl-C, by the convention of shells: 128 and the number of SIGINT. */
const interrupted = 130;

export function exitCodeOf(failure: unknown): number {
  if (failure instanceof UserError) return exitCodes.usage;
  return isInterrupt(failure) ? interrupted : exitCodes.fault;
}

/**
 * The words for a failure. A UserError is its message and hint; a fault carries an id that is the same each time the same
 * thing breaks at the same place, and its stack with every cause when asked for.
 */
export function failureText(failure: unknown, debug: boolean): string {
  if (failure instanceof UserError && !debug) return failure.hint === undefined ? failure.message : `${failure.message}\n${failure.hint}`;
  if (isInterrupt(failure)) return "Interrupted. What was read so far is kept; run the same command to go on.";
  const error = failure instanceof Error ? failure : new Error(String(failure));
  const head = `Fault ${faultId(error)}: ${error.message.split("\n")[0] ?? ""}`;
  return debug ? `${head}\n${stackWithCauses(error)}` : `${head}\nThis is not your doing. Run again with --debug to see where it happened.`;
}

function isInterrupt(failure: unknown): boolean {
  return failure instanceof Error && failure.name === "AbortError";
}

function stackWithCauses(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackWithCauses(error.cause)}` : own;
}

/** FNV-1a over the error's name and the first place of its stack, without the message, which may name a file. */
function faultId(error: Error): string {
  const place = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at ")) ?? "";
  let hash = 0x811c9dc5;
  for (const character of error.name + place) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
