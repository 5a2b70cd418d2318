import { join } from "node:path";
import { changeClasses } from "../attribution/change-class.ts";
import { UserError } from "../contract/errors.ts";
import type { Overrule, OverruleAsked } from "../contract/overrule.ts";
import { nearest } from "../measures/nearest.ts";
import { openDerived } from "../store/derived-store.ts";
import { readRepositories } from "../store/fact-reader.ts";
import { type StoredOverrule, readOverrules } from "../store/overrules.ts";
import { factsFile } from "../store/place.ts";
import { repositoryName } from "./compute.ts";
import { ensureDerived, readOptionsConfig, withFacts } from "./derived.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { Questions } from "./questions.ts";
import { keepingSeen } from "./seen.ts";
import { showChange } from "./show.ts";

/**
 * Keeps what a person says a change is, as a fact, and brings the derived tables up to it.
 * @throws UserError `unknown_class`, `reason_missing`, `author_missing`, `not_overruled`, and what finding a change throws
 */
export async function overruleChange(options: OpenAssayOptions, asked: OverruleAsked): Promise<Overrule> {
  const { folder } = options;
  requireSense(asked);
  await ensureDerived(options, () => {});
  const questions = await Questions.open(folder, null, readOptionsConfig(options).fates);
  const found = await (async () => {
    try {
      const { change, repository } = await showChange(questions, asked.change);
      const [row] = await questions.database.all("SELECT repository_id FROM repository_d WHERE name = $repository", { repository });
      return { change, repository: row?.["repository_id"] as number };
    } finally {
      questions.close();
    }
  })();
  const told: StoredOverrule = {
    ...found,
    class: asked.class,
    reason: asked.reason.trim(),
    author: asked.author.trim(),
    toldAt: options.now(),
  };
  const keep = () =>
    withFacts(folder, false, async (store) => {
      const standing = standingOf(await readOverrules(store.database), await idsOf(store));
      if (asked.class === null && (standing.get(keyOf(told))?.class ?? null) === null)
        throw new UserError("not_overruled", `${found.change} is not overruled.`, { hint: "`assay overrule --list` says what is." });
      await store.addOverrule(told);
    });
  await keepingSeen(folder, join(folder, factsFile), keep);
  await ensureDerived(options, () => {});
  return (await listOverrules(options)).find(({ change, stands }) => change === found.change && stands) as Overrule;
}

function requireSense({ class: name, reason, author }: OverruleAsked): void {
  if (name !== null && !(changeClasses as readonly string[]).includes(name)) {
    const near = nearest(name, changeClasses);
    const hint = near === null ? `There are: ${changeClasses.join(", ")}.` : `Did you mean ${near}?`;
    throw new UserError("unknown_class", `No class '${name}'.`, { hint });
  }
  if (reason.trim() === "") throw new UserError("reason_missing", "A rule is overruled for a reason.", { hint: "Give it with --reason." });
  if (author.trim() === "") throw new UserError("author_missing", "Nobody knows who you are here.", { hint: "Give a name with --author." });
}

/** Everything that was said against rules, newest first. */
export async function listOverrules(options: OpenAssayOptions): Promise<Overrule[]> {
  await ensureDerived(options, () => {});
  const { all, ids, names } = await withFacts(options.folder, true, async (store) => ({
    all: await readOverrules(store.database),
    ids: await idsOf(store),
    names: new Map((await readRepositories(store)).repositories.map((stored) => [stored.id, repositoryName(stored)])),
  }));
  const standing = new Set(standingOf(all, ids).values());
  const derived = await openDerived(options.folder);
  try {
    const rows = await derived.all("SELECT repository_id, change_key, landed_commit, ruled_class FROM change");
    return all.toReversed().map((one): Overrule => {
      const repository = ids.get(one.repository) ?? one.repository;
      const row = rows.find(
        (change) =>
          change["repository_id"] === repository && (change["change_key"] === one.change || change["landed_commit"] === one.change),
      );
      return {
        repository: names.get(repository) ?? `repository ${repository}`,
        change: one.change,
        class: one.class,
        ruledClass: row === undefined || row["ruled_class"] === null ? null : String(row["ruled_class"]),
        author: one.author,
        reason: one.reason,
        toldAt: new Date(one.toldAt).toISOString(),
        stands: standing.has(one),
      };
    });
  } finally {
    derived.close();
  }
}

const idsOf = async (store: Parameters<typeof readRepositories>[0]): Promise<ReadonlyMap<number, number>> =>
  (await readRepositories(store)).idOf;

const keyOf = ({ repository, change }: Pick<StoredOverrule, "repository" | "change">): string => `${repository} ${change}`;

/** The newest of each change; repositories that turned out to be one have one id. */
function standingOf(all: readonly StoredOverrule[], ids: ReadonlyMap<number, number>): ReadonlyMap<string, StoredOverrule> {
  return new Map(all.map((one) => [keyOf({ ...one, repository: ids.get(one.repository) ?? one.repository }), one]));
}
