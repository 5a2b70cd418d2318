/** Two repositories and the transcripts of the sessions that work in them, which grow a step at a time. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const steps = [
  "begin a session",
  "grow a session",
  "commit",
  "grow a session",
  "move lines within a turn",
  "work in the other repository",
  "fork a session",
  "commit and print its hash",
  "tell late of a write that was committed",
  "land a squash",
  "tag",
  "undo a write",
  "revert",
  "rewrite the last commit",
  "fail a write",
  "note the authors of a commit",
  "sign a commit for the next session",
  "begin a session",
  "take the notes away",
  "grow a session",
] as const;
export type Step = (typeof steps)[number];

interface Session {
  readonly id: string;
  readonly folder: string;
  /** Records as they were logged. */
  readonly records: object[];
}

const minute = 60_000;

export class GrowingWorld {
  readonly home: string;
  readonly repository: string;
  readonly other: string;
  readonly #sessions: Session[] = [];
  readonly #files = new Map<string, string[]>();
  readonly #committed: { file: string; before: string[]; at: number }[] = [];
  #random: number;
  #now = Date.UTC(2026, 0, 5, 9);
  #count = 0;

  constructor(folder: string, seed: number) {
    this.#random = seed;
    this.home = join(folder, "home");
    this.repository = join(folder, "harbour");
    this.other = join(folder, "tide");
    for (const repository of [this.repository, this.other]) {
      mkdirSync(join(repository, "src"), { recursive: true });
      this.#git(repository, "init", "-q", "-b", "main");
      for (const name of ["src/boat.ts", "src/crew.ts", "README.md"]) this.#save(join(repository, name), this.#lines(6));
      this.#commitIn(repository, "Begin");
    }
    this.#begin(this.repository);
    this.#begin(this.other);
  }

  pick<T>(list: readonly T[]): T {
    this.#random = (this.#random * 1_103_515_245 + 12_345) % 2_147_483_648;
    return list[Math.floor((this.#random / 2_147_483_648) * list.length)] as T;
  }

  take(step: Step): void {
    this.#now += 7 * minute;
    switch (step) {
      case "begin a session":
        return void this.#begin(this.repository);
      case "grow a session":
        return this.#edit(this.#own(), this.#now);
      case "work in the other repository":
        return this.#edit(this.#begin(this.other), this.#now);
      case "move lines within a turn":
        return this.#move(this.#own());
      case "undo a write":
        return this.#undo(this.#own());
      case "fail a write":
        return this.#fail(this.#own());
      case "fork a session":
        return this.#fork(this.#own());
      case "tell late of a write that was committed":
        return this.#tellLate();
      case "commit":
        return void this.#commitIn(this.repository, "Go on");
      case "commit and print its hash":
        return this.#commitAndPrint(this.#own());
      case "land a squash":
        return this.#squash();
      case "tag":
        return void this.#git(this.repository, "tag", `v1.${this.#count++}`);
      case "revert":
        return this.#revert();
      case "rewrite the last commit":
        return void this.#git(this.repository, "commit", "-q", "--amend", "--allow-empty", "-m", `Once more ${this.#count++}`);
      case "note the authors of a commit":
        return this.#note(this.#own());
      case "sign a commit for the next session":
        return this.#sign();
      case "take the notes away":
        return void this.#git(this.repository, "update-ref", "-d", "refs/notes/ai");
      default:
        return step satisfies never;
    }
  }

  #own(): Session {
    return this.pick(this.#sessions.filter(({ folder }) => folder === this.repository));
  }

  #lines(count: number): string[] {
    return Array.from({ length: count }, () => `const value${this.#count++} = compute(${this.#count});`);
  }

  #save(path: string, lines: string[]): void {
    this.#files.set(path, lines);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  }

  #begin(folder: string): Session {
    const session = { id: this.#nextId(), folder, records: [] };
    this.#sessions.push(session);
    this.#edit(session, this.#now);
    return session;
  }

  /** The id of the session that begins next. */
  #nextId(): string {
    return `5e55${String(this.#sessions.length).padStart(4, "0")}-0000-4000-8000-000000000000`;
  }

  /** Lines that no log tells of, in each file. */
  #writeUnlogged(): void {
    for (const [file, lines] of this.#files) if (file.startsWith(this.repository)) this.#save(file, [...lines, ...this.#lines(3)]);
  }

  /** A note gives one file to a session, another to one that nobody knows yet, the third to a person; some lines to two. */
  #note(session: Session): void {
    this.#edit(session, this.#now);
    this.#writeUnlogged();
    this.#now += minute;
    const commit = this.#commitIn(this.repository, "Go on, as noted");
    const key = (id: string): string => `s_${createHash("sha256").update(`claude:${id}`).digest("hex").slice(0, 14)}::t_1`;
    const claims = [
      ["src/boat.ts", `  ${key(session.id)} 1-400`, "  h_0123456789abcd 1-8"],
      ["src/crew.ts", `  ${key(this.#nextId())} 1-400`],
      ["README.md", "  h_0123456789abcd 1-400"],
    ];
    const note = [...claims.flat(), "---", '{"schema_version":"authorship/3.0.0"}'].join("\n");
    this.#git(this.repository, "notes", "--ref=refs/notes/ai", "add", "-f", "-m", note, commit);
  }

  #sign(): void {
    this.#writeUnlogged();
    this.#commitIn(this.repository, `Go on\n\nClaude-Session: ${this.#nextId()}`);
  }

  /** A turn that replaces some lines of a file by new ones. */
  #edit(session: Session, at: number): void {
    const file = join(session.folder, this.pick(["src/boat.ts", "src/crew.ts", "README.md"]));
    const before = this.#files.get(file) as string[];
    const from = this.pick(before.map((_, place) => place)) ?? 0;
    this.#prompt(session, at);
    this.#replace(session, at + 1_000, file, from, this.pick([0, 1, 2]), this.#lines(this.pick([1, 3, 5])));
    if (this.pick([true, false])) this.#replace(session, at + 20_000, file, from, 1, this.#lines(2));
  }

  #move(session: Session): void {
    const [from, to] = [join(session.folder, "src/boat.ts"), join(session.folder, "src/crew.ts")];
    const moving = (this.#files.get(from) as string[]).slice(0, 4);
    this.#prompt(session, this.#now);
    this.#replace(session, this.#now + 1_000, from, 0, moving.length, []);
    this.#replace(session, this.#now + 20_000, to, 0, 0, moving);
  }

  #undo(session: Session): void {
    const file = join(session.folder, "src/boat.ts");
    const lines = this.#lines(4);
    this.#edit(this.pick(this.#sessions), this.#now);
    this.#now += minute;
    this.#prompt(session, this.#now);
    this.#replace(session, this.#now + 1_000, file, 0, 0, lines);
    this.#now += minute;
    this.#prompt(session, this.#now);
    this.#replace(session, this.#now + 1_000, file, 0, 4, []);
  }

  /** The result of a write that was told before: it failed after all. */
  #fail(session: Session): void {
    const call = `toolu_${this.#count++}`;
    const file = join(session.folder, "README.md");
    this.#prompt(session, this.#now);
    this.#respond(session, this.#now + 1_000, {
      type: "tool_use",
      id: call,
      name: "Write",
      input: { file_path: file, content: this.#lines(3).join("\n") },
    });
    this.#record(session, this.#now + 2_000, {
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: call, is_error: true, content: "no such folder" }] },
      toolUseResult: "Error: no such folder",
    });
  }

  /** Another session that tells all of this one again, and goes on. */
  #fork({ folder, records }: Session): void {
    const fork = {
      id: `f04c${String(this.#sessions.length).padStart(4, "0")}-0000-4000-8000-000000000000`,
      folder,
      records: [] as object[],
    };
    this.#sessions.push(fork);
    for (const record of records) this.#log(fork, record);
    this.#edit(fork, this.#now);
  }

  /** A session nobody knew of wrote what was committed long ago. */
  #tellLate(): void {
    const told = this.pick(this.#committed);
    const session: Session = {
      id: `1a7e${String(this.#sessions.length).padStart(4, "0")}-0000-4000-8000-000000000000`,
      folder: this.repository,
      records: [],
    };
    this.#sessions.push(session);
    this.#prompt(session, told.at - 5 * minute);
    const now = this.#files.get(told.file) as string[];
    this.#tellReplace(session, told.at - 4 * minute, told.file, 0, [], told.before);
    this.#files.set(told.file, now);
  }

  #squash(): void {
    const topic = `topic${this.#count}`;
    this.#git(this.repository, "checkout", "-q", "-b", topic);
    for (let i = 0; i < 2; i++) {
      this.#edit(this.#own(), this.#now);
      this.#now += minute;
      this.#commitIn(this.repository, `Part ${i}`);
    }
    this.#git(this.repository, "checkout", "-q", "main");
    this.#git(this.repository, "merge", "-q", "--squash", topic);
    this.#commitIn(this.repository, `Topic (#${++this.#count})`);
  }

  #revert(): void {
    this.#edit(this.#own(), this.#now); // git does not revert what changed nothing
    this.#now += minute;
    this.#commitIn(this.repository, "What will be taken back");
    this.#now += minute;
    this.#git(this.repository, "revert", "--no-edit", "HEAD");
    for (const file of this.#files.keys())
      if (file.startsWith(this.repository)) this.#files.set(file, readFileSync(file, "utf8").split("\n").slice(0, -1));
  }

  #commitAndPrint(session: Session): void {
    this.#edit(session, this.#now);
    this.#now += minute;
    const hash = this.#commitIn(this.repository, "Go on and say so");
    const call = `toolu_${this.#count++}`;
    this.#respond(session, this.#now, { type: "tool_use", id: call, name: "Bash", input: { command: "git commit -m 'Go on and say so'" } });
    this.#record(session, this.#now + 1_000, {
      type: "user",
      message: {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: call, content: `[main ${hash.slice(0, 7)}] Go on and say so\n 1 file changed` }],
      },
      toolUseResult: { stdout: `[main ${hash.slice(0, 7)}] Go on and say so\n 1 file changed`, stderr: "", interrupted: false },
    });
  }

  #commitIn(repository: string, message: string): string {
    for (const [file, lines] of this.#files)
      if (file.startsWith(repository)) this.#committed.push({ file, before: lines.slice(0, 3), at: this.#now });
    this.#git(repository, "add", "-A");
    this.#git(repository, "commit", "-q", "--allow-empty", "-m", message);
    return this.#git(repository, "rev-parse", "HEAD").trim();
  }

  #replace(session: Session, at: number, file: string, from: number, count: number, added: readonly string[]): void {
    const before = this.#files.get(file) as string[];
    const removed = before.slice(from, from + count);
    this.#save(file, [...before.slice(0, from), ...added, ...before.slice(from + removed.length)]);
    this.#tellReplace(session, at, file, from, removed, added);
  }

  #tellReplace(session: Session, at: number, file: string, from: number, removed: readonly string[], added: readonly string[]): void {
    const call = `toolu_${this.#count++}`;
    const [oldString, newString] = [removed.join("\n"), added.join("\n")];
    const input = { file_path: file, old_string: oldString, new_string: newString };
    this.#respond(session, at, { type: "tool_use", id: call, name: "Edit", input });
    const hunk = {
      oldStart: removed.length === 0 ? from : from + 1,
      oldLines: removed.length,
      newStart: added.length === 0 ? from : from + 1,
      newLines: added.length,
      lines: [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)],
    };
    this.#record(session, at + 1_000, {
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: call, content: "ok" }] },
      toolUseResult: { filePath: file, oldString, newString, originalFile: null, structuredPatch: [hunk], userModified: false },
    });
  }

  #prompt(session: Session, at: number): void {
    this.#record(session, at, { type: "user", message: { role: "user", content: `go on ${this.#count}` } });
  }

  #respond(session: Session, at: number, content: object): void {
    const usage = { input_tokens: 11, cache_creation_input_tokens: 0, cache_read_input_tokens: 100, output_tokens: 70 };
    const message = { id: `msg_${this.#count++}`, type: "message", role: "assistant", model: "claude-opus-4-6", content: [content], usage };
    this.#record(session, at, {
      type: "assistant",
      requestId: `req_${this.#count++}`,
      message: { ...message, stop_reason: "tool_use" },
    });
  }

  #record(session: Session, at: number, part: object): void {
    const common = { isSidechain: false, userType: "external", cwd: session.folder, version: "2.1.42", gitBranch: "main" };
    this.#log(session, { ...common, uuid: `u${this.#count++}`, timestamp: new Date(at).toISOString(), ...part });
  }

  #log(session: Session, record: object): void {
    session.records.push(record);
    const project = join(this.home, ".claude", "projects", session.folder.replaceAll(/[^a-zA-Z0-9]/g, "-"));
    mkdirSync(project, { recursive: true });
    appendFileSync(join(project, `${session.id}.jsonl`), `${JSON.stringify({ ...record, sessionId: session.id })}\n`);
  }

  #git(folder: string, ...args: string[]): string {
    const when = `${Math.floor(this.#now / 1000)} +0000`;
    const who = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.org", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.org" };
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/nowhere", ...who, GIT_AUTHOR_DATE: when, GIT_COMMITTER_DATE: when };
    return execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
  }
}
