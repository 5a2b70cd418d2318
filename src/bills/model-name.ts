/**
 * The name by which a model of a log and one of a bill are compared: platforms write `claude-opus-4-5-20251101`,
 * `us.anthropic.claude-opus-4-5-20251101-v1:0`, `anthropic/claude-opus-4.5`, `Claude Opus 4.5`. Dates, versions of a platform,
 * regions and who chose it (`Auto: …`) fall away; numbers stay apart.
 */
export function comparableModel(name: string): string {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/^auto:\s*/, "")
    .replace(/^.*\//, "")
    .replace(/^(?:[a-z]+(?:-[a-z]+)?\.)+(?=[a-z])/, "")
    .replace(/@.*$/, "")
    .replace(/-v\d+(?::\d+)?$/, "")
    .replace(/\[[^\]]*\]$/, "")
    .replace(/[\s_.]+/g, "-")
    .replace(/-(?:latest|\d{8}|\d{4}-\d{2}-\d{2})$/, "")
    .replace(/-+/g, "-");
  // Claude 3 and 3.5 were named with the number first; later ones with it last.
  const named = /^claude-(\d+(?:-\d+)?)-(opus|sonnet|haiku)$/.exec(plain);
  return named === null ? plain : `claude-${named[2]}-${named[1]}`;
}
