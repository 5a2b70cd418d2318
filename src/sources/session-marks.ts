/** Which sessions of a database changed since it was last read: a mark of what each looked like is kept with the checkpoint. */

/**
 * @param marks by session, what changes whenever the session does; as long as it likes
 * @param tail what the last reading left; empty for none
 * @returns sessions whose mark is another one, and what to leave for the next reading
 */
export function changedSessions(marks: ReadonlyMap<string, string>, tail: string): { readonly changed: string[]; readonly tail: string } {
  // Eight digits that name a session, and eight of its mark.
  const before = new Map(tail.split(" ").map((pair) => [pair.slice(0, 8), pair.slice(8)]));
  const now = [...marks].map(([id, mark]) => [id, hash(id), hash(mark)] as const);
  return {
    changed: now.filter(([, name, mark]) => before.get(name) !== mark).map(([id]) => id),
    tail: now.map(([, name, mark]) => name + mark).join(" "),
  };
}

/** 32 bits of a text in eight digits (FNV-1a with a final mix). */
function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0).toString(16).padStart(8, "0");
}
