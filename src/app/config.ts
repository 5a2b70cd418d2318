import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { UserError } from "../contract/errors.ts";
import { type FateParameters, defaultFateParameters } from "../contract/fates.ts";
import { type OwnPrice, ownPricesSchema } from "../prices/own-prices.ts";

/** What an organisation may say in assay.yaml; everything is optional. */
export interface Config {
  readonly prices: readonly OwnPrice[];
  readonly fates: FateParameters;
  /** Default branch by repository name, where the repository itself does not tell. */
  readonly defaultBranches: Readonly<Record<string, string>>;
}

const days = z.number().int().positive();
const schema = z.strictObject({
  prices: ownPricesSchema.optional(),
  stick_days: days.optional(),
  revert_days: days.optional(),
  in_flight_days: days.optional(),
  default_branches: z.record(z.string(), z.string()).optional(),
});

export const defaultConfig: Config = { prices: [], fates: defaultFateParameters, defaultBranches: {} };

/**
 * Reads assay.yaml. @param required the user named the file: it must be there
 * @throws UserError `config_invalid` naming each place and what is wrong with it
 */
export function readConfig(path: string, required: boolean): Config {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!required && (cause as NodeJS.ErrnoException).code === "ENOENT") return defaultConfig;
    throw new UserError("config_unreadable", `The configuration cannot be read: ${path}`, {
      hint: "Check the path given with --config.",
      cause,
    });
  }
  let raw: unknown;
  try {
    raw = parse(text) ?? {};
  } catch (cause) {
    throw new UserError("config_invalid", `${path} is not valid YAML: ${(cause as Error).message.split("\n")[0]}`, { cause });
  }
  const result = schema.safeParse(raw);
  if (!result.success) {
    const issues = result.error.issues.map((issue) => `  ${issue.path.join(".") || "(top)"}: ${issue.message}`);
    throw new UserError(
      "config_invalid",
      `${path} has ${issues.length === 1 ? "a mistake" : `${issues.length} mistakes`}:\n${issues.join("\n")}`,
      {
        hint: `Known settings: ${Object.keys(schema.shape).join(", ")}.`,
      },
    );
  }
  const { prices, stick_days, revert_days, in_flight_days, default_branches } = result.data;
  return {
    prices: prices ?? [],
    fates: {
      stickDays: stick_days ?? defaultFateParameters.stickDays,
      revertDays: revert_days ?? defaultFateParameters.revertDays,
      inFlightDays: in_flight_days ?? defaultFateParameters.inFlightDays,
    },
    defaultBranches: default_branches ?? {},
  };
}
