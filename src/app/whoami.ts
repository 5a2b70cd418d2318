import type { Identity } from "../contract/show.ts";
import { readSessions } from "../store/fact-reader.ts";
import type { FactStore } from "../store/store.ts";
import type { Organisation } from "./organisation.ts";

export type Person = NonNullable<Organisation["people"]>[number];

/** GitHub's own addresses name the login: `12345+login@users.noreply.github.com`. */
const forgeAddress = /^(?:\d+\+)?([^@+]+)@users\.noreply\.[^@]+$/i;
/** Agents sign commits with addresses nobody reads: whom they belong to is known by the name before the address. */
const agentTrailer = /^co-authored-by$/i;
const agentAddress = /noreply@(?:anthropic|openai|cursor|google)\.com$|\[bot\]|^(?:copilot|cursoragent|devin-ai)/i;

type Count = "commits" | "sessions" | "changes";

/** Who did something to a change, by table. */
const forgeActors = [
  ["forge_change", "author"],
  ["forge_change", "landed_by"],
  ["forge_review", "reviewer"],
  ["forge_comment", "author"],
] as const;

/** Every identity the facts hold, with how often it was seen and whose it is; by kind, most often first. */
export async function identities(store: FactStore, people: readonly Person[]): Promise<Identity[]> {
  const seen = new Map<string, Identity>();
  const add = (kind: Identity["kind"], value: string, of: Count, count: number, name: string | null = null): void => {
    const key = `${kind} ${value.toLowerCase()}`;
    const known = seen.get(key) ?? { kind, value, name, commits: 0, sessions: 0, changes: 0, person: ownerOf(people, kind, value) };
    seen.set(key, { ...known, [of]: known[of] + count });
  };
  const authors = await store.database.all(
    `SELECT e.text AS email, arg_max(n.text, c.commit_ms) AS name, count(DISTINCT c.commit_hash)::INTEGER AS commits
     FROM commit c JOIN dict e ON e.id = c.author_email_id JOIN dict n ON n.id = c.author_name_id GROUP BY e.text`,
  );
  for (const row of authors) addAddress(add, String(row["email"]), row["commits"] as number, String(row["name"]));
  const trailers = await store.database.all(
    `SELECT t.key, t.value, count(DISTINCT commit_hash)::INTEGER AS commits
     FROM (SELECT commit_hash, unnest(from_json(trailers, '[{"key":"VARCHAR","value":"VARCHAR"}]')) AS t FROM commit) GROUP BY ALL`,
  );
  for (const row of trailers) {
    const [, name = "", email] = /^(.*?)\s*<([^<>\s]+@[^<>\s]+)>$/.exec(String(row["value"])) ?? [];
    if (email !== undefined && agentTrailer.test(String(row["key"]))) addAddress(add, email, row["commits"] as number, name);
  }
  const users = new Map<string, number>();
  const emails = new Map<string, number>();
  for (const { cwd, labels } of await readSessions(store)) {
    const email = labels.get("email");
    if (email !== undefined) emails.set(email, (emails.get(email) ?? 0) + 1);
    const user = cwd === null ? null : osUserOf(cwd);
    if (user !== null) users.set(user, (users.get(user) ?? 0) + 1);
  }
  for (const [email, sessions] of emails) add("otel_email", email, "sessions", sessions);
  for (const [user, sessions] of users) add("os_user", user, "sessions", sessions);
  const actors =
    await store.database.all(`SELECT d.text AS login, bool_or(bot) AS bot, count(DISTINCT (repository, number))::INTEGER AS changes
    FROM (${forgeActors.map(([table, actor]) => `SELECT ${actor}_id AS id, ${actor}_bot AS bot, forge_repository_id AS repository, number FROM ${table} WHERE ${actor}_id IS NOT NULL`).join(" UNION ALL ")})
    JOIN dict d USING (id) GROUP BY d.text`);
  for (const row of actors) add(row["bot"] === true ? "agent" : "forge_login", String(row["login"]), "changes", row["changes"] as number);
  const order = ["git_email", "otel_email", "os_user", "forge_login", "agent"];
  return [...seen.values()].sort(
    (a, b) =>
      order.indexOf(a.kind) - order.indexOf(b.kind) ||
      b.commits + b.sessions + b.changes - a.commits - a.sessions - a.changes ||
      (a.value < b.value ? -1 : 1),
  );
}

function addAddress(
  add: (kind: Identity["kind"], value: string, of: "commits", count: number, name: string) => void,
  email: string,
  commits: number,
  name: string,
): void {
  const { kind, value } = identityOfEmail(email);
  add(kind, value, "commits", commits, name);
}

/** Whom an address of a commit names: an agent, somebody at a forge, or the address itself. */
export function identityOfEmail(email: string): Pick<Identity, "kind" | "value"> {
  const login = forgeAddress.exec(email)?.[1];
  if (agentAddress.test(email) || /\[bot\]/i.test(login ?? "")) return { kind: "agent", value: email };
  return login === undefined ? { kind: "git_email", value: email } : { kind: "forge_login", value: login };
}

/** The owner of the home folder a path lies in: `/home/ada`, `/Users/ada`, `C:\Users\ada`; null elsewhere. */
export function osUserOf(path: string): string | null {
  return /^(?:\/home\/|\/Users\/|\/?[A-Za-z]:[\\/]Users[\\/])([^\\/]+)/.exec(path)?.[1] ?? null;
}

/** Lists of a person that an identity may stand in: an agent's account is often called as the person's commits are. */
const listsOf = {
  git_email: ["git_emails"],
  otel_email: ["otel_emails", "git_emails"],
  os_user: ["os_users"],
  forge_login: ["forge_logins"],
  agent: [],
} as const satisfies Record<Identity["kind"], readonly (keyof Person)[]>;

/** Name of the person of assay.yaml an identity belongs to; null for nobody's and for an agent's. */
export function ownerOf(people: readonly Person[], kind: Identity["kind"], value: string): string | null {
  const wanted = value.toLowerCase();
  const isTheirs = (person: Person): boolean =>
    listsOf[kind].some((list) => person[list]?.some((identity) => identity.toLowerCase() === wanted) === true);
  return people.find(isTheirs)?.name ?? null;
}
