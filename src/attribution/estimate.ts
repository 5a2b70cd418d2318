/** How much output a response had whose count was logged before it ended: estimated from what the log shows of it. Pure. */
import type { Quality } from "../contract/facts.ts";

/** What of a usage its estimate rests on. */
export interface OutputRecord {
  readonly model: string;
  readonly agentVersion: string | null;
  readonly outputQuality: Quality;
  /** Characters of text, thinking and tool input the witness shows; null where it does not tell. */
  readonly visibleChars: number | null;
  readonly counts: { readonly output: number };
}

/** Output tokens = constant + tokensPerChar × visible characters; the constant stands for thinking that is not shown. */
export interface OutputRule {
  /** `model` and the first two parts of the agent's version; `*` for any. */
  readonly model: string;
  readonly versionFamily: string;
  readonly tokensPerChar: number;
  readonly constant: number;
  /** Final counts it was fitted on; 0 for the stated default. */
  readonly records: number;
  /** Absolute error of each final count told by all others, summed, of their tokens; null for the default. */
  readonly leaveOneOutError: number | null;
}

/** Fewer final counts than this fit no rule of their own. */
export const fewestRecords = 30;

/** Where the store has too few final counts: four characters a token, no thinking. A lower bound. */
export const defaultOutputRule: OutputRule = {
  model: "*",
  versionFamily: "*",
  tokensPerChar: 0.25,
  constant: 0,
  records: 0,
  leaveOneOutError: null,
};

/** `2.1` of `2.1.37`; `*` where no version is logged. */
export function versionFamilyOf(version: string | null): string {
  return version === null ? "*" : version.split(".").slice(0, 2).join(".");
}

/**
 * Rules fitted on the final counts of a store: for model and version family, else for the model, else for all, else the
 * default. Least squares, so that residuals of the records fitted on add up to nothing: the rule is for sums, and one
 * response may be far off. What was final in versions that log early is the longer responses: their rule is the best there is.
 */
export class OutputEstimator {
  readonly #rules = new Map<string, OutputRule>();

  /** @param records in canonical order: sums of doubles depend on it */
  constructor(records: readonly OutputRecord[]) {
    const groups = new Map<string, { model: string; family: string; records: OutputRecord[] }>();
    for (const record of records) {
      if (record.outputQuality !== "final" || record.visibleChars === null) continue;
      const family = versionFamilyOf(record.agentVersion);
      for (const [model, of] of [
        [record.model, family],
        [record.model, "*"],
        ["*", "*"],
      ] as const) {
        const group = groups.get(`${model} ${of}`);
        if (!group) groups.set(`${model} ${of}`, { model, family: of, records: [record] });
        else if (group.records.at(-1) !== record) group.records.push(record);
      }
    }
    for (const [key, { model, family, records: own }] of groups) {
      if (own.length >= fewestRecords) this.#rules.set(key, { model, versionFamily: family, ...fitted(own) });
    }
  }

  ruleFor({ model, agentVersion }: Pick<OutputRecord, "model" | "agentVersion">): OutputRule {
    const keys = [`${model} ${versionFamilyOf(agentVersion)}`, `${model} *`, "* *"];
    return keys.map((key) => this.#rules.get(key)).find((rule) => rule !== undefined) ?? defaultOutputRule;
  }

  /** Output tokens: the logged count where it is final or nothing else is known, never less than the logged one. */
  estimate(record: OutputRecord): number {
    const { output } = record.counts;
    if (record.outputQuality === "final" || record.visibleChars === null) return output;
    const { constant, tokensPerChar } = this.ruleFor(record);
    return Math.max(output, Math.round(constant + tokensPerChar * record.visibleChars));
  }
}

/** A line through the records, neither part of it below 0. */
function fitted(records: readonly OutputRecord[]): Pick<OutputRule, "tokensPerChar" | "constant" | "records" | "leaveOneOutError"> {
  const n = records.length;
  const xs = records.map((record) => record.visibleChars ?? 0);
  const ys = records.map((record) => record.counts.output);
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const [meanX, meanY] = [sum(xs) / n, sum(ys) / n];
  const spread = sum(xs.map((x) => (x - meanX) ** 2));
  const together = sum(xs.map((x, i) => (x - meanX) * ((ys[i] as number) - meanY)));
  let tokensPerChar = spread === 0 ? 0 : together / spread;
  let constant = meanY - tokensPerChar * meanX;
  /** How much a record pulls the line to itself. */
  let leverage = (x: number): number => 1 / n + (spread === 0 ? 0 : (x - meanX) ** 2 / spread);
  if (tokensPerChar < 0) {
    [tokensPerChar, constant] = [0, meanY];
    leverage = () => 1 / n;
  } else if (constant < 0) {
    const squares = sum(xs.map((x) => x * x));
    [tokensPerChar, constant] = [sum(xs.map((x, i) => x * (ys[i] as number))) / squares, 0];
    leverage = (x) => (x * x) / squares;
  }
  const errors = xs.map((x, i) => Math.abs((ys[i] as number) - constant - tokensPerChar * x) / Math.max(1e-9, 1 - leverage(x)));
  const whole = sum(ys);
  return { tokensPerChar, constant, records: n, leaveOneOutError: whole === 0 ? null : sum(errors) / whole };
}
