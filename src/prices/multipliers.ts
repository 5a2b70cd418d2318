/**
 * What the base list lacks: factors on the price of tokens by how a request was served. Each line names its source and
 * the day it was read. A value that is neither plain nor listed here or in assay.yaml has no known price: a gap.
 */
export type MultiplierKind = "speed" | "serviceTier" | "geo";

/** Logged values that mean "as listed". `not_available`: Claude models older than `inference_geo` (seen 15,613 times in real logs). */
export const plainValues: Readonly<Record<MultiplierKind, readonly string[]>> = {
  speed: ["", "standard"],
  serviceTier: ["", "standard", "default"],
  geo: ["", "global", "not_available"],
};

export interface BuiltInMultiplier {
  readonly kind: MultiplierKind;
  readonly value: string;
  /** Beginning of the model ids it holds for. */
  readonly models: string;
  readonly factor: string;
}

export const builtInMultipliers: readonly BuiltInMultiplier[] = [
  // Fast mode, ccusage 20.0.24 fast-multiplier-overrides.json, read 2026-11; Opus 4.6 also platform.claude.com, fast mode.
  { kind: "speed", value: "fast", models: "claude-opus-4-6", factor: "6" },
  { kind: "speed", value: "fast", models: "claude-opus-4-7", factor: "6" },
  { kind: "speed", value: "fast", models: "claude-opus-4-8", factor: "2" },
  { kind: "speed", value: "fast", models: "gpt-5.5", factor: "2.5" },
  { kind: "speed", value: "fast", models: "gpt-5.4", factor: "2" },
  { kind: "speed", value: "fast", models: "gpt-5.3-codex", factor: "2" },
  // US-only inference, LiteLLM provider_specific_entry { us: 1.1 }, read 2026-11; models before Opus 4.6 refuse the parameter.
  { kind: "geo", value: "us", models: "claude-", factor: "1.1" },
];

/** Makers' web search where the list has no price for it: USD per 1,000. Anthropic's, as its other models are listed. */
export const builtInWebSearch: readonly { readonly models: string; readonly usdPerThousand: string }[] = [
  { models: "claude-", usdPerThousand: "10" },
];
