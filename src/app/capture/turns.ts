/**
 * Who may read now. Hooks of many sessions fire together: one reads, one waits, the rest leave. Who waits has not looked yet,
 * so what the others' sessions wrote is there when it does.
 */
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface TurnHost {
  readonly pid: number;
  isAlive(pid: number): boolean;
  now(): number;
  wait(ms: number): Promise<void>;
}

const lookMs = 250;
/** Longer than any reading: who waits leaves then, and the next hook or hour reads the same. */
const patienceMs = 30 * 60_000;
/** A mark without a number is being written. */
const writingMs = 10_000;

/** @returns what gives the turn back; null where another process waits and will read what there is now */
export async function takeTurn(folder: string, host: TurnHost): Promise<(() => void) | null> {
  const running = join(folder, "capture-running");
  const waiting = join(folder, "capture-waiting");
  if (take(running, host)) return () => giveBack(running);
  if (!take(waiting, host)) return null;
  try {
    const until = host.now() + patienceMs;
    while (!take(running, host)) {
      if (host.now() > until) return null;
      await host.wait(lookMs);
    }
    return () => giveBack(running);
  } finally {
    giveBack(waiting);
  }
}

const giveBack = (mark: string): void => rmSync(mark, { force: true });

/** Two that find the mark of a dead process at once may both take it: then the store's own lock decides. */
function take(mark: string, host: TurnHost): boolean {
  if (isMade(mark, host.pid)) return true;
  if (isHeld(mark, host)) return false;
  giveBack(mark);
  return isMade(mark, host.pid);
}

function isMade(mark: string, pid: number): boolean {
  try {
    writeFileSync(mark, String(pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isHeld(mark: string, host: TurnHost): boolean {
  try {
    const pid = Number(readFileSync(mark, "utf8"));
    if (pid === 0) return host.now() - statSync(mark).mtimeMs < writingMs;
    return host.isAlive(pid);
  } catch {
    return false; // given back since: free
  }
}
