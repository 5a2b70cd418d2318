import { type Git, GitError, converse } from "./git.ts";

interface Request {
  readonly oid: string;
  readonly resolve: (content: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads objects by their id from one `git cat-file --batch`. Answers come in the order of asking; asking ahead is fine.
 * An object that is absent from this copy is null and is never fetched.
 */
export class CatFile {
  readonly #git: Git;
  #conversation: ReturnType<typeof converse> | null = null;
  #waiting: Request[] = [];
  #head: Buffer[] = [];
  #body: Buffer | null = null;
  #filled = 0;
  #closed = false;

  constructor(git: Git) {
    this.#git = git;
  }

  /** @param oid id of a blob, commit, tree or tag, or any name git resolves @returns its content, null if it is absent */
  get(oid: string): Promise<Buffer | null> {
    if (this.#closed) throw new Error("this cat-file is closed");
    if (/[\n\r]/.test(oid)) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ oid, resolve, reject });
      this.#running().child.stdin.write(`${oid}\n`);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const conversation = this.#conversation;
    if (conversation === null) return;
    conversation.child.stdin.end();
    await conversation.end;
  }

  #running(): ReturnType<typeof converse> {
    if (this.#conversation !== null) return this.#conversation;
    const conversation = converse(this.#git, ["cat-file", "--batch"]);
    this.#conversation = conversation;
    this.#head = [];
    this.#body = null;
    conversation.child.stdout.on("data", (chunk: Buffer) => this.#take(chunk));
    conversation.end.then(
      () => this.#lost(null),
      (error: unknown) => this.#lost(error),
    );
    return conversation;
  }

  /**
   * Git ended while somebody waits: in a partial clone an old git dies of an absent object instead of saying "missing".
   * The one it died of is absent; the others are asked again.
   */
  #lost(error: unknown): void {
    this.#conversation = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (error instanceof GitError && error.exitCode === null) {
      for (const request of waiting) request.reject(error);
      return;
    }
    waiting.shift()?.resolve(null);
    if (waiting.length === 0) return;
    this.#waiting = waiting;
    const { child } = this.#running();
    for (const { oid } of waiting) child.stdin.write(`${oid}\n`);
    if (this.#closed) child.stdin.end();
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#body === null ? this.#takeHead(chunk, at) : this.#takeBody(chunk, at);
  }

  #takeHead(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(10, at);
    if (end === -1) {
      this.#head.push(chunk.subarray(at));
      return chunk.length;
    }
    const head = Buffer.concat([...this.#head, chunk.subarray(at, end)]).toString("latin1");
    this.#head = [];
    const size = /^[0-9a-f]+ (?:blob|commit|tree|tag) (\d+)$/.exec(head)?.[1];
    if (size === undefined)
      this.#waiting.shift()?.resolve(null); // "<name> missing", "<name> ambiguous"
    else {
      this.#body = Buffer.allocUnsafe(Number(size) + 1); // and the line feed behind it
      this.#filled = 0;
    }
    return end + 1;
  }

  #takeBody(chunk: Buffer, at: number): number {
    const body = this.#body as Buffer;
    const taken = chunk.copy(body, this.#filled, at);
    this.#filled += taken;
    if (this.#filled === body.length) {
      this.#body = null;
      this.#waiting.shift()?.resolve(body.subarray(0, -1));
    }
    return at + taken;
  }
}
