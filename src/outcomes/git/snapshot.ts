import { featureVersion } from "../../lines/line-diff.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";

/** Bumped when what a snapshot holds, or how the history is told, changes. */
const snapshotVersion = 1;

/** "ALHS", version, version of the features, four words of check value. */
const mark = [0x41, 0x4c, 0x48, 0x53, snapshotVersion, featureVersion] as const;
const headBytes = mark.length + 8;

/** Puts what `write` writes under a head that tells its version and shows damage. */
export function sealSnapshot(write: (to: ByteWriter) => void): Uint8Array {
  const to = new ByteWriter();
  write(to);
  const body = to.finish();
  const out = new Uint8Array(headBytes + body.length);
  out.set(mark);
  out.set(body, headBytes);
  const check = new DataView(out.buffer, mark.length, 8);
  const [low, high] = checkOf(body);
  check.setUint32(0, low, true);
  check.setUint32(4, high, true);
  return out;
}

/** @returns what was written, to be read; null where the bytes are of another version, cut or changed */
export function openSnapshot(bytes: Uint8Array): ByteReader | null {
  if (bytes.length < headBytes || mark.some((byte, i) => bytes[i] !== byte)) return null;
  const body = bytes.subarray(headBytes);
  const check = new DataView(bytes.buffer, bytes.byteOffset + mark.length, 8);
  const [low, high] = checkOf(body);
  return check.getUint32(0, true) === low && check.getUint32(4, true) === high ? new ByteReader(body) : null;
}

/** 64 bits that change with any byte: damage by accident, not by intent, is what they show. */
function checkOf(bytes: Uint8Array): readonly [number, number] {
  let low = bytes.length | 0;
  let high = 0x9e3779b1;
  for (let i = 0; i < bytes.length; i++) {
    low = Math.imul(low ^ (bytes[i] as number), 0x01000193);
    high = Math.imul(high + (bytes[i] as number), 0x5bd1e995);
    high ^= high >>> 15;
  }
  return [low >>> 0, high >>> 0];
}
