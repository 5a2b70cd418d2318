/** A written line found in a commit. Columns; entries of one commit follow each other. */
export interface Copies {
  readonly count: number;
  /** Index into the writes, then into the opaque writes: `writes.length` is the first of those. */
  readonly write: Int32Array;
  /** Place in the write's lines. */
  readonly place: Int32Array;
  readonly commit: Int32Array;
  /** Line of the history: for a removal the line that was killed. */
  readonly line: Int32Array;
  /** 0 added, 1 removed. */
  readonly side: Uint8Array;
  /** 0 A, 1 B, 2 C. */
  readonly grade: Uint8Array;
  /** 1 where the committed line is an edited version of the written one: agent and person both had a hand in it. */
  readonly mixed: Uint8Array;
  /** Index into `sessions`. */
  readonly session: Int32Array;
}

export class CopyColumns {
  #count = 0;
  #columns = {
    write: new Int32Array(1024),
    place: new Int32Array(1024),
    commit: new Int32Array(1024),
    line: new Int32Array(1024),
    side: new Uint8Array(1024),
    grade: new Uint8Array(1024),
    mixed: new Uint8Array(1024),
    session: new Int32Array(1024),
  };

  add(write: number, place: number, commit: number, line: number, side: number, grade: number, mixed: number, session: number): void {
    const at = this.#count++;
    if (at === this.#columns.write.length) this.#grow();
    this.#columns.write[at] = write;
    this.#columns.place[at] = place;
    this.#columns.commit[at] = commit;
    this.#columns.line[at] = line;
    this.#columns.side[at] = side;
    this.#columns.grade[at] = grade;
    this.#columns.mixed[at] = mixed;
    this.#columns.session[at] = session;
  }

  #grow(): void {
    const length = this.#count * 2;
    const wider = <T extends Int32Array | Uint8Array>(column: T, make: (n: number) => T): T => {
      const next = make(length);
      next.set(column);
      return next;
    };
    const ints = (n: number): Int32Array<ArrayBuffer> => new Int32Array(n);
    const bytes = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(n);
    const { write, place, commit, line, side, grade, mixed, session } = this.#columns;
    this.#columns = {
      write: wider(write, ints),
      place: wider(place, ints),
      commit: wider(commit, ints),
      line: wider(line, ints),
      side: wider(side, bytes),
      grade: wider(grade, bytes),
      mixed: wider(mixed, bytes),
      session: wider(session, ints),
    };
  }

  finish(): Copies {
    const n = this.#count;
    const { write, place, commit, line, side, grade, mixed, session } = this.#columns;
    return {
      count: n,
      write: write.slice(0, n),
      place: place.slice(0, n),
      commit: commit.slice(0, n),
      line: line.slice(0, n),
      side: side.slice(0, n),
      grade: grade.slice(0, n),
      mixed: mixed.slice(0, n),
      session: session.slice(0, n),
    };
  }
}
