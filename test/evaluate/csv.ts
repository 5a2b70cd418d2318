/** Rows of a CSV file (RFC 4180) as objects by the names of its first line. @throws Error naming the line where a row has other fields */
export function parseCsv(text: string): Record<string, string>[] {
  const [head, ...rows] = records(text.replace(/^\uFEFF/, ""));
  if (head === undefined) return [];
  return rows.map((fields, i) => {
    if (fields.length !== head.length) throw new Error(`row ${i + 1} has ${fields.length} fields, the head has ${head.length}`);
    return Object.fromEntries(head.map((name, c) => [name, fields[c] as string]));
  });
}

function records(text: string): string[][] {
  const found: string[][] = [];
  let record: string[] = [];
  const field = /"((?:[^"]|"")*)"|([^,\r\n]*)/y;
  for (let at = 0; at < text.length; ) {
    field.lastIndex = at;
    const match = field.exec(text) as RegExpExecArray; // the second branch matches nothing at all, too
    record.push(match[1] === undefined ? (match[2] as string) : match[1].replaceAll('""', '"'));
    at = field.lastIndex;
    if (text[at] === ",") {
      at++;
      if (at === text.length) record.push("");
      continue;
    }
    if (text[at] === "\r") at++;
    if (at < text.length && text[at] !== "\n") throw new Error(`row ${found.length + 1} goes on behind a quote`);
    at++;
    found.push(record);
    record = [];
  }
  if (record.length > 0) found.push(record);
  return found;
}
