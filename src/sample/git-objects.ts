import { createHash } from "node:crypto";
import type { Line } from "./lines.ts";

/** The files of a commit: path, `/` separated, to lines. */
export type Files = ReadonlyMap<string, readonly Line[]>;

export interface Identity {
  readonly name: string;
  readonly email: string;
  /** As git writes it: `+0200`. */
  readonly zone: string;
}

export interface CommitHead {
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly authorAt: number;
  readonly committer: Identity;
  readonly commitAt: number;
  readonly message: string;
}

/** Bytes of a file: every line ends in a line feed. */
export function fileText(lines: readonly Line[]): string {
  let text = "";
  for (const line of lines) text += `${line.text}\n`;
  return text;
}

function objectHash(kind: "blob" | "tree" | "commit", body: Buffer): Buffer {
  return createHash("sha1").update(`${kind} ${body.length}\0`).update(body).digest();
}

/** Object ids as git gives them (SHA-1), so that a message may name a commit before git has seen it. */
export class ObjectHasher {
  readonly #blobs = new WeakMap<readonly Line[], Buffer>();

  commit(files: Files, head: CommitHead): string {
    const lines = [
      `tree ${this.#tree(nest(files)).toString("hex")}`,
      ...head.parents.map((parent) => `parent ${parent}`),
      `author ${stamp(head.author, head.authorAt)}`,
      `committer ${stamp(head.committer, head.commitAt)}`,
    ];
    return objectHash("commit", Buffer.from(`${lines.join("\n")}\n\n${head.message}`)).toString("hex");
  }

  #blob(lines: readonly Line[]): Buffer {
    let hash = this.#blobs.get(lines);
    if (hash === undefined) {
      hash = objectHash("blob", Buffer.from(fileText(lines)));
      this.#blobs.set(lines, hash);
    }
    return hash;
  }

  #tree(folder: Folder): Buffer {
    const entries = [...folder].map(([name, entry]) => {
      const isFolder = entry instanceof Map;
      const hash = isFolder ? this.#tree(entry) : this.#blob(entry);
      const order = Buffer.from(isFolder ? `${name}/` : name); // git sorts folders as if their names ended in a slash
      return { order, bytes: Buffer.concat([Buffer.from(`${isFolder ? "40000" : "100644"} ${name}\0`), hash]) };
    });
    entries.sort((a, b) => Buffer.compare(a.order, b.order));
    return objectHash("tree", Buffer.concat(entries.map((entry) => entry.bytes)));
  }
}

type Folder = Map<string, Folder | readonly Line[]>;

function nest(files: Files): Folder {
  const root: Folder = new Map();
  for (const [path, lines] of files) {
    const names = path.split("/");
    const name = names.pop() as string;
    let folder = root;
    for (const part of names) {
      let inner = folder.get(part);
      if (!(inner instanceof Map)) {
        inner = new Map();
        folder.set(part, inner);
      }
      folder = inner;
    }
    folder.set(name, lines);
  }
  return root;
}

/** `Name <email> seconds zone`. */
export function stamp(who: Identity, atMs: number): string {
  return `${who.name} <${who.email}> ${Math.floor(atMs / 1000)} ${who.zone}`;
}
