import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute } from "node:path";
import type { TokenFact } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import { openGit } from "../git/git.ts";
import { findRepository, readRemotes } from "../git/repository.ts";
import type { Item } from "../sources/source.ts";
import type { Variables } from "./import-repositories.ts";
import type { Organisation } from "./organisation.ts";

type Rules = NonNullable<Organisation["repositories"]>;

/**
 * Which repositories may be read: `repositories` of assay.yaml, asked before anything of one is read. Of a folder only its
 * place and the addresses of its remotes are looked at; nothing of what is denied is kept.
 */
export class RepositoryAccess {
  readonly #deny: readonly RegExp[];
  readonly #allow: readonly RegExp[] | null;
  readonly #variables: Variables;
  readonly #decided = new Map<string, Promise<boolean>>();
  /** The rules as one word: another word means that logs have to be read again. Empty where there are none. */
  readonly digest: string;

  constructor(rules: Rules | undefined, variables: Variables) {
    const home = homeOf(variables);
    this.#deny = (rules?.deny ?? []).map((pattern) => globPattern(pattern, home));
    this.#allow = rules?.allow === undefined ? null : rules.allow.map((pattern) => globPattern(pattern, home));
    this.#variables = variables;
    this.digest = this.hasRules ? createHash("sha1").update(JSON.stringify(rules)).digest("hex") : "";
  }

  get hasRules(): boolean {
    return this.#deny.length > 0 || this.#allow !== null;
  }

  /** Whether the repository of a folder may be read: by its folders and its remotes. */
  async allowsFolder(folder: string): Promise<boolean> {
    if (!this.hasRules) return true;
    const root = repositoryAbove(folder);
    const key = root ?? folder;
    if (this.denies(folder)) return false;
    const known = this.#decided.get(key);
    if (known !== undefined) return await known;
    const decision = this.#decide(folder, root);
    this.#decided.set(key, decision);
    return await decision;
  }

  async #decide(folder: string, root: string | null): Promise<boolean> {
    const names = [folder, ...(root === null ? [] : [root])];
    if (existsSync(root ?? folder)) {
      const place = await findRepository(root ?? folder, this.#variables);
      names.push(realpathSync(root ?? folder));
      if (place !== null) names.push(place.commonDir, ...(place.toplevel === null ? [] : [place.toplevel]));
      if (place !== null) names.push(...(await readRemotes(openGit(place.commonDir, this.#variables))));
    }
    return this.allowsNames(names);
  }

  /** Whether a repository known by these folders and remotes may be read. */
  allowsNames(names: readonly string[]): boolean {
    if (names.some((name) => this.denies(name))) return false;
    return this.#allow === null || namesFit(names, this.#allow);
  }

  /** Whether a name alone is denied: a folder of another machine, a remote. */
  denies(name: string): boolean {
    return this.#deny.some((pattern) => pattern.test(slashed(name)));
  }
}

const slashed = (path: string): string => path.replaceAll("\\", "/");

/** `*` anything but `/`, `**` anything, `?` one character; what lies below is meant too. */
export function globPattern(pattern: string, home: string | null): RegExp {
  const expanded = pattern.startsWith("~/") && home !== null ? `${slashed(home)}${pattern.slice(1)}` : slashed(pattern);
  const source = expanded
    .replace(/\/+$/, "")
    .replaceAll(/\*\*|[*?]|[.+^${}()|[\]]/g, (part) => ({ "**": ".*", "*": "[^/]*", "?": "[^/]" })[part] ?? `\\${part}`);
  return new RegExp(`^${source}(?:/.*)?$`);
}

/** Whether one of a repository's names fits one of some patterns. */
export const namesFit = (names: readonly string[], patterns: readonly RegExp[]): boolean =>
  names.some((name) => patterns.some((pattern) => pattern.test(slashed(name))));

/** The home folder patterns that begin with `~/` mean; null where the environment names none. */
export const homeOf = (variables: Variables): string | null => variables["HOME"] ?? variables["USERPROFILE"] ?? null;

/** The nearest folder at or above a path that has a `.git`; null where none has. */
function repositoryAbove(path: string): string | null {
  for (let at = path; isAbsolute(at); at = dirname(at)) {
    if (existsSync(`${at}/.git`)) return at;
    if (dirname(at) === at) break;
  }
  return null;
}

/**
 * Lets the facts of one input through, less what tells of a denied repository: folder and branch of its sessions, what they
 * wrote, the commits and changes they named. Their responses pass. Writes and mentions wait for the end of the input, since
 * only then all folders of a session are known.
 */
export class FactGate {
  readonly #access: RepositoryAccess;
  /** Facts from inside a repository that may be read: only what is denied by name is kept out. */
  readonly #insideRepository: boolean;
  readonly #sessions = new Map<string, boolean>();
  #waiting: TokenFact[] = [];

  constructor(access: RepositoryAccess, insideRepository: boolean) {
    this.#access = access;
    this.#insideRepository = insideRepository;
  }

  async pass(batch: readonly Item[]): Promise<Item[]> {
    const passed: Item[] = [];
    for (const item of batch) {
      if (item.kind === "fact") passed.push(...(await this.#fact(item.fact)).map((fact): Item => ({ kind: "fact", fact })));
      else if (item.kind === "checkpoint") passed.push(...(await this.#release()), item);
      else passed.push(item);
    }
    return passed;
  }

  /** Whether a session of this input ran in a denied repository. */
  get keptSomethingOut(): boolean {
    return [...this.#sessions.values()].some((allowed) => !allowed);
  }

  async #fact(fact: TokenFact): Promise<TokenFact[]> {
    switch (fact.kind) {
      case "session":
      case "sighting": {
        if (fact.cwd === null) return [fact];
        const allowed = await this.#allows(fact.cwd);
        this.#sessions.set(fact.session, (this.#sessions.get(fact.session) ?? true) && allowed);
        return [allowed ? fact : { ...fact, cwd: null, branch: null }];
      }
      case "session_label":
        return fact.label === "repository" && !this.#access.allowsNames([fact.value]) ? [] : [fact];
      case "write":
      case "commit_mention":
      case "pull_request_mention":
        this.#waiting.push(fact);
        return [];
      default:
        return [fact];
    }
  }

  async #release(): Promise<Item[]> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const passed: Item[] = [];
    for (const fact of waiting) {
      const known = this.#sessions.get(fact.session) ?? this.#insideRepository;
      const path = fact.kind === "write" && isAbsolute(fact.path) ? fact.path : null;
      const allowed = path === null ? known : known && (await this.#allows(path));
      if (allowed) passed.push({ kind: "fact", fact });
    }
    return passed;
  }

  async #allows(path: string): Promise<boolean> {
    return this.#insideRepository ? !this.#access.denies(path) : await this.#access.allowsFolder(path);
  }
}

/** What the reader of an answer must know: that something was kept out, never what. */
export function deniedProblem(what: "repository" | "log"): Problem {
  return {
    code: "repository_denied",
    severity: "notice",
    source: "access",
    locator: "assay.yaml: repositories",
    message:
      what === "repository"
        ? "a repository is not to be read; nothing of it was"
        : "logs are of sessions in a repository that is not to be read: their tokens are counted, their ends are not seen",
    hint: "`repositories` of assay.yaml says which may be read.",
  };
}
