import { rm } from "node:fs/promises";
import type { Problem } from "../../contract/problem.ts";
import type { Checkpoint, Found, Item, Source, SourceEnv } from "../source.ts";
import { parseSegment, sourceId } from "./parse.ts";
import { type Segment, isGone, listSegments, sealSegment } from "./segments.ts";

/** What senders of OpenTelemetry told a server of Assay. README.md beside this file says what is read of it. */
export const otlp = {
  id: sourceId,
  title: "OpenTelemetry (OTLP)",
  inRepositories: false,
  isInbox: true,
  async *discover(env: SourceEnv) {
    if (env.inbox === undefined) return;
    let listed: Awaited<ReturnType<typeof listSegments>>;
    try {
      listed = await listSegments(env.inbox);
    } catch (error) {
      yield { problem: unreadable(env.inbox, error) };
      return;
    }
    for (const { path, stats } of listed) yield stats instanceof Error ? { problem: unreadable(path, stats) } : found(stats);
  },
} as const satisfies Source;

function found({ path, size, mtimeMs, identity }: Segment): Found {
  return {
    key: path,
    state: { size, mtimeMs, identity },
    read: (from) => readSegment(path, from),
    release: () => rm(path, { force: true }),
  };
}

async function* readSegment(path: string, from: Checkpoint | null): AsyncGenerator<readonly Item[]> {
  try {
    // Sealed first: from then on it is whole, whoever was appending to it.
    const { size, mtimeMs, identity } = sealSegment(path);
    let last = from === null || from.offset > size ? 0 : from.offset;
    for (const { items, offset } of parseSegment(path, last, size)) {
      yield items;
      last = offset;
    }
    yield [{ kind: "checkpoint", checkpoint: { state: { size, mtimeMs, identity }, offset: last, tail: "" } }]; // nobody writes into it anew
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    if (!isGone(error)) yield [{ kind: "problem", problem: unreadable(path, error) }]; // gone: another import has read it
  }
}

function unreadable(locator: string, error: unknown): Problem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return {
    code: "unreadable",
    severity: "notice",
    source: sourceId,
    locator,
    message: `cannot be read (${code}); nothing in it was counted`,
    hint: "check who may read it, then import again",
  };
}
