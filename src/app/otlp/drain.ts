import type { Imports } from "../imports.ts";
import type { Inbox } from "./inbox.ts";

/** How often it is looked. */
const everyMs = 2_000;
/** An import is let rest so many times as long as it took: what it derives is not derived all the time. */
const restFactor = 3;
const leastRestMs = 3_000;

/** Starts an import whenever an inbox has something, one at a time, with a rest between. @returns what ends it */
export function drainInbox(inbox: Inbox, imports: Pick<Imports, "start" | "listen">, now: () => number): () => void {
  let startedAt = 0;
  let restUntil = 0;
  let running = false;
  const look = async (): Promise<void> => {
    if (running || now() < restUntil) return;
    if (!inbox.hasSomething && (await inbox.look()) === 0) return;
    running = true;
    startedAt = now();
    const { id } = imports.start("otlp");
    const end = imports.listen(id, ({ state }) => {
      if (state === "running") return;
      queueMicrotask(() => end());
      void inbox
        .look()
        .catch(() => 0) // looked at again before the next import
        .then(() => {
          restUntil = now() + Math.max(leastRestMs, restFactor * (now() - startedAt));
          running = false;
        });
    });
  };
  const timer = setInterval(() => void look().catch(() => undefined), everyMs); // a folder that cannot be read: the import says so
  timer.unref();
  return () => clearInterval(timer);
}
