/**
 * A small assembler of WebAssembly: enough to write a loop over bytes that takes sixteen of them at once, and nothing more.
 * An instruction is a list of bytes; what takes operands wraps those of its operands, so that code reads as expressions.
 * Opcodes are those of the WebAssembly 2.0 core specification, sections 5.4 (instructions) and 5.5 (modules).
 */

/** Instructions. A branch is resolved to the depth of its label when its function is assembled. */
export type Code = number | readonly Code[] | Nested | Branch;

interface Nested {
  readonly opcode: number;
  readonly label: string;
  readonly body: Code;
  readonly otherwise: Code | null;
}

interface Branch {
  readonly opcode: number;
  readonly to: string;
}

const noResult = 0x40;
const i32 = 0x7f;
const v128 = 0x7b;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value >>> 0; ; ) {
    const low = rest & 0x7f;
    rest >>>= 7;
    if (rest === 0) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const two =
  (opcode: number) =>
  (a: Code, b: Code): Code => [a, b, opcode];
const one =
  (opcode: number) =>
  (a: Code): Code => [a, opcode];
const simd = (code: number): number[] => [0xfd, ...unsigned(code)];

/** Instructions by what they do; numbers are 32-bit, comparisons unsigned. */
export const wasm = {
  number: (value: number): Code => [0x41, ...signed(value)],
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number, value: Code): Code => [value, 0x21, ...unsigned(local)],
  getGlobal: (global: number): Code => [0x23, ...unsigned(global)],
  setGlobal: (global: number, value: Code): Code => [value, 0x24, ...unsigned(global)],
  add: two(0x6a),
  subtract: two(0x6b),
  multiply: two(0x6c),
  and: two(0x71),
  or: two(0x72),
  shiftLeft: two(0x74),
  shiftRight: two(0x76),
  equal: two(0x46),
  unequal: two(0x47),
  below: two(0x49),
  above: two(0x4b),
  atMost: two(0x4d),
  atLeast: two(0x4f),
  isZero: one(0x45),
  trailingZeros: one(0x68),
  byteAt: (address: Code, offset = 0): Code => [address, 0x2d, 0, ...unsigned(offset)],
  shortAt: (address: Code, offset = 0): Code => [address, 0x2f, 0, ...unsigned(offset)],
  storeInteger: (address: Code, value: Code, offset = 0): Code => [address, value, 0x36, 0, ...unsigned(offset)],
  /** Sixteen bytes from an address on, aligned or not. */
  bytesAt: (address: Code, offset = 0): Code => [address, ...simd(0), 0, ...unsigned(offset)],
  sixteen: (byte: number): Code => [...simd(12), ...new Array<number>(16).fill(byte)],
  equalBytes: (a: Code, b: Code): Code => [a, b, ...simd(35)],
  orBytes: (a: Code, b: Code): Code => [a, b, ...simd(80)],
  /** One bit a byte that is set. */
  bitsOf: (a: Code): Code => [a, ...simd(100)],
  call: (index: number, ...operands: Code[]): Code => [operands, 0x10, ...unsigned(index)],
  leave: (value: Code): Code => [value, 0x0f],
  /** Runs its body again and again until something leaves it. */
  forever: (label: string, ...body: Code[]): Code => ({ opcode: 0x03, label, body: [body, { opcode: 0x0c, to: label }], otherwise: null }),
  /** Runs its body as long as the condition holds. */
  repeatWhile: (condition: Code, body: Code): Code => ({
    opcode: 0x03,
    label: "while",
    body: [condition, { opcode: 0x04, label: "", body: [body, { opcode: 0x0c, to: "while" }], otherwise: null }],
    otherwise: null,
  }),
  when: (condition: Code, body: Code, otherwise: Code | null = null): Code => [condition, { opcode: 0x04, label: "", body, otherwise }],
  goTo: (label: string): Code => ({ opcode: 0x0c, to: label }),
  unreachable: 0x00,
} as const;

/** A function of 32-bit numbers that returns one. Locals count from the parameters on; those of sixteen bytes come last. */
export interface WasmFunction {
  /** Name it is exported under, null for one of the module's own. */
  readonly name: string | null;
  readonly parameters: number;
  readonly locals: number;
  /** @default 0 */
  readonly wideLocals?: number;
  readonly body: Code;
}

function assembled(code: Code, labels: readonly string[]): number[] {
  if (typeof code === "number") return [code];
  if (Array.isArray(code)) return (code as readonly Code[]).flatMap((part) => assembled(part, labels));
  if ("to" in code) {
    const depth = labels.lastIndexOf(code.to);
    if (depth < 0) throw new Error(`no block is labelled ${code.to}`);
    return [code.opcode, ...unsigned(labels.length - 1 - depth)];
  }
  const { opcode, label, body, otherwise } = code as Nested;
  const inside = [...labels, label];
  const other = otherwise === null ? [] : [0x05, ...assembled(otherwise, inside)];
  return [opcode, noResult, ...assembled(body, inside), ...other, 0x0b];
}

const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
const text = (value: string): number[] => sized([...Buffer.from(value)]);

const magicAndVersion = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Bytes of a module with these functions, a memory exported as `memory`, and as many number variables exported as `global0` …. */
export function assembleModule(functions: readonly WasmFunction[], globals: number, memoryPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [0x60, ...vector(new Array<number[]>(parameters).fill([i32])), 1, i32]);
  const exported = functions.flatMap(({ name }, index) => (name === null ? [] : [[...text(name), 0x00, ...unsigned(index)]]));
  const variables = Array.from({ length: globals }, (_, index) => [...text(`global${index}`), 0x03, ...unsigned(index)]);
  const bodies = functions.map(({ locals, wideLocals = 0, body }) => {
    const declared = [...(locals > 0 ? [[...unsigned(locals), i32]] : []), ...(wideLocals > 0 ? [[...unsigned(wideLocals), v128]] : [])];
    return sized([...vector(declared), ...assembled(body, [""]), 0x0b]);
  });
  return Uint8Array.from([
    ...magicAndVersion,
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(5, vector([[0x00, ...unsigned(memoryPages)]])),
    ...section(6, vector(new Array<number[]>(globals).fill([i32, 1, 0x41, 0, 0x0b]))),
    ...section(7, vector([[...text("memory"), 0x02, 0], ...exported, ...variables])),
    ...section(10, vector(bodies)),
  ]);
}
