/**
 * What a shell command was for, read from its words alone. Agents chain commands (`cd x && go test ./... | tail`), so a
 * command line is split into simple commands first; the most telling one names the activity.
 */
import type { ActivityKind } from "../contract/facts.ts";

/** One simple command: its words without quotes, and the files it writes by redirection. */
export interface SimpleCommand {
  readonly words: readonly string[];
  readonly writesTo: readonly string[];
}

/** A file that a command plainly changes or deletes. */
export interface ShellWrite {
  readonly path: string;
  readonly operation: "opaque" | "delete";
}

export interface ShellPurpose {
  readonly activity: ActivityKind;
  /** Makes commits: what it prints may name one. */
  readonly commits: boolean;
  /** Opens a pull or merge request: what it prints may hold its address. */
  readonly opensChange: boolean;
  readonly writes: readonly ShellWrite[];
}

/** Most telling first. */
const ranks = ["open_change", "commit", "push", "test", "build", "edit", "review", "web", "shell", "search", "read"] as const;
type Rank = (typeof ranks)[number];

const remembered = new Map<string, ShellPurpose>();
const maxRemembered = 2000;

/**
 * What a command line was for.
 * @param cwd folder it ran in, to make relative targets absolute (a `cd` before them counts); null leaves them as they are
 */
export function shellPurpose(commandLine: string, cwd: string | null): ShellPurpose {
  const key = `${cwd}\0${commandLine}`;
  let purpose = remembered.get(key); // agents say the same things again: 38 % of 6,319 command lines measured
  if (purpose === undefined) {
    if (remembered.size >= maxRemembered) remembered.clear();
    purpose = readPurpose(commandLine, cwd);
    remembered.set(key, purpose);
  }
  return purpose;
}

function readPurpose(commandLine: string, cwd: string | null): ShellPurpose {
  let best: number = ranks.length;
  let commits = false;
  let opensChange = false;
  let folder = cwd;
  const writes: ShellWrite[] = [];
  for (const command of splitCommands(commandLine)) {
    const words = unwrapped(command.words);
    const name = nameOf(words);
    if (name === "cd" || name === "pushd") folder = isPlainPath(words[1] ?? "") ? resolvePath(folder, words[1] as string) : null;
    if (command.writesTo.length > 0 || writers.has(name))
      for (const write of writesOf(command, words)) {
        if (isPlainPath(write.path)) writes.push({ ...write, path: resolvePath(folder, write.path) });
      }
    const kind = kindOf(name, words, command.writesTo.some(isPlainPath));
    if (kind === null) continue;
    commits ||= kind === "commit";
    opensChange ||= kind === "open_change";
    best = Math.min(best, ranks.indexOf(kind));
  }
  return { activity: ranks[best] ?? "shell", commits, opensChange, writes };
}

function nameOf(words: readonly string[]): string {
  const word = words[0] ?? "";
  return word.slice(Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\")) + 1);
}

const neutral = new Set([
  "",
  "cd",
  "pushd",
  "popd",
  "echo",
  "printf",
  "export",
  "set",
  "unset",
  "true",
  "false",
  "sleep",
  "source",
  ".",
  "pwd",
  "exit",
  "wait",
  "test",
  "[",
  "[[",
  "if",
  "then",
  "else",
  "fi",
  "for",
  "do",
  "done",
  "while",
  "{",
  "}",
  "(",
  ")",
]);
const readers = new Set([
  "cat",
  "head",
  "tail",
  "less",
  "more",
  "wc",
  "ls",
  "tree",
  "stat",
  "file",
  "jq",
  "yq",
  "awk",
  "cut",
  "sort",
  "uniq",
  "diff",
  "xxd",
  "hexdump",
  "which",
  "type",
  "env",
  "date",
  "du",
  "df",
  "basename",
  "dirname",
  "realpath",
  "readlink",
  "column",
  "tr",
  "nl",
]);
const searchers = new Set(["grep", "egrep", "fgrep", "rg", "ag", "ack", "find", "fd"]);
const testers = new Set([
  "pytest",
  "py.test",
  "jest",
  "vitest",
  "mocha",
  "ava",
  "rspec",
  "phpunit",
  "tox",
  "nox",
  "ctest",
  "bats",
  "gotestsum",
  "ginkgo",
  "nextest",
  "nosetests",
  "karma",
  "cypress",
]);
const builders = new Set([
  "tsc",
  "make",
  "ninja",
  "cmake",
  "bazel",
  "webpack",
  "rollup",
  "esbuild",
  "golangci-lint",
  "eslint",
  "oxlint",
  "ruff",
  "mypy",
  "pyright",
  "flake8",
  "pylint",
  "shellcheck",
  "staticcheck",
  "javac",
  "gcc",
  "g++",
  "clang",
  "rustc",
  "goreleaser",
  "prettier",
  "biome",
  "black",
  "gofmt",
  "goimports",
  "isort",
  "rubocop",
]);
const runners = new Set([
  "npm",
  "pnpm",
  "yarn",
  "bun",
  "deno",
  "cargo",
  "go",
  "mise",
  "just",
  "task",
  "make",
  "mvn",
  "mvnw",
  "gradle",
  "gradlew",
  "dotnet",
  "swift",
  "mix",
  "rake",
  "python",
  "python3",
  "node",
  "composer",
  "poetry",
  "uv",
  "pipenv",
  "bundle",
  "hatch",
  "nx",
  "turbo",
  "lerna",
  "playwright",
  "docker",
  "xcodebuild",
  "flutter",
  "dart",
  "sbt",
  "lein",
  "zig",
  "ant",
]);

function kindOf(name: string, words: readonly string[], redirects: boolean): Rank | null {
  if (name === "git") return gitKind(words);
  if (name === "gh" || name === "glab" || name === "hub") return forgeKind(words);
  if (editsInPlace(name, words) || name === "tee" || name === "patch" || name === "rm" || name === "unlink") return "edit";
  if (testers.has(name)) return "test";
  if (runners.has(name)) return runnerKind(words);
  if (builders.has(name)) return "build";
  if (redirects) return "edit";
  if (neutral.has(name)) return null;
  if (searchers.has(name)) return "search";
  if (readers.has(name) || name === "sed") return "read";
  if (name === "curl" || name === "wget") return "web";
  return "shell";
}

const gitCommits = new Set(["commit", "cherry-pick", "revert", "merge", "rebase", "am"]);
const gitReads = new Set([
  "show",
  "log",
  "diff",
  "status",
  "blame",
  "branch",
  "rev-parse",
  "ls-files",
  "ls-tree",
  "describe",
  "reflog",
  "remote",
  "config",
  "cat-file",
  "shortlog",
  "tag",
  "stash",
  "merge-base",
  "rev-list",
  "for-each-ref",
  "worktree",
]);

function gitKind(words: readonly string[]): Rank {
  let i = 1;
  while (i < words.length && words[i]?.startsWith("-")) i += words[i] === "-C" || words[i] === "-c" ? 2 : 1;
  const verb = words[i] ?? "";
  const rest = words.slice(i + 1);
  if (gitCommits.has(verb)) return rest.includes("--abort") || rest.includes("--quit") ? "shell" : "commit";
  if (verb === "push") return "push";
  if (verb === "apply" || verb === "restore" || verb === "rm" || verb === "mv") return "edit";
  if (verb === "checkout" && rest.includes("--")) return "edit";
  if (verb === "grep") return "search";
  return gitReads.has(verb) ? "read" : "shell";
}

function forgeKind(words: readonly string[]): Rank {
  const [, noun = "", verb = ""] = words;
  if (noun === "pull-request" || ((noun === "pr" || noun === "mr") && (verb === "create" || verb === "new"))) return "open_change";
  if (noun === "pr" || noun === "mr" || noun === "run" || noun === "ci") return verb === "merge" ? "shell" : "review";
  return noun === "api" || noun === "issue" || noun === "release" || noun === "search" ? "web" : "shell";
}

/** Runs of a task: `npm run test:ci`, `go vet`, `python -m pytest`, `mise run lint`, `make check`. */
function runnerKind(words: readonly string[]): Rank {
  const plain = words
    .slice(1)
    .filter((word) => !word.startsWith("-"))
    .slice(0, 3);
  const [verb = "", second = ""] = plain;
  if (words[1] === "--version" || verb === "version" || verb === "list" || verb === "ls") return "read";
  if (plain.some((word) => isTestWord(word)) || testers.has(nameOf([verb])) || testers.has(nameOf([second]))) return "test";
  if (verb === "test" || verb === "t" || words.includes("unittest")) return "test";
  if (
    plain.some((word) =>
      /^(build|compile|check|lint|fmt|format|vet|clippy|typecheck|type-check|tsc|install|generate|ci|package|assemble|publish)\b/.test(
        word,
      ),
    )
  )
    return "build";
  return words[0] === "make" || words[0] === "mvn" || words[0] === "gradle" ? "build" : "shell";
}

const isTestWord = (word: string): boolean =>
  /^(test|tests|spec|e2e|integration-test|unit)([:_-]|$)/.test(word) || /[:_-](test|tests|e2e)$/.test(word);

function editsInPlace(name: string, words: readonly string[]): boolean {
  if (name === "sed" || name === "gsed") return words.some((word) => /^-[a-zA-Z]*i/.test(word) || word.startsWith("--in-place"));
  if (name === "perl" || name === "ruby") return words.some((word) => /^-[a-z0]*i/.test(word));
  if (name === "gofmt" || name === "goimports") return words.includes("-w");
  if (name === "prettier" || name === "biome") return words.includes("--write") || words.includes("-w");
  if (name === "eslint" || name === "ruff" || name === "golangci-lint" || name === "rubocop")
    return words.includes("--fix") || words.includes("-a");
  return name === "black" || name === "isort" || (name === "cargo" && words[1] === "fmt");
}

const writers = new Set(["tee", "sed", "gsed", "perl", "rm", "git"]);

/** Files a simple command plainly writes: redirections, `tee`, in-place editors, `rm`. */
function writesOf(command: SimpleCommand, words: readonly string[]): ShellWrite[] {
  const opaque = (path: string): ShellWrite => ({ path, operation: "opaque" });
  const found = command.writesTo.map(opaque);
  const name = nameOf(words);
  const operands = words.slice(1).filter((word) => !word.startsWith("-"));
  if (name === "tee") found.push(...operands.map(opaque));
  else if ((name === "sed" || name === "gsed" || name === "perl") && editsInPlace(name, words)) {
    // The first operand is the script unless -e gave it; BSD's -i takes an empty suffix as a word of its own.
    const files = operands.filter((word) => word !== "");
    found.push(
      ...(words.some((word) => /^-[a-zA-Z]*[ef]$/.test(word)) && name === "sed"
        ? files.filter((word) => !looksLikeScript(word))
        : files.slice(1)
      ).map(opaque),
    );
  } else if (name === "rm" || (name === "git" && words[1] === "rm")) {
    const files = name === "rm" ? operands : operands.slice(1);
    found.push(...files.map((path) => ({ path, operation: "delete" as const })));
  }
  return found;
}

const looksLikeScript = (word: string): boolean => /^(\d+|\$|\/.*\/)?[sdacipy](\W|$)/.test(word) && !/^[\w./-]+$/.test(word);

/** No variable, pattern, device, folder or descriptor. */
const isPlainPath = (path: string): boolean =>
  path !== "" && !/[$`*?[\]{}()<>|;&\n"']/.test(path) && !path.startsWith("/dev/") && !path.endsWith("/") && path !== "." && path !== "..";

/** A path made absolute by the folder it is told in; null leaves it as it is. */
export function resolvePath(cwd: string | null, path: string): string {
  if (cwd === null || /^([/~\\]|[a-zA-Z]:)/.test(path)) return path;
  const separator = cwd.includes("\\") && !cwd.includes("/") ? "\\" : "/";
  const parts = cwd.split(separator);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join(separator);
}

const wrappers = new Set([
  "sudo",
  "time",
  "command",
  "env",
  "nohup",
  "nice",
  "exec",
  "npx",
  "bunx",
  "pnpx",
  "xargs",
  "timeout",
  "gtimeout",
  "stdbuf",
  "then",
  "do",
  "else",
  "if",
  "while",
  "!",
  "uvx",
]);

/** Tools with a verb that runs another program. */
const execTools = new Set(["mise", "uv", "poetry", "bundle", "pnpm", "yarn", "npm"]);

/** The words from the real program on: assignments, `sudo`, `timeout 60`, `npx`, `mise exec --`, `uv run` are taken off. */
function unwrapped(words: readonly string[]): readonly string[] {
  let i = 0;
  while (i < words.length) {
    const word = words[i] as string;
    if (!wrappers.has(word) && !word.includes("=") && !execTools.has(word)) break;
    const two = `${word} ${words[i + 1] ?? ""}`;
    if (/^[A-Za-z_]\w*\+?=/.test(word)) i++;
    else if (
      two === "mise exec" ||
      two === "mise x" ||
      two === "uv run" ||
      two === "poetry run" ||
      two === "bundle exec" ||
      two === "pnpm exec" ||
      two === "yarn exec" ||
      two === "npm exec"
    ) {
      i += 2;
      while (words[i]?.startsWith("-")) i++;
    } else if (wrappers.has(word)) {
      i++;
      while (
        words[i]?.startsWith("-") ||
        ((word === "timeout" || word === "gtimeout") && /^[\d.]+[smhd]?$/.test(words[i] ?? "")) ||
        (word === "xargs" && /^\d+$|^\{\}$/.test(words[i] ?? ""))
      )
        i++;
    } else break;
  }
  return words.slice(i);
}

/** Splits a command line at `;`, `&`, `|`, line ends and parentheses; quotes, here-documents and substitutions are kept whole. */
export function splitCommands(line: string): SimpleCommand[] {
  const commands: SimpleCommand[] = [];
  let words: string[] = [];
  let writesTo: string[] = [];
  let word: string | null = null;
  let redirect = false;
  const hereDocuments: { readonly end: string; readonly indented: boolean }[] = [];
  const endWord = (): void => {
    if (word === null) return;
    if (redirect) writesTo.push(word);
    else words.push(word);
    redirect = false;
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    redirect = false;
    if (words.length > 0 || writesTo.length > 0) commands.push({ words, writesTo });
    words = [];
    writesTo = [];
  };
  for (let i = 0; i < line.length; ) {
    const c = line[i] as string;
    if (c === "'") {
      const end = line.indexOf("'", i + 1);
      const stop = end < 0 ? line.length : end;
      word = (word ?? "") + line.slice(i + 1, stop);
      i = stop + 1;
    } else if (c === '"') {
      const stop = doubleQuoteEnd(line, i + 1);
      word = (word ?? "") + line.slice(i + 1, stop).replace(/\\(["\\$`])/g, "$1");
      i = stop + 1;
    } else if (c === "\\") {
      if (line[i + 1] !== "\n") word = (word ?? "") + (line[i + 1] ?? "");
      i += 2;
    } else if (c === "$" && line[i + 1] === "(") {
      const stop = substitutionEnd(line, i + 2);
      word = (word ?? "") + line.slice(i, stop);
      i = stop;
    } else if (c === "`") {
      const end = line.indexOf("`", i + 1);
      const stop = end < 0 ? line.length : end + 1;
      word = (word ?? "") + line.slice(i, stop);
      i = stop;
    } else if (c === "\n") {
      endCommand();
      i++;
      for (const { end, indented } of hereDocuments.splice(0)) i = hereDocumentEnd(line, i, end, indented);
    } else if (c === " " || c === "\t" || c === "\r") {
      endWord();
      i++;
    } else if (c === "#" && word === null) {
      const end = line.indexOf("\n", i);
      i = end < 0 ? line.length : end;
    } else if (c === "<" && line[i + 1] === "<" && line[i + 2] !== "<") {
      endWord();
      const match = /^<<(-?)\s*(?:'([^'\n]*)'|"([^"\n]*)"|\\?([^\s;|&()<>]+))/.exec(line.slice(i, i + 200));
      if (match === null) i += 2;
      else {
        hereDocuments.push({ end: match[2] ?? match[3] ?? match[4] ?? "", indented: match[1] === "-" });
        i += match[0].length;
      }
    } else if (c === ">" || (c === "&" && line[i + 1] === ">")) {
      if (word !== null && /^\d$/.test(word)) word = null;
      endWord();
      if (c === "&") i++;
      i++;
      if (line[i] === ">" || line[i] === "|") i++;
      if (line[i] === "&") {
        i++;
        while (i < line.length && /[\d-]/.test(line[i] as string)) i++;
      } else redirect = true;
    } else if (c === "<") {
      endWord();
      i++;
    } else if (c === ";" || c === "&" || c === "|" || c === "(" || c === ")") {
      endCommand();
      i++;
    } else {
      plainText.lastIndex = i;
      const run = plainText.exec(line)?.[0] ?? c;
      word = (word ?? "") + run;
      i += run.length;
    }
  }
  endCommand();
  return commands;
}

/** Characters that mean nothing but themselves. */
const plainText = /[^\s'"\\$`#<>;&|()]+/y;

/** Substitutions inside substitutions, deeper than anybody writes them. */
const maxNesting = 100;

/** Index of the closing quote. */
function doubleQuoteEnd(line: string, from: number, depth = 0): number {
  for (let i = from; i < line.length; i++) {
    const c = line[i];
    if (c === "\\") i++;
    else if (c === '"') return i;
    else if (c === "$" && line[i + 1] === "(") i = substitutionEnd(line, i + 2, depth + 1) - 1;
  }
  return line.length;
}

/** Index after the closing parenthesis of `$(`; a here-document inside is passed as a whole, apostrophes and all. */
function substitutionEnd(line: string, from: number, nesting = 0): number {
  if (nesting > maxNesting) return line.length;
  let depth = 1;
  for (let i = from; i < line.length; i++) {
    const c = line[i];
    if (c === "\\") i++;
    else if (c === "'") {
      const end = line.indexOf("'", i + 1);
      i = end < 0 ? line.length : end;
    } else if (c === '"') i = doubleQuoteEnd(line, i + 1, nesting);
    else if (c === "(") depth++;
    else if (c === ")" && --depth === 0) return i + 1;
    else if (c === "<" && line[i + 1] === "<") {
      const match = /^<<(-?)\s*(?:'([^'\n]*)'|"([^"\n]*)"|([^\s;|&()<>]+))/.exec(line.slice(i, i + 200));
      const lineEnd = line.indexOf("\n", i);
      if (match !== null && lineEnd >= 0)
        i = hereDocumentEnd(line, lineEnd + 1, match[2] ?? match[3] ?? match[4] ?? "", match[1] === "-") - 1;
    }
  }
  return line.length;
}

/** Index of the line after the one that ends the here-document. */
function hereDocumentEnd(line: string, from: number, end: string, indented: boolean): number {
  for (let i = from; i < line.length; ) {
    const found = line.indexOf("\n", i);
    const stop = found < 0 ? line.length : found;
    const text = line.slice(i, stop);
    i = stop + 1;
    if ((indented ? text.replace(/^\t+/, "") : text) === end) return Math.min(i, line.length);
  }
  return line.length;
}
