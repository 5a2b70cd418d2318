/** A word of ours (a fate, a grade) as an SQL string. Values that come from outside are always bound, never written. */
export function literal(word: string): string {
  if (!/^[a-zA-Z_]+$/.test(word)) throw new Error(`not a word of the catalogue: ${JSON.stringify(word)}`);
  return `'${word}'`;
}

/** An id of the catalogue as an SQL name. */
export function name(id: string): string {
  if (!/^[a-z][a-z0-9_]*$/.test(id)) throw new Error(`not an id of the catalogue: ${JSON.stringify(id)}`);
  return `"${id}"`;
}
