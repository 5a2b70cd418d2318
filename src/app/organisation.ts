/**
 * The schema of assay.yaml. Every setting is checked whether a feature uses it yet or not; docs/guide/configuration.md says
 * which are used. Days are `YYYY-MM-DD`, both ends included; money is in whole `currency` units unless a name says otherwise.
 */
import { z } from "zod";
import { billingApis } from "../bills/registry.ts";
import { exchangeRatesSchema } from "../prices/exchange-rates.ts";
import { ownPricesSchema } from "../prices/own-prices.ts";
import { planSchema } from "../prices/plans.ts";

const days = z.int().positive();
const text = z.string().trim().min(1);
/** Numbers as YAML reads `4711`: ids are texts here. */
const id = z.union([text, z.int().transform(String)]);
const day = z.iso.date();
const glob = text;
const globs = z.array(glob);
const amount = z.number().nonnegative();

const ends = <T extends { from?: string | undefined; to?: string | undefined }>({ from, to }: T): boolean =>
  from === undefined || to === undefined || from <= to;
const period = { from: day.optional(), to: day.optional() };
const range = z.strictObject({ low: amount, high: amount }).refine(({ low, high }) => low <= high, "has a low end above its high end");

/** A key itself is a secret: only what providers show in its place may stand in a file. */
const keyId = text.refine((key) => !/^(sk|pk|rk|ghp|gho|glpat|xox[bp]|AKIA)[-_A-Za-z0-9]{16,}$/.test(key), {
  error: "looks like a key itself: give the id or name that the provider shows for it, and take the key out of this file",
});

const person = z.strictObject({
  name: text,
  git_emails: z.array(text).optional(),
  os_users: z.array(text).optional(),
  otel_emails: z.array(text).optional(),
  forge_logins: z.array(text).optional(),
  keys: z.array(keyId).optional(),
  seats: z.array(text).optional(),
  teams: z.array(z.strictObject({ team: text, ...period }).refine(ends, "ends before it begins")).optional(),
  salary: text.optional(),
});

/** A secret stays out of the file: only the name of the variable that holds it may stand here. */
const variable = text.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is no name of a variable: a secret itself must not stand in this file");
/** Loopback may do without encryption; everything else carries a token. */
const forgeAddress = z
  .url({ protocol: /^https?$/ })
  .refine((url) => url.startsWith("https://") || isLoopback(url), "must begin with https://");

const forge = z.strictObject({
  kind: z.enum(["github", "gitlab"]),
  /** Of its API; GitHub's and GitLab's own unless said. */
  address: forgeAddress.optional(),
  /** `owner/name`, `group/sub/name`. */
  repositories: z.array(text.regex(/^[\w.-]+(\/[\w.-]+)+$/, "is no repository: write owner/name")).optional(),
  token_variable: variable.optional(),
  app: z.strictObject({ id, installation: id, key_variable: variable }).optional(),
  webhook_secret_variable: variable.optional(),
  incident_labels: z.array(text).optional(),
});

const billing = z
  .strictObject({
    provider: z.enum(billingApis.map(({ id }) => id)),
    /** Holds the key; it is never stored. */
    key_variable: variable,
    /** Of its API; the provider's own unless said. */
    address: forgeAddress.optional(),
    /** For GitHub. */
    organization: text.optional(),
  })
  .refine(({ provider, organization }) => provider !== "github-copilot" || organization !== undefined, "needs an organization");

const timeZone = text.refine(isTimeZone, "is no time zone: take a name like Europe/Berlin or UTC");

export const organisationSchema = z.strictObject({
  time_zone: timeZone.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "is no currency: take a code of three capitals like EUR")
    .optional(),
  k: z.int().min(5).optional(),
  stick_days: days.optional(),
  revert_days: days.optional(),
  in_flight_days: days.optional(),

  repositories: z.strictObject({ allow: globs.min(1).optional(), deny: globs.min(1).optional() }).optional(),
  forges: z.array(forge).optional(),
  default_branches: z.record(z.string(), text).optional(),
  release_rules: z.array(z.strictObject({ repository: glob, released_by: z.enum(["tags", "landing"]) })).optional(),

  people: z.array(person).optional(),
  teams: z.array(z.strictObject({ name: text, cost_centre: id.optional() })).optional(),
  products: z
    .array(
      z.strictObject({
        name: text,
        repositories: globs.min(1),
        cost_centre: id.optional(),
        value: range.optional(),
        alignment: text.optional(),
      }),
    )
    .optional(),
  cost_centres: z.array(z.strictObject({ id, name: text.optional() })).optional(),

  prices: ownPricesSchema.optional(),
  exchange_rates: exchangeRatesSchema.optional(),
  plans: z.array(planSchema).optional(),
  billing: z.array(billing).optional(),
  salaries: z.array(z.strictObject({ name: text, year: range })).optional(),
  values: z.array(z.strictObject({ name: text, each: range })).optional(),

  awus: z
    .array(
      z.strictObject({
        name: text,
        /** The event that completes a unit, and the event or silence that proves or undoes it. */
        completed_by: text,
        proved_by: text.optional(),
        undone_by: text.optional(),
        window_days: days.optional(),
        value: text.optional(),
        human_cost: range.optional(),
      }),
    )
    .optional(),
  alignment: z.array(z.strictObject({ name: text, share: z.number().min(0).max(1).optional() })).optional(),
});
export type Organisation = z.output<typeof organisationSchema>;

/** Something wrong between two places of the file, each fine by itself. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** The names that would have been known there. */
  readonly known?: readonly string[];
  readonly name?: string;
}

/** Names that lead nowhere, names given twice, people in two teams at once, identities with two owners. */
export function contradictions(file: Organisation): Contradiction[] {
  return [
    ...twice(file.people, "people", "name"),
    ...twice(file.teams, "teams", "name"),
    ...twice(file.products, "products", "name"),
    ...twice(file.cost_centres, "cost_centres", "id"),
    ...twice(file.salaries, "salaries", "name"),
    ...twice(file.values, "values", "name"),
    ...references(file),
    ...overlaps(file),
    ...sharedIdentities(file),
  ];
}

function twice<K extends string>(list: readonly Readonly<Record<K, string>>[] | undefined, setting: string, key: K): Contradiction[] {
  const first = new Map<string, number>();
  return (list ?? []).flatMap((entry, at) => {
    const before = first.get(entry[key]);
    if (before === undefined) first.set(entry[key], at);
    return before === undefined ? [] : [{ path: [setting, at, key], message: `'${entry[key]}' is there twice` }];
  });
}

/** Where a list of names is given, what refers to it has to be in it; where none is given, any name will do. */
function references(file: Organisation): Contradiction[] {
  const found: Contradiction[] = [];
  const refer = (path: Contradiction["path"], name: string | undefined, noun: string, known: readonly string[] | undefined): void => {
    if (name === undefined || known === undefined || known.includes(name)) return;
    found.push({ path, message: `no ${noun} '${name}' is defined`, known, name });
  };
  const teams = file.teams?.map(({ name }) => name);
  const centres = file.cost_centres?.map((centre) => centre.id);
  const salaries = file.salaries?.map(({ name }) => name);
  const aims = file.alignment?.map(({ name }) => name);
  const values = file.values?.map(({ name }) => name);
  file.people?.forEach((one, p) => {
    one.teams?.forEach(({ team }, t) => refer(["people", p, "teams", t, "team"], team, "team", teams));
    refer(["people", p, "salary"], one.salary, "salary", salaries ?? []);
  });
  file.teams?.forEach((team, t) => refer(["teams", t, "cost_centre"], team.cost_centre, "cost centre", centres));
  file.products?.forEach((product, p) => {
    refer(["products", p, "cost_centre"], product.cost_centre, "cost centre", centres);
    refer(["products", p, "alignment"], product.alignment, "alignment", aims ?? []);
  });
  file.awus?.forEach((awu, a) => refer(["awus", a, "value"], awu.value, "value", values ?? []));
  return found;
}

/** A person is in one team at a time: else a dollar would count twice. */
function overlaps(file: Organisation): Contradiction[] {
  return (file.people ?? []).flatMap((one, p) =>
    (one.teams ?? []).flatMap((later, t) => {
      const other = (one.teams ?? []).slice(0, t).find((earlier) => startOf(later) <= endOf(earlier) && startOf(earlier) <= endOf(later));
      if (other === undefined) return [];
      const message = `${one.name} is in ${other.team} and in ${later.team} at once: give the days (from, to)`;
      return [{ path: ["people", p, "teams", t], message }];
    }),
  );
}

const startOf = ({ from }: { from?: string | undefined }): string => from ?? "0000-01-01";
const endOf = ({ to }: { to?: string | undefined }): string => to ?? "9999-12-31";

const identityLists = ["git_emails", "os_users", "otel_emails", "forge_logins", "keys", "seats"] as const;

function sharedIdentities(file: Organisation): Contradiction[] {
  const owners = new Map<string, string>();
  const found: Contradiction[] = [];
  file.people?.forEach((one, p) => {
    for (const list of identityLists)
      one[list]?.forEach((identity, i) => {
        const key = `${list} ${identity.toLowerCase()}`;
        const owner = owners.get(key);
        if (owner !== undefined && owner !== one.name)
          found.push({ path: ["people", p, list, i], message: `'${identity}' is ${owner}'s already` });
        owners.set(key, owner ?? one.name);
      });
  });
  return found;
}

function isLoopback(url: string): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false; // Intl says "no" by throwing; nothing else is lost
  }
}
