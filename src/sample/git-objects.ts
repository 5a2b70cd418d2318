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

/** A hash as the 20 characters (Latin-1) a tree holds. */
function objectHash(kind: "blob" | "tree" | "commit", body: Buffer): string {
  return createHash("sha1").update(`${kind} ${body.length}\0`).update(body).digest("binary");
}

/** Object ids as git gives them (SHA-1), so that a message may name a commit before git has seen it. Paths are ASCII. */
export class ObjectHasher {
  readonly #blobs = new WeakMap<readonly Line[], string>();
  readonly #trees = new Map<string, string>();

  commit(files: Files, head: CommitHead): string {
    const lines = [
      `tree ${hex(this.#tree(nest(files)))}`,
      ...head.parents.map((parent) => `parent ${parent}`),
      `author ${stamp(head.author, head.authorAt)}`,
      `committer ${stamp(head.committer, head.commitAt)}`,
    ];
    return hex(objectHash("commit", Buffer.from(`${lines.join("\n")}\n\n${head.message}`)));
  }

  #blob(lines: readonly Line[]): string {
    let hash = this.#blobs.get(lines);
    if (hash === undefined) {
      hash = objectHash("blob", Buffer.from(fileText(lines)));
      this.#blobs.set(lines, hash);
    }
    return hash;
  }

  #tree(folder: Folder): string {
    const names = [...folder].map(([name, entry]) => (entry instanceof Map ? `${name}/` : name)).sort(); // git's order: a folder's name ends in a slash
    let body = "";
    for (const name of names) {
      const isFolder = name.endsWith("/");
      const plain = isFolder ? name.slice(0, -1) : name;
      const entry = folder.get(plain) as Folder | readonly Line[];
      body += `${isFolder ? "40000" : "100644"} ${plain}\0${entry instanceof Map ? this.#tree(entry) : this.#blob(entry)}`;
    }
    let hash = this.#trees.get(body);
    if (hash === undefined) {
      hash = objectHash("tree", Buffer.from(body, "latin1"));
      this.#trees.set(body, hash);
    }
    return hash;
  }
}

const hex = (hash: string): string => Buffer.from(hash, "latin1").toString("hex");

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
