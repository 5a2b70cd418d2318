import type { Problem } from "../contract/problem.ts";
import { type ClientOptions, ForgeClient, ForgeStopped, type Transport } from "../outcomes/forge/client.ts";
import type { ForgeStream } from "../outcomes/forge/stream.ts";
import * as github from "../outcomes/github/streams.ts";
import * as gitlab from "../outcomes/gitlab/streams.ts";
import type { FactStore } from "../store/store.ts";
import { type ForgesContext, type ForgesImport, noForges, take, tell } from "./import-forges.ts";
import type { Variables } from "./import-repositories.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import type { Organisation } from "./organisation.ts";
import { deniedProblem } from "./repository-access.ts";

type Forge = NonNullable<Organisation["forges"]>[number];

const kinds = {
  github: { streamsOf: github.streamsOf, defaultAddress: github.defaultAddress, tokenVariable: "GITHUB_TOKEN" },
  gitlab: { streamsOf: gitlab.streamsOf, defaultAddress: gitlab.defaultAddress, tokenVariable: "GITLAB_TOKEN" },
} as const;

/**
 * Asks the forges of assay.yaml for what is new. Each page goes into the store with the place behind it, in one transaction:
 * a killed import goes on there. A forge that refuses, limits or does not answer is a problem; what was read stands.
 */
export async function askForges(
  store: FactStore,
  forges: readonly Forge[],
  { network, now, variables }: Pick<OpenAssayOptions, "network" | "now" | "variables">,
  context: ForgesContext,
): Promise<ForgesImport> {
  const result = noForges();
  for (const forge of forges) {
    if (network === undefined || forge.repositories === undefined) continue; // webhooks and files alone
    const address = (forge.address ?? kinds[forge.kind].defaultAddress).replace(/\/+$/, "");
    const authorise = await authorisation(store, forge, address, { ...network, now }, variables, context.signal);
    store.restartInput(forge.kind, address);
    if ("problem" in authorise) {
      take(store, result, authorise.problem, address);
      continue;
    }
    const client = new ForgeClient({ address, authorise: authorise.headers, transport: { ...network, now }, signal: context.signal });
    for (const name of forge.repositories.filter((one) => mayRead(one, address, context, result, store)))
      for (const stream of kinds[forge.kind].streamsOf(name, address))
        await readStream(store, client, forge, address, stream, context, result);
  }
  await store.commit(context.seenAt);
  return result;
}

/** Of a repository that is denied nothing is asked. */
function mayRead(name: string, address: string, { access }: ForgesContext, result: ForgesImport, store: FactStore): boolean {
  const host = new URL(address).hostname.replace(/^api\./, "");
  if (!access.hasRules || access.allowsNames([`${host}/${name}`])) return true;
  take(store, result, deniedProblem("repository"), address);
  return false;
}

async function readStream(
  store: FactStore,
  client: ForgeClient,
  { kind }: Forge,
  address: string,
  stream: ForgeStream,
  context: ForgesContext,
  result: ForgesImport,
): Promise<void> {
  const state = (await store.forges.streams(address)).get(stream.name) ?? null;
  const before = result.facts;
  store.restartInput(kind, `${address} ${stream.name}`);
  try {
    for await (const part of stream.read(client, state)) {
      tell(store, part.facts, context, result, `${address} ${stream.name}`);
      for (const problem of part.problems) take(store, result, problem, `${address} ${stream.name}`);
      store.forges.setStream(address, stream.name, part.state);
      await store.commit(context.seenAt);
      context.progress(`asking for ${stream.name}`, result.facts - before);
    }
  } catch (error) {
    if (context.signal.aborted) return; // what was read is kept; the import says that it was stopped
    if (!(error instanceof ForgeStopped)) throw error;
    take(store, result, stopped(kind, `${address} ${stream.name}`, error), `${address} ${stream.name}`);
    await store.commit(context.seenAt);
  }
}

const hints: Readonly<Record<ForgeStopped["code"], string>> = {
  forge_rate_limited: "Import again later: it goes on where it was.",
  forge_refused: "Check the name of the repository and what the token may read (docs/guide/forges.md).",
  forge_unavailable: "Import again later: it goes on where it was.",
  forge_redirected: "Write the address the forge has now into `forges` of assay.yaml, and give a new token with it.",
};

const stopped = (source: string, locator: string, { code, message }: ForgeStopped): Problem => ({
  code,
  severity: "notice",
  source,
  locator,
  message,
  hint: hints[code],
});

type Authorisation = { readonly headers: ClientOptions["authorise"] } | { readonly problem: Problem };

/** Who asks: an app, else a token, else nobody (public repositories, at GitHub's small limit for those). */
async function authorisation(
  store: FactStore,
  forge: Forge,
  address: string,
  transport: Transport,
  variables: Variables,
  signal: AbortSignal,
): Promise<Authorisation> {
  const { kind, app } = forge;
  const name = app?.key_variable ?? forge.token_variable ?? kinds[kind].tokenVariable;
  const secret = variables[name] ?? "";
  if (secret === "") {
    if (app === undefined && forge.token_variable === undefined) return { headers: () => Promise.resolve({}) };
    return {
      problem: problem(
        "forge_no_token",
        kind,
        address,
        `the variable ${name} is not set; this forge was not asked`,
        "Set it, or take it out of assay.yaml.",
      ),
    };
  }
  if (!(await store.forges.mayGiveToken(secret, new URL(address).origin, await store.secret())))
    return {
      problem: problem(
        "forge_token_of_other_address",
        kind,
        address,
        `what ${name} holds was given to another address before; it was not sent to this one`,
        "Make a new token for this address: one secret goes to one forge only.",
      ),
    };
  if (app === undefined || kind !== "github")
    return { headers: () => Promise.resolve(kinds[kind] === kinds.github ? github.tokenHeaders(secret) : gitlab.tokenHeaders(secret)) };
  const ask = async (path: string, claim: string): Promise<unknown> => {
    const client = new ForgeClient({ address, authorise: () => Promise.resolve(github.tokenHeaders(claim)), transport, signal });
    return (await client.post(path, {})).json;
  };
  return { headers: github.appHeaders({ id: app.id, installation: app.installation, key: secret }, ask, transport.now) };
}

const problem = (code: string, source: string, locator: string, message: string, hint: string): Problem => ({
  code,
  severity: "notice",
  source,
  locator,
  message,
  hint,
});
