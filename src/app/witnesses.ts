import type { FactStore } from "../store/store.ts";
import { readNotes, readTrailers } from "../store/fact-reader.ts";
import { sessionsInTrailers } from "./evidence.ts";
import { type SessionName, sessionsOfClaims } from "./noted-sessions.ts";

/** Tells which of some sessions the notes and session trailers of repositories name, where they meet lines or not. */
export class Witnesses {
  readonly #byId: ReadonlyMap<string, SessionName>;
  readonly #sessionOf: ReturnType<typeof sessionsOfClaims>;

  constructor(sessions: readonly SessionName[]) {
    this.#byId = new Map(sessions.map((name) => [name.session, name]));
    this.#sessionOf = sessionsOfClaims(sessions);
  }

  /** @param ids of one or several repositories, as the facts have them */
  async namedIn(store: FactStore, ids: readonly number[]): Promise<SessionName[]> {
    const named = new Set((await readTrailers(store, ids)).flatMap(sessionsInTrailers));
    for (const { claims } of await readNotes(store, ids)) {
      for (const claim of claims) {
        const session = this.#sessionOf(claim);
        if (session?.seen) named.add(session.key);
      }
    }
    return [...named].flatMap((session) => this.#byId.get(session) ?? []);
  }
}
