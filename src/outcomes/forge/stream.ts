/** Ways to read what a forge has, so that a reader that was killed goes on where it was. */
import { instant } from "./fields.ts";
import { type ForgeAnswer, type ForgeClient, ForgeStopped } from "./client.ts";
import { type Reading, together } from "./reading.ts";

/** What a page told, and the state behind it: kept with the facts, it says where to go on. */
export interface StreamPart extends Reading {
  readonly state: string;
}

/** One kind of thing of one repository. */
export interface ForgeStream {
  readonly name: string;
  /** @param state of the last part that was kept; null at the first time */
  read(client: ForgeClient, state: string | null): AsyncGenerator<StreamPart>;
}

interface UpdatedState {
  readonly since: string | null;
  readonly url: string | null;
  readonly etag: string | null;
}

const pageSize = 100;

/**
 * Reads things in the order they were last changed. Where to go on is an instant, not a number of a page: what changes
 * meanwhile moves to the end and shifts nothing that was not read. The last instant is asked for again, since more may
 * have changed in it; with an ETag, so that an answer that is as it was costs nothing.
 */
export function byUpdate(
  name: string,
  urlOf: (since: string | null, page: number) => string,
  updatedOf: (thing: unknown) => unknown,
  read: (client: ForgeClient, things: readonly unknown[], url: string) => Promise<Reading>,
): ForgeStream {
  return {
    name,
    async *read(client, state) {
      let at = parseState<UpdatedState>(state, { since: null, url: null, etag: null });
      for (let page = 1; ; ) {
        const url = urlOf(at.since === null ? null : justBefore(at.since), page);
        const answer = await client.get(url, at.url === url ? at.etag : null);
        if (!isThere(answer)) return;
        if (!Array.isArray(answer.json)) throw new ForgeStopped("forge_refused", "the forge answers with no list");
        const things = answer.json as unknown[];
        const reading = await read(client, things, url);
        const last = updatedOf(things.at(-1));
        const moved = typeof last === "string" && instant({ last }, "last") !== null && last !== at.since;
        const isWhole = things.length < pageSize;
        at = { since: moved ? (last as string) : at.since, url: isWhole ? url : null, etag: isWhole ? answer.etag : null };
        yield { ...reading, state: JSON.stringify(at) };
        if (isWhole) return;
        // A whole page of one instant: only the number of the page leads on.
        page = moved ? 1 : page + 1;
      }
    },
  };
}

/** A second earlier: whether forges count the instant itself among what came after it is nowhere promised. */
function justBefore(since: string): string {
  const at = instant({ since }, "since");
  return at === null ? since : new Date(at - 1_000).toISOString().replace(".000Z", "Z");
}

/** Reads all pages whenever the first is not as it was. */
export function whenChanged(name: string, url: string, read: (things: unknown, url: string) => Reading): ForgeStream {
  return {
    name,
    async *read(client, state) {
      const known = parseState<{ readonly etag: string | null }>(state, { etag: null });
      const first = await client.get(url, known.etag);
      if (!isThere(first)) return;
      const parts = [read(first.json, url)];
      if (first.next !== null) for await (const page of client.pages(first.next)) parts.push(read(page.json, url));
      yield { ...together(parts), state: JSON.stringify({ etag: first.etag }) };
    },
  };
}

/** @returns false where all is as it was */
function isThere({ status }: ForgeAnswer): boolean {
  if (status === 404) throw new ForgeStopped("forge_refused", "there is no such repository, or the token may not see it");
  return status === 200;
}

interface NewestState {
  /** Created at or before this all was read, but for what may still change. */
  readonly until: number | null;
  /** Where a reading that was not finished goes on, and the newest instant it met. */
  readonly running: { readonly cursor: string; readonly newest: number | null } | null;
}

export interface NewestPage extends Reading {
  readonly next: string | null;
  readonly instants: readonly (number | null)[];
}

/** Things that may still change their state are read again for so long. */
const unsettledMs = 14 * 86_400_000;

/** Reads things that are listed newest first, down to what was read before. */
export function newestFirst(name: string, page: (client: ForgeClient, cursor: string | null) => Promise<NewestPage | null>): ForgeStream {
  return {
    name,
    async *read(client, state) {
      const known = parseState<NewestState>(state, { until: null, running: null });
      let cursor = known.running?.cursor ?? null;
      let newest = known.running?.newest ?? null;
      for (;;) {
        const { facts, problems, next, instants } = (await page(client, cursor)) ?? { facts: [], problems: [], next: null, instants: [] };
        const told = instants.filter((one) => one !== null);
        newest = told.length === 0 ? newest : Math.max(newest ?? 0, ...told);
        const isDone =
          next === null || next === cursor || (known.until !== null && told.some((one) => one < (known.until as number) - unsettledMs));
        const after: NewestState = isDone
          ? { until: newest ?? known.until, running: null }
          : { until: known.until, running: { cursor: next, newest } };
        yield { facts, problems, state: JSON.stringify(after) };
        if (isDone) return;
        cursor = next;
      }
    },
  };
}

/** A state that cannot be read is none: all is read again, which changes nothing. */
function parseState<State extends object>(written: string | null, first: State): State {
  if (written === null) return first;
  try {
    const value: unknown = JSON.parse(written);
    return typeof value === "object" && value !== null ? { ...first, ...(value as Partial<State>) } : first;
  } catch {
    return first; // as said above: nothing is lost
  }
}
