/**
 * Whether a model id, in any platform's spelling (`anthropic/claude-opus-4.6`, `us.anthropic.claude-opus-4-6-v1:0`,
 * `claude-opus-4-6[1m]`), is of the family a plain id begins: `claude-opus-4-6` is not `claude-opus-4-60`.
 */
export function isOfFamily(model: string, family: string): boolean {
  const id = plainId(model);
  const start = plainId(family);
  return id.startsWith(start) && (start.endsWith("-") || !/^\d/.test(id.slice(start.length)));
}

export const isClaude = (model: string): boolean => isOfFamily(model, "claude-");

const plainId = (model: string): string =>
  model
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/^([a-z]+\.)+/, "")
    .replaceAll(".", "-");
