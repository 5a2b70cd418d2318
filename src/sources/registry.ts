import { checkpoints } from "./checkpoints/index.ts";
import { claudeCode } from "./claude-code/index.ts";
import { otlp } from "./otlp/index.ts";
import type { Source } from "./source.ts";

/** Every place tokens are read from. A new source is a folder and one line here. */
export const sources = [claudeCode, checkpoints, otlp] as const satisfies readonly Source[];
