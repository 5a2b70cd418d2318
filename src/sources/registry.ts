import { amp } from "./amp/index.ts";
import { checkpoints } from "./checkpoints/index.ts";
import { claudeCode } from "./claude-code/index.ts";
import { cline } from "./cline/index.ts";
import { codex } from "./codex/index.ts";
import { copilotCli } from "./copilot-cli/index.ts";
import { cursor } from "./cursor/index.ts";
import { droid } from "./droid/index.ts";
import { geminiCli } from "./gemini-cli/index.ts";
import { goose } from "./goose/index.ts";
import { kilo } from "./kilo/index.ts";
import { kimi } from "./kimi/index.ts";
import { otlp } from "./otlp/index.ts";
import { openCode } from "./opencode/index.ts";
import { pi } from "./pi/index.ts";
import { qwenCode } from "./qwen-code/index.ts";
import { roo } from "./roo/index.ts";
import type { Source } from "./source.ts";

/** Every place tokens are read from. A new source is a folder and one line here. */
export const sources = [
  claudeCode,
  codex,
  geminiCli,
  qwenCode,
  pi,
  amp,
  kimi,
  droid,
  checkpoints,
  otlp,
  openCode,
  cline,
  roo,
  kilo,
  copilotCli,
  goose,
  cursor,
] as const satisfies readonly Source[];
