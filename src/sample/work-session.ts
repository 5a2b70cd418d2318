import { join } from "node:path";
import type { Hand, Witness } from "./chronicle.ts";
import { phrase, type Subject } from "./code-text.ts";
import type { HardCase } from "./hard-cases.ts";
import { isCellSource } from "./true-lines.ts";
import { fileText } from "./git-objects.ts";
import { hunksBetween, type Line, structuredPatch } from "./lines.ts";
import type { Random } from "./random.ts";
import { type Branch, type Commit, type Pull, type Repository, withRenames } from "./repository.ts";
import { formattedBranch, type Reformat } from "./reformat.ts";
import { changedUnit, insertedUnit, type Rewrite } from "./rewrite.ts";
import type { PlayedSession, Stage } from "./stage.ts";
import { models } from "./team.ts";
import {
  type CallActivity,
  type CallPlace,
  type Saying,
  type SessionLog,
  shownPatch,
  type ToolCall,
  type ToolOutcome,
} from "./transcript.ts";

type Say = (saying: Saying) => void;

/** An agent at work on one branch: it reads, edits, tests and commits, and its log is written while it does. */
export class WorkSession {
  readonly stage: Stage;
  readonly played: PlayedSession;
  readonly random: Random;
  branch: Branch;
  /** How edits made now are seen. */
  witness: Witness;
  #moves = false;
  #elsewhere: { readonly repository: Repository; readonly folder: string } | null = null;

  constructor(stage: Stage, played: PlayedSession, branch: Branch, random: Random) {
    this.stage = stage;
    this.played = played;
    this.random = random;
    this.branch = branch;
    this.witness = played.transcript === "missing" ? "transcript_missing" : "logged";
  }

  get log(): SessionLog {
    return this.played.log;
  }

  get repository(): Repository {
    return this.#elsewhere?.repository ?? this.played.repository;
  }

  readonly say: Say = (saying) => this.log.respond(saying);

  /** Path as the machine it runs on writes it. */
  #absolute(path: string): string {
    const { cwd } = this.log.setting;
    const other = this.#elsewhere;
    if (cwd.includes("\\")) {
      const folder = other === null ? cwd : cwd.replace(/[^\\]+$/, other.repository.name);
      return `${folder}\\${path.replaceAll("/", "\\")}`;
    }
    return join(other?.folder ?? cwd, ...path.split("/"));
  }

  /** Works in another repository for a while, without leaving the session's own folder. */
  elsewhere(place: { readonly repository: Repository; readonly branch: Branch; readonly folder: string }, work: () => void): void {
    const own = this.branch;
    this.#elsewhere = place;
    this.branch = place.branch;
    work();
    this.#elsewhere = null;
    this.branch = own;
  }

  #hand(place: CallPlace, witness: Witness = this.witness): Hand {
    const { callId, messageId, agentId, at } = place;
    return {
      witness,
      person: this.played.person.key,
      session: this.log.setting.session,
      callId,
      messageId,
      agentId,
      turn: this.log.turn,
      at,
      ...(this.#moves ? { moves: true } : {}),
    };
  }

  #file(path: string): readonly Line[] {
    const lines = this.branch.files.get(path);
    if (lines === undefined) throw new Error(`${path} is not on ${this.branch.name}`);
    return lines;
  }

  /** Reads and searches, the way agents begin. */
  explore(responses: number, subject: Subject, say: Say = this.say): void {
    const paths = [...this.branch.files.keys()];
    for (let i = 0; i < responses; i++) {
      const near = paths.filter((path) => path.includes(subject.noun) || path.includes(subject.partner));
      const path = () => this.random.pick(near.length > 0 && this.random.chance(0.7) ? near : paths);
      const calls = this.random.chance(0.35)
        ? [this.#grep(subject)]
        : Array.from({ length: this.random.chance(0.3) ? 2 : 1 }, () => this.read(path()));
      const thinking = this.random.chance(0.35) ? thought(this.random, subject) : undefined;
      say({ thinking, text: i === 0 ? `I'll look at how ${subject.noun}s are handled first.` : undefined, calls });
    }
  }

  read(path: string): ToolCall {
    const lines = this.#file(path);
    const startLine = lines.length > 60 ? this.random.int(1, lines.length - 50) : 1;
    const shown = lines.slice(startLine - 1, startLine + 59);
    const numbered = shown.map((line, index) => `${String(startLine + index).padStart(6)}→${line.text}`).join("\n");
    const filePath = this.#absolute(path);
    return {
      name: "Read",
      activity: "read",
      input: { file_path: filePath, offset: startLine, limit: 60 },
      seconds: 0.2,
      run: () => ({
        text: numbered,
        tokens: this.random.int(1_500, 8_000),
        result: { type: "text", file: { filePath, content: fileText(shown), numLines: shown.length, startLine, totalLines: lines.length } },
      }),
    };
  }

  #grep(subject: Subject): ToolCall {
    const pattern = this.random.pick([subject.noun, subject.partner]);
    const hits: string[] = [];
    for (const [path, lines] of this.branch.files) {
      const at = path.includes(pattern) && hits.length < 12 ? lines.findIndex((line) => line.text.includes(pattern)) : -1;
      if (at >= 0) hits.push(`${path}:${at + 1}:${lines[at]?.text}`);
    }
    const content = hits.join("\n");
    return {
      name: "Grep",
      activity: "search",
      input: { pattern, path: this.log.setting.cwd, output_mode: "content", "-n": true },
      seconds: 0.4,
      run: () => ({
        text: content,
        tokens: this.random.int(300, 1_900),
        result: { mode: "content", numFiles: 0, filenames: [], content, numLines: hits.length },
      }),
    };
  }

  /** An edit of one file; `after` gives its new lines. */
  edit(path: string, after: Rewrite): ToolCall {
    const before = this.#file(path);
    const next = after(before);
    const { oldString, newString } = replacement(before, next);
    const filePath = this.#absolute(path);
    return {
      name: "Edit",
      activity: "edit",
      input: { replace_all: false, file_path: filePath, old_string: oldString, new_string: newString },
      seconds: 0.3,
      run: (place) => {
        this.stage.chronicle.change(this, path, next, this.#hand(place));
        const originalFile = this.log.setting.style.repeatsOriginal ? fileText(before) : null;
        const structured = shownPatch(structuredPatch(before, next));
        return {
          text: `The file ${filePath} has been updated successfully.`,
          tokens: this.random.int(150, 600),
          result: { filePath, oldString, newString, originalFile, structuredPatch: structured, userModified: false, replaceAll: false },
        };
      },
    };
  }

  /** The same edit, as half of a move: its lines are the same in another place. */
  moving(call: ToolCall): ToolCall {
    return {
      ...call,
      run: (place) => {
        this.#moves = true;
        const outcome = call.run(place);
        this.#moves = false;
        return outcome;
      },
    };
  }

  /** `git mv`: no line changes. */
  renameFile(path: string, next: string): ToolCall {
    return this.shell("shell", `git mv ${path} ${next}`, "Give the file its new name", "", 1, {
      effect: () => {
        this.branch.renames.set(path, next);
        this.branch.files = withRenames(this.branch.files, this.branch.renames);
      },
    });
  }

  /** An edit whose old text is not in the file. */
  failedEdit(path: string): ToolCall {
    const complaint = "String to replace not found in file.";
    return {
      name: "Edit",
      activity: "edit",
      input: { replace_all: false, file_path: this.#absolute(path), old_string: "  // as it was before", new_string: "  // as it is now" },
      seconds: 0.1,
      run: () => ({ text: `<tool_use_error>${complaint}</tool_use_error>`, result: `Error: ${complaint}`, isError: true, tokens: 60 }),
    };
  }

  /** Writes the source of one cell of a notebook anew. */
  editCell(path: string, unit: number, statements: number): ToolCall {
    const before = this.#file(path);
    const next = this.changed(path, unit, statements)(before);
    this.#markChanged(path, next, "notebook");
    const cell = next.filter((line) => line.unit === unit);
    const cellId = /"id": "([^"]+)"/.exec(fileText(cell))?.[1] ?? "";
    const source = cell.filter((line) => isCellSource(line.text)).map((line) => JSON.parse(line.text.trim().replace(/,$/, "")) as string);
    const notebook = this.#absolute(path);
    const input = { notebook_path: notebook, cell_id: cellId, new_source: source.join(""), cell_type: "code", edit_mode: "replace" };
    return {
      name: "NotebookEdit",
      activity: "edit",
      input,
      seconds: 0.3,
      run: (place) => {
        this.stage.chronicle.change(this, path, next, this.#hand(place));
        const result = { ...input, language: "python", error: "", original_file: fileText(before), updated_file: fileText(next) };
        return { text: `Updated cell ${cellId} with ${input.new_source}`, tokens: this.random.int(150, 600), result };
      },
    };
  }

  /** Runs a notebook: its counters change, which is nobody's work. */
  runNotebook(path: string): ToolCall {
    let count = 0;
    return this.shell("shell", `jupyter nbconvert --to notebook --execute --inplace ${path}`, "Run the notebook", "", 9, {
      effect: () => {
        const next = this.#file(path).map((line) =>
          line.text.includes('"execution_count"') ? { ...line, text: line.text.replace(/: .*,/, `: ${++count},`) } : line,
        );
        this.branch.files = new Map(this.branch.files).set(path, next);
      },
    });
  }

  /** Writes a whole file that was not there. */
  create(path: string, lines: readonly Line[]): ToolCall {
    const filePath = this.#absolute(path);
    const content = fileText(lines);
    return {
      name: "Write",
      activity: "edit",
      input: { file_path: filePath, content },
      seconds: 0.3,
      run: (place) => {
        this.stage.chronicle.change(this, path, lines, this.#hand(place));
        return {
          text: `File created successfully at: ${filePath}`,
          tokens: 80,
          result: { type: "create", filePath, content, structuredPatch: [], originalFile: null },
        };
      },
    };
  }

  shell(
    activity: CallActivity,
    command: string,
    description: string,
    stdout: string,
    seconds: number,
    more: { effect?: (place: CallPlace) => void; failed?: boolean; tokens?: number } = {},
  ): ToolCall {
    return {
      name: "Bash",
      activity,
      input: { command, description },
      seconds,
      run: (place) => {
        more.effect?.(place);
        const tokens = more.tokens ?? this.random.int(80, 900);
        if (more.failed) return { text: `Exit code 1\n${stdout}`, result: `Error: Exit code 1\n${stdout}`, isError: true, tokens };
        return { text: stdout, result: { stdout, stderr: "", interrupted: false, isImage: false }, tokens };
      },
    };
  }

  /** Runs the tests of a subject. */
  test(subject: Subject, passes: boolean): ToolCall {
    const { random } = this;
    const total = random.int(6, 40);
    const failed = passes ? 0 : random.int(1, 3);
    const seconds = random.int(6, 45);
    if (this.repository.language === "go") {
      const folder = `./internal/${subject.noun}/...`;
      const name = `saltmarsh.example/${this.repository.name}/internal/${subject.noun}`;
      const out = passes
        ? `ok  \t${name}\t0.${random.int(100, 999)}s`
        : `--- FAIL: Test${subject.noun}Window (0.01s)\n    ${subject.noun}_test.go:${random.int(20, 90)}: got ${random.int(1, 90)}\nFAIL\nFAIL\t${name}\t0.${random.int(100, 999)}s`;
      return this.shell("test", `go test ${folder}`, "Run the package's tests", out, seconds, { failed: !passes });
    }
    const tail =
      failed === 0 ? `      Tests  ${total} passed (${total})` : `      Tests  ${failed} failed | ${total - failed} passed (${total})`;
    return this.shell(
      "test",
      `npx vitest run src/${subject.noun}`,
      "Run the tests",
      ` RUN  v4.1.2\n\n Test Files  2 passed (2)\n${tail}\n   Duration  ${random.int(1, 9)}.${random.int(10, 99)}s`,
      seconds,
      { failed: !passes },
    );
  }

  build(): ToolCall {
    const go = this.repository.language === "go";
    return this.shell("build", go ? "go build ./..." : "npm run build", "Build", go ? "" : "> tsc -p .\n", this.random.int(5, 20));
  }

  /** Writes a new file by the shell: no edit is logged, the command holds the text. */
  createByShell(path: string, lines: readonly Line[]): ToolCall {
    for (const line of lines) this.stage.cases.markLine(line.id, "shell edit");
    const command = `cat > ${path} <<'EOF'\n${fileText(lines)}EOF`;
    return this.shell("shell", command, "Write the file", "", 1, {
      effect: (place) => this.stage.chronicle.change(this, path, lines, this.#hand(place, this.#unseen())),
    });
  }

  #markChanged(path: string, next: readonly Line[], name: HardCase): void {
    const before = this.#file(path);
    const [old, stays] = [new Set(before), new Set(next)];
    for (const line of [...before, ...next]) if (!old.has(line) || !stays.has(line)) this.stage.cases.markLine(line.id, name);
  }

  /** How a change that no edit logs is seen. */
  #unseen(): Witness {
    return this.witness === "logged" ? "shell" : this.witness;
  }

  /** A sed over several files: no edit is logged, the lines change all the same. */
  codemod(paths: readonly string[], from: string, to: string): ToolCall {
    return this.shell("shell", `sed -i 's/${from}/${to}/g' ${paths.join(" ")}`, "Rename everywhere", "", 1, {
      effect: (place) => {
        for (const path of paths) {
          const next = this.#file(path).map((line) =>
            line.text.includes(from) && line.statement > 0 && this.branch.units.has(line.unit)
              ? this.stage.chronicle.newLine({ text: line.text.replaceAll(from, to), statement: line.statement }, line.unit)
              : line,
          );
          this.#markChanged(path, next, "shell edit");
          this.stage.chronicle.change(this, path, next, this.#hand(place, this.#unseen()));
        }
      },
    });
  }

  /** A package manager that rewrites the lock file. */
  install(path: string, next: readonly Line[], command: string): ToolCall {
    this.#markChanged(path, next, "generated");
    return this.shell("shell", command, "Update a dependency", "changed 2 packages in 3s", 6, {
      effect: (place) => this.stage.chronicle.change(this, path, next, this.#hand(place, this.#unseen())),
    });
  }

  /** A formatter over what the branch changed: no edit is logged, and nothing says anything else. */
  format(reformats: readonly Reformat[], fits: (path: string) => boolean): ToolCall {
    const command = this.repository.language === "go" ? "gofumpt -w ." : "npx prettier --write src";
    return this.shell("shell", command, "Format", "", 2, {
      effect: () => {
        this.branch.files = formattedBranch(this.stage, this.branch, reformats, fits);
      },
    });
  }

  /** `git checkout -- .`: what was not committed is gone. */
  restore(): ToolCall {
    return this.shell("shell", "git checkout -- . && git clean -fdq", "Drop the changes", "", 1, {
      effect: () => {
        this.branch.files = (this.branch.commits.at(-1) ?? this.branch.base).files;
      },
    });
  }

  /** Hands a task to a sub-agent. */
  delegate(
    description: string,
    prompt: string,
    kind: "general-purpose" | "Explore",
    logged: boolean,
    work: (say: Say) => string,
  ): ToolCall {
    return {
      name: "Task",
      activity: "delegate",
      input: { description, prompt, subagent_type: kind },
      seconds: 1,
      run: (place): ToolOutcome => {
        const before = this.witness;
        if (!logged && before === "logged") this.witness = "subagent_unlogged";
        const model = kind === "Explore" ? models.haiku45 : this.log.setting.model;
        const outcome = this.log.subAgent(place, { prompt, model, logged }, work);
        this.witness = before;
        return outcome;
      },
    };
  }

  /** Commits what lies there, by the agent's shell; the hash is printed. */
  commit(subject: string): Commit {
    const message = `${subject}\n\nCo-Authored-By: Claude <noreply@anthropic.com>\n`;
    const parent = this.branch.commits.at(-1) ?? this.branch.base;
    const { files } = this.branch;
    const changed = [...new Set([...files.keys(), ...parent.files.keys()])].filter((path) => files.get(path) !== parent.files.get(path));
    const command = `git add ${changed.join(" ")} && git commit -m "$(cat <<'EOF'\n${message}EOF\n)"`;
    let made: Commit | null = null;
    const call = (stdout: string): ToolCall => this.shell("commit", command, "Commit the work", stdout, 2, { tokens: 160 });
    // The hash holds the instant, and the instant is when the command runs: the commit is made then.
    const late: ToolCall = {
      ...call(""),
      run: (place) => {
        const at = place.at + this.log.setting.skewMs;
        made = this.repository.commit(this.branch, this.played.person.identity, at, message);
        const { printed } = this.stage;
        printed.set(this.log.setting.session, [...(printed.get(this.log.setting.session) ?? []), made]);
        return call(commitOutput(this.branch.name, made, changed)).run(place);
      },
    };
    this.say({ text: this.random.chance(0.5) ? "The tests pass; committing." : undefined, calls: [late] });
    if (made === null) throw new Error("the commit was not made");
    return made;
  }

  /** Pushes and opens the pull request from the shell. */
  openPull(title: string): Pull | null {
    const pull = this.repository.openPull(this.branch, title);
    if (pull === null) return null;
    const name = `${this.repository.owner}/${this.repository.name}`;
    const url = `https://git.example.com/${name}/pull/${pull.number}`;
    this.say({
      calls: [
        this.shell(
          "open_change",
          `git push -u origin ${this.branch.name} && gh pr create --title "${title}" --fill`,
          "Open the pull request",
          `${url}\n`,
          5,
          { tokens: 200 },
        ),
      ],
    });
    this.log.pullLink(name, pull.number);
    return pull;
  }

  /** Replaces statements of a unit by new ones. */
  changed(path: string, unit: number, statements: number): Rewrite {
    return changedUnit(this.stage, this.random, path, unit, statements);
  }

  /** Puts a new unit behind another one. */
  inserted(path: string, subject: Subject): Rewrite {
    return insertedUnit(this.stage, this.random, path, subject, this.witness);
  }
}

function thought(random: Random, { noun, partner }: Subject): string {
  return random.pick([
    `The ${noun} takes its ${phrase.field(random)} from the ${partner}. I should check what the ${phrase.role(random)} sees before I change it.`,
    `There are two places that ${phrase.verb(random)} a ${noun}. The one for the ${phrase.place(random)} looks like the right one to extend.`,
    `The tests cover the ${partner} but not the ${phrase.field(random)}. I will keep the signature and change the body.`,
  ]);
}

/** Old and new text of an edit, with as many lines around as make the old one unique in the file. */
function replacement(before: readonly Line[], after: readonly Line[]): { oldString: string; newString: string } {
  const hunks = hunksBetween(before, after);
  const [first, last] = [hunks[0], hunks.at(-1)];
  if (first === undefined || last === undefined) throw new Error("an edit changes nothing");
  const whole = before.map((line) => line.text).join("\n");
  const text = (lines: readonly Line[], from: number, to: number): string =>
    lines
      .slice(from, to)
      .map((line) => line.text)
      .join("\n");
  const tail = last.oldAt + last.removed.length;
  const newTail = tail + after.length - before.length;
  // Without a line around it, an insertion has no old text and a deletion leaves its line feed.
  for (let around = tail === first.oldAt || newTail === first.newAt ? 1 : 0; ; around++) {
    const from = Math.max(0, first.oldAt - around);
    const to = Math.min(before.length, tail + around);
    const oldString = text(before, from, to);
    const unique = oldString !== "" && whole.indexOf(oldString) === whole.lastIndexOf(oldString);
    if (unique || (from === 0 && to === before.length)) {
      return { oldString, newString: text(after, from, to + after.length - before.length) };
    }
  }
}

/** What `git commit` prints. */
function commitOutput(branch: string, commit: Commit, changed: readonly string[]): string {
  const parent = commit.parents[0];
  let [added, removed] = [0, 0];
  for (const path of changed) {
    for (const hunk of hunksBetween(parent?.files.get(path), commit.files.get(path))) {
      added += hunk.added.length;
      removed += hunk.removed.length;
    }
  }
  const counted = (n: number, what: string): string => `, ${n} ${what}${n === 1 ? "" : "s"}`;
  const plus = added > 0 ? `${counted(added, "insertion")}(+)` : "";
  const minus = removed > 0 ? `${counted(removed, "deletion")}(-)` : "";
  const created = changed.filter((path) => parent?.files.get(path) === undefined).map((path) => ` create mode 100644 ${path}\n`);
  const subject = commit.message.slice(0, commit.message.indexOf("\n"));
  const files = `${changed.length} file${changed.length === 1 ? "" : "s"} changed`;
  return `[${branch} ${commit.hash.slice(0, 7)}] ${subject}\n ${files}${plus}${minus}\n${created.join("")}`;
}
