import { type LineDiff, type LineFeatures, bytesPerLine, headerBytes, noLines, unpackLineDiff } from "./line-diff.ts";

/** Bytes of the parts a slab begins with: enough for a few hundred files, little to waste. */
const placesBytes = 1 << 17;
const featuresBytes = 1 << 20;
/** Of the features of a line all but its kind. */
const featureBytes = bytesPerLine - 1;

interface Slab {
  /** Hunks and kinds. */
  readonly places: ArrayBuffer;
  /** Null once they are forgotten. */
  features: ArrayBuffer | null;
  placesEnd: number;
  featuresEnd: number;
}

/**
 * Holds many differences at once. A history of 52,000 commits has 746,000 of them: an object and seven arrays for each weigh
 * twice what they say (0.9 against 0.43 GB). Here they lie one after another, and arrays are made when they are asked for.
 */
export class DiffRoom {
  readonly #slabs: Slab[] = [];

  /** Takes a packed difference (`packLineDiff`) and gives it as one. @throws Error if the length does not fit the header */
  take(bytes: Uint8Array): LineDiff {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [hunks, lines] = [view.getUint32(0, true), view.getUint32(4, true)];
    if (bytes.byteLength !== headerBytes + lines * bytesPerLine + hunks * 16) return unpackLineDiff(bytes); // which says so
    const [places, features] = [align(hunks * 16 + lines, 4), align(lines * featureBytes, 8)];
    const slab = this.#slabFor(places, features);
    const held = new HeldDiff(slab, slab.placesEnd, slab.featuresEnd, hunks, lines);
    const [wide, hunksAt] = [lines * 24, headerBytes + lines * 24];
    const narrowAt = hunksAt + hunks * 16;
    const kindAt = narrowAt + lines * 6;
    const [toPlaces, toFeatures] = [new Uint8Array(slab.places), new Uint8Array(slab.features as ArrayBuffer)];
    toPlaces.set(bytes.subarray(hunksAt, narrowAt), slab.placesEnd);
    toPlaces.set(bytes.subarray(kindAt), slab.placesEnd + hunks * 16);
    toFeatures.set(bytes.subarray(headerBytes, hunksAt), slab.featuresEnd);
    toFeatures.set(bytes.subarray(narrowAt, kindAt), slab.featuresEnd + wide);
    slab.placesEnd += places;
    slab.featuresEnd += features;
    return held;
  }

  /** Lets go of everything but how many lines there are, where, and of which kind. What was given before tells no more either. */
  forgetFingerprints(): void {
    for (const slab of this.#slabs) slab.features = null;
  }

  #slabFor(places: number, features: number): Slab {
    const last = this.#slabs.at(-1);
    if (
      last !== undefined &&
      last.features !== null &&
      last.placesEnd + places <= last.places.byteLength &&
      last.featuresEnd + features <= last.features.byteLength
    )
      return last;
    const slab = {
      places: new ArrayBuffer(Math.max(places, placesBytes)),
      features: new ArrayBuffer(Math.max(features, featuresBytes)),
      placesEnd: 0,
      featuresEnd: 0,
    };
    this.#slabs.push(slab);
    return slab;
  }
}

const align = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

/** A difference in a room. Each `lines` and `hunks` makes new arrays over the same bytes: take them out of loops. */
class HeldDiff implements LineDiff {
  readonly #slab: Slab;
  readonly #placesAt: number;
  readonly #featuresAt: number;
  readonly #hunks: number;
  readonly #lines: number;

  constructor(slab: Slab, placesAt: number, featuresAt: number, hunks: number, lines: number) {
    this.#slab = slab;
    this.#placesAt = placesAt;
    this.#featuresAt = featuresAt;
    this.#hunks = hunks;
    this.#lines = lines;
  }

  get hunks(): Int32Array {
    return new Int32Array(this.#slab.places, this.#placesAt, this.#hunks * 4);
  }

  get lines(): LineFeatures {
    const n = this.#lines;
    const kind = new Uint8Array(this.#slab.places, this.#placesAt + this.#hunks * 16, n);
    const { features } = this.#slab;
    const at = this.#featuresAt;
    if (features === null) return { ...noLines, kind };
    return {
      folded: new Float64Array(features, at, n),
      bare: new Float64Array(features, at + n * 8, n),
      sketch: new Uint32Array(features, at + n * 16, n * 2),
      exact: new Uint32Array(features, at + n * 24, n),
      length: new Uint16Array(features, at + n * 28, n),
      kind,
    };
  }
}
