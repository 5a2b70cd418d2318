/**
 * Every attribute that is kept of what a sender says, under the word it has here. What is not in this list is never read,
 * so never stored: prompts, answers, commands, paths and the bodies of requests are not in it. Commands and parameters of
 * tools are looked into for what they were for and for the commit they made, and dropped.
 */
import { normaliseRemote } from "../../git/repository.ts";
import { shellPurpose } from "../shell-command.ts";
import type { Value } from "./messages.ts";

/** What is kept: texts, whole numbers, truth values. */
export type KeptValue = string | number | boolean;

/** What a value becomes; undefined where it is not what it should be. */
type Read = (value: Value) => KeptValue | undefined;

interface Kept {
  readonly as: string;
  readonly read: Read;
  /** An earlier name of the conventions: the present one wins where both are told. */
  readonly older?: true;
  /** What it says is not needed: a value that does not fit leaves it out instead of refusing the record. */
  readonly optional?: true;
}

const id: Read = (value) => (typeof value === "string" && /^[\x21-\x7e]{1,200}$/.test(value) ? value : undefined);
const word: Read = (value) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  typeof value === "string" && value.length > 0 && value.length <= 200 && !/[\x00-\x1f\x7f]/.test(value) ? value : undefined;
/** Claude Code before 2.1.122 wrote its numbers as texts. */
const count: Read = (value) => {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
};
const flag: Read = (value) => (typeof value === "boolean" ? value : value === "true" ? true : value === "false" ? false : undefined);
const instant: Read = (value) => {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
};
const dollars: Read = (value) => {
  const number = typeof value === "string" && /^\d{1,9}(\.\d{1,18})?(e-\d{1,2})?$/i.test(value) ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number < 1e6 ? Math.round(number * 1e9) : undefined;
};
const microDollars: Read = (value) => {
  const micros = count(value);
  return typeof micros === "number" && micros < 1e12 ? micros * 1_000 : undefined;
};
const activity: Read = (value) => (typeof value === "string" ? shellPurpose(value, null).activity : undefined);
const commit: Read = (value) => (typeof value === "string" && /^[0-9a-f]{7,64}$/i.test(value) ? value.toLowerCase() : undefined);
/** `host/owner/name`, of any way to write a remote; what is no address is a name. Nothing that may hold a password is kept as it is. */
const repository: Read = (value) => {
  if (typeof value !== "string" || value.length > 500) return undefined;
  return normaliseRemote(value.trim()) ?? (value.includes("@") ? undefined : word(value));
};

const kept: Readonly<Record<string, Kept>> = {
  "service.name": { as: "service", read: word },
  "service.version": { as: "version", read: word, optional: true },
  "app.version": { as: "version", read: word, older: true, optional: true },
  "app.entrypoint": { as: "entrypoint", read: word, optional: true },

  "event.name": { as: "event", read: word },
  "event.kind": { as: "event_kind", read: word },
  "event.timestamp": { as: "moment", read: instant, optional: true },
  "event.sequence": { as: "sequence", read: count },
  "session.id": { as: "session", read: id },
  "conversation.id": { as: "conversation", read: id },
  "gen_ai.conversation.id": { as: "conversation", read: id },
  "prompt.id": { as: "prompt", read: id },
  "message.uuid": { as: "message", read: id },
  request_id: { as: "request", read: id },
  client_request_id: { as: "client_request", read: id },
  "gen_ai.response.id": { as: "response", read: id },
  tool_use_id: { as: "call", read: id },
  "gen_ai.tool.call.id": { as: "call", read: id, older: true },
  call_id: { as: "call", read: id, older: true },
  agent_id: { as: "sub_agent", read: id, optional: true },

  model: { as: "model", read: word },
  "gen_ai.request.model": { as: "request_model", read: word },
  "gen_ai.response.model": { as: "response_model", read: word },
  "gen_ai.provider.name": { as: "provider", read: word, optional: true },
  "gen_ai.system": { as: "provider", read: word, older: true, optional: true },
  "gen_ai.operation.name": { as: "operation", read: word },
  query_source: { as: "query_source", read: word, optional: true },
  speed: { as: "speed", read: word, optional: true },

  input_tokens: { as: "input", read: count },
  output_tokens: { as: "output", read: count },
  cache_read_tokens: { as: "cache_read", read: count },
  cache_creation_tokens: { as: "cache_write", read: count },
  cost_usd: { as: "cost_nano_usd", read: dollars, older: true, optional: true },
  cost_usd_micros: { as: "cost_nano_usd", read: microDollars, optional: true },

  input_token_count: { as: "all_input", read: count },
  output_token_count: { as: "all_output", read: count },
  cached_token_count: { as: "of_input_cached", read: count },
  reasoning_token_count: { as: "of_output_reasoning", read: count },
  "gen_ai.usage.input_tokens": { as: "all_input", read: count },
  "gen_ai.usage.prompt_tokens": { as: "all_input", read: count, older: true },
  "gen_ai.usage.output_tokens": { as: "all_output", read: count },
  "gen_ai.usage.completion_tokens": { as: "all_output", read: count, older: true },
  "gen_ai.usage.cache_read.input_tokens": { as: "of_input_cached", read: count },
  "gen_ai.usage.cache_read_input_tokens": { as: "of_input_cached", read: count, older: true },
  "gen_ai.usage.cache_creation.input_tokens": { as: "of_input_written", read: count },
  "gen_ai.usage.cache_creation_input_tokens": { as: "of_input_written", read: count, older: true },
  "gen_ai.usage.cache_write.input_tokens": { as: "of_input_written", read: count, older: true },
  "gen_ai.usage.reasoning.output_tokens": { as: "of_output_reasoning", read: count },
  "gen_ai.usage.reasoning_tokens": { as: "of_output_reasoning", read: count, older: true },

  tool_name: { as: "tool", read: word },
  "gen_ai.tool.name": { as: "tool", read: word, older: true },
  success: { as: "success", read: flag, optional: true },
  tool_input_size_bytes: { as: "input_bytes", read: count, optional: true },
  tool_result_size_bytes: { as: "result_bytes", read: count, optional: true },
  full_command: { as: "activity", read: activity, optional: true },
  prompt_length: { as: "prompt_length", read: count, optional: true },
  type: { as: "type", read: word, optional: true },

  "vcs.repository.url.full": { as: "repository", read: repository, optional: true },
  repository: { as: "repository", read: repository, older: true, optional: true },
  "vcs.ref.head.name": { as: "branch", read: word, optional: true },
  "team.name": { as: "team", read: word, optional: true },
  team: { as: "team", read: word, older: true, optional: true },
  "team.id": { as: "team", read: word, older: true, optional: true },
  cost_centre: { as: "cost_centre", read: word, optional: true },
  cost_center: { as: "cost_centre", read: word, older: true, optional: true },
  "user.email": { as: "email", read: word, optional: true },
};

const byKey: ReadonlyMap<string, Kept> = new Map(Object.entries(kept));
/** A JSON text with more in it than is kept: read, looked into, dropped. */
const toolParameters = "tool_parameters";

export const isWanted = (key: string): boolean => byKey.has(key) || key === toolParameters;

export type KeptAttributes = Readonly<Record<string, KeptValue>>;

/** @returns what is kept, by its word here; and which attribute, by its key as we know it, makes a record that is of use unusable */
export function keepAttributes(values: ReadonlyMap<string, Value>): { readonly kept: KeptAttributes; readonly bad: string | null } {
  const result: Record<string, KeptValue> = {}; // its keys are the words of the table above
  const older = new Set<string>();
  let bad: string | null = null;
  for (const [key, value] of values) {
    if (key === toolParameters) {
      Object.assign(result, parametersOf(value));
      continue;
    }
    const spec = byKey.get(key);
    if (spec === undefined || value === null) continue;
    if (spec.as in result && (spec.older === true || !older.has(spec.as))) continue;
    const read = spec.read(value);
    if (read === undefined) {
      if (spec.optional !== true) bad ??= key;
      continue;
    }
    result[spec.as] = read;
    if (spec.older === true) older.add(spec.as);
  }
  return { kept: result, bad };
}

/** What a tool's parameters tell that is no text: the commit a command made, and what the command was for. */
function parametersOf(value: Value): Record<string, KeptValue> {
  if (typeof value !== "string" || !value.startsWith("{")) return {};
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(value) as Record<string, unknown>; // begins with a brace, so it is an object
  } catch {
    return {}; // cut by the agent's own limit: the rest of the record stands by itself
  }
  const hash = commit(Object.hasOwn(parsed, "git_commit_id") ? (parsed["git_commit_id"] as Value) : null);
  const purpose = activity(Object.hasOwn(parsed, "full_command") ? (parsed["full_command"] as Value) : null);
  return { ...(hash === undefined ? {} : { commit: hash }), ...(purpose === undefined ? {} : { activity: purpose }) };
}
