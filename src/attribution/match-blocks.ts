import { matchInOrder } from "./match.ts";
import { type Block, type Wanted, isSubstantial } from "./wanted.ts";
import type { WrittenLines } from "./written-lines.ts";

/**
 * Gives the lines of a block that are eligible to writes, preferred ones first; a write needs one distinctive line to begin
 * with.
 * @returns whether any line was given
 */
export function matchBlock(
  block: Block,
  written: WrittenLines,
  usable: (line: number) => boolean,
  preference: (write: number) => number,
  distinctive: (text: number) => boolean,
  eligible: (wanted: Wanted) => boolean = isSubstantial,
): boolean {
  if (!block.lines.some((wanted) => wanted.text >= 0)) return false;
  const byWrite = new Map<number, Map<number, number[]>>();
  for (const text of new Set(block.lines.filter(eligible).map((wanted) => wanted.text))) {
    for (const line of written.find(block.group, block.side, text)) {
      if (!usable(line)) continue;
      const w = written.writeOf(line);
      let places = byWrite.get(w);
      if (!places) byWrite.set(w, (places = new Map()));
      const list = places.get(text);
      if (list) list.push(line);
      else places.set(text, [line]);
    }
  }
  let given = false;
  const candidates = [...byWrite.keys()]
    .map((w) => ({ w, preference: preference(w) }))
    .sort((a, b) => b.preference - a.preference || b.w - a.w);
  for (const { w } of candidates) {
    const open = block.lines.filter((wanted) => wanted.written < 0 && eligible(wanted));
    if (open.length === 0) break;
    const places = byWrite.get(w) as Map<number, number[]>;
    const pairs = matchInOrder(
      open.map((wanted) => wanted.text),
      (text) => places.get(text),
    );
    if (!pairs.some(([t]) => distinctive((open[t] as Wanted).text))) continue;
    given = true;
    for (const [t, line] of pairs) (open[t] as Wanted).written = line;
  }
  return given;
}

/**
 * What is left of a block: common lines of sessions that are linked here anyway, then trivial lines between two lines of
 * one write, or beside them where the write explains the whole block (RULINGS 17).
 * @returns whether any line was given
 */
export function fillBlock(
  block: Block,
  written: WrittenLines,
  accepted: (session: string) => boolean,
  usable: (line: number) => boolean,
  sessionOf: (write: number) => string,
): boolean {
  let given = false;
  const taken = new Set(block.lines.map((wanted) => wanted.written).filter((line) => line >= 0));
  for (const wanted of block.lines) {
    if (wanted.written >= 0 || !isSubstantial(wanted)) continue;
    const candidates = written.find(block.group, block.side, wanted.text);
    for (let k = candidates.length - 1; k >= 0; k--) {
      const line = candidates[k] as number;
      if (taken.has(line) || !accepted(sessionOf(written.writeOf(line))) || !usable(line)) continue;
      wanted.written = line;
      taken.add(line);
      given = true;
      break;
    }
  }
  const matched = block.lines.map((wanted, i) => (wanted.written >= 0 ? i : -1)).filter((i) => i >= 0);
  if (matched.length === 0) return given;
  const whole = block.lines.every((wanted) => wanted.written >= 0 || !isSubstantial(wanted));
  const edges = [-1, ...matched, block.lines.length];
  for (let e = 0; e + 1 < edges.length; e++) {
    const [from, to] = [edges[e] as number, edges[e + 1] as number];
    const before = from >= 0 ? (block.lines[from] as Wanted).written : -1;
    const after = to < block.lines.length ? (block.lines[to] as Wanted).written : -1;
    const write = written.writeOf(before >= 0 ? before : after);
    if (before >= 0 && after >= 0 && written.writeOf(after) !== write) continue;
    if ((before < 0 || after < 0) && !whole) continue;
    let next = before >= 0 ? before + 1 : written.firstOf(write);
    const end = after >= 0 ? after : written.firstOf(write + 1);
    for (let i = from + 1; i < to; i++) {
      const wanted = block.lines[i] as Wanted;
      for (let line = next; line < end; line++) {
        if (written.sideOf(line) !== block.side || written.textAt(line) !== wanted.text || taken.has(line) || !usable(line)) continue;
        wanted.written = line;
        taken.add(line);
        given = true;
        next = line + 1;
        break;
      }
    }
  }
  return given;
}
