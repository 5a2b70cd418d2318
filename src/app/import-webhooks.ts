import { readIncidentEvent } from "../outcomes/events/generic.ts";
import type { ValueReader } from "../outcomes/forge/export-file.ts";
import { unknownObject } from "../outcomes/forge/reading.ts";
import { type Sender, type WebhookRules, receiveWebhook, recordedRequest } from "../outcomes/webhooks/receive.ts";
import type { FactStore } from "../store/store.ts";
import { type ForgesContext, type ForgesImport, importForgeFiles } from "./import-forges.ts";
import type { Variables } from "./import-repositories.ts";
import type { Organisation } from "./organisation.ts";

type Forges = NonNullable<Organisation["forges"]>;

/** The secrets `forges` of assay.yaml names, out of the environment. */
export function webhookSecrets(forges: Forges, variables: Variables): WebhookRules["secrets"] {
  const secrets: Partial<Record<Sender, string[]>> = {};
  for (const { kind, webhook_secret_variable: name } of forges) {
    const secret = name === undefined ? undefined : variables[name];
    if (secret !== undefined && secret !== "") (secrets[kind] ??= []).push(secret);
  }
  return secrets;
}

/**
 * Reads recorded deliveries of webhooks, one a line. Those taken before are passed over. A file is the user's own: what has no
 * secret to be checked with is believed, and so is a body that was recorded as an object, since its bytes are gone.
 */
export async function importWebhooks(
  store: FactStore,
  files: readonly string[],
  secrets: WebhookRules["secrets"],
  context: ForgesContext,
): Promise<ForgesImport> {
  const known = new Map<Sender, Set<string>>();
  for (const sender of ["github", "gitlab"] as const) known.set(sender, await store.forges.deliveries(sender));
  const read: ValueReader = (value, locator) => {
    const request = recordedRequest(value);
    if (request === null) return { facts: [], problems: [unknownObject("webhooks", locator, "no recorded delivery")] };
    const isKnown = (sender: Sender, delivery: string): boolean => known.get(sender)?.has(delivery) === true;
    const answer = receiveWebhook(request, { secrets: request.isRaw ? secrets : {}, trusted: true, isKnown, now: null, locator });
    if (answer.delivery !== null) {
      known.get(answer.delivery.sender)?.add(answer.delivery.id);
      store.forges.addDelivery(answer.delivery.sender, answer.delivery.id);
    }
    return answer;
  };
  return await importForgeFiles(store, files, context, "webhooks", read);
}

/** Reads files of incidents: PagerDuty's, Opsgenie's, or in the small shape of our own. */
export async function importIncidents(store: FactStore, files: readonly string[], context: ForgesContext): Promise<ForgesImport> {
  return await importForgeFiles(store, files, context, "events", readIncidentEvent);
}
