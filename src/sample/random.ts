/** A seeded source of chance: the same seed gives the same sequence on every machine (32-bit integers only). */
export interface Random {
  /** 0 ≤ x < 1. */
  next(): number;
  /** An integer, both ends included. */
  int(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  chance(probability: number): boolean;
  /** Letters of an alphabet: for ids. */
  letters(alphabet: string, length: number): string;
  /** A version 4 UUID. */
  uuid(): string;
  /** An independent sequence: what is drawn from it moves nothing here. */
  fork(label: string): Random;
}

export const hexDigits = "0123456789abcdef";
export const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function hashOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Weyl sequence through Murmur3's finaliser. */
export function randomFrom(seed: string): Random {
  let state = hashOf(seed);
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let h = state;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
  const next = (): number => word() / 0x100000000;
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new Error("nothing to pick from");
    return items[int(0, items.length - 1)] as T;
  };
  const letters = (alphabet: string, length: number): string => {
    let text = "";
    for (let i = 0; i < length; i++) text += alphabet[int(0, alphabet.length - 1)];
    return text;
  };
  const hex = (length: number): string => letters(hexDigits, length);
  return {
    next,
    int,
    pick,
    letters,
    chance: (probability) => next() < probability,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick(["8", "9", "a", "b"])}${hex(3)}-${hex(12)}`,
    fork: (label) => randomFrom(`${seed}/${label}`),
  };
}
