import { z } from "zod";

const usd = z
  .union([z.number(), z.string()])
  .refine((value) => /^\d+(\.\d{1,12})?$/.test(String(value)), "is no price: a decimal of at most 12 places, not negative");
const day = z.iso.date();
const factors = z.record(z.string(), usd);

/** USD per million tokens, by kind. Kinds that are left out: src/prices/rates.ts says what they cost. */
const perMillion = {
  input: usd.optional(),
  output: usd.optional(),
  cache_read: usd.optional(),
  cache_write_5m: usd.optional(),
  cache_write_1h: usd.optional(),
};

/**
 * One entry of the `prices` list of assay.yaml: what a model costs you, from a day to a day (UTC, both included). An entry
 * without `input` and `output` prices no token and only adds its multipliers to what the book knows.
 *
 * Where several entries fit: one that names the provider before one that does not, an exact model before a pattern, the
 * later `from`, the later in the file.
 */
export const ownPriceSchema = z
  .strictObject({
    /** Model id as the agent logs it; a `*` at the end stands for the rest. */
    model: z.string().min(1),
    provider: z.string().min(1).optional(),
    from: day.optional(),
    to: day.optional(),
    ...perMillion,
    /** USD per 1,000 searches. */
    web_search: usd.optional(),
    /** Above so many tokens of prompt (cached ones included) the whole request costs this instead. */
    tiers: z.array(z.strictObject({ above: z.int().positive(), ...perMillion })).optional(),
    /** Factors on the price of tokens, by the value the agent logs: `{ speed: { fast: 6 } }`. */
    multipliers: z.strictObject({ speed: factors.optional(), service_tier: factors.optional(), geo: factors.optional() }).optional(),
  })
  .refine((price) => (price.input === undefined) === (price.output === undefined), "has only one of input and output")
  .refine((price) => price.from === undefined || price.to === undefined || price.from <= price.to, "ends before it begins")
  .refine(
    (price) => price.input !== undefined || (price.tiers ?? price.cache_read ?? price.cache_write_5m ?? price.cache_write_1h) === undefined,
    "has prices of cached tokens or tiers, but no input and output",
  );

/** The `prices` part of assay.yaml. */
export const ownPricesSchema = z.array(ownPriceSchema);
export type OwnPrice = z.infer<typeof ownPriceSchema>;
