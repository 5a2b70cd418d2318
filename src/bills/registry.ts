import { anthropicClaudeCode, anthropicCost, anthropicCostReport, anthropicUsage } from "./anthropic/index.ts";
import type { BillFormat } from "./bill.ts";
import { cursorEvents, cursorExport } from "./cursor/index.ts";
import { focus } from "./focus/index.ts";
import { copilotBilling, copilotReport } from "./github-copilot/index.ts";
import { langfuseObservations } from "./langfuse/index.ts";
import { litellmSpend, litellmTable } from "./litellm/index.ts";
import { openaiCosts, openaiUsage } from "./openai/index.ts";
import { openrouterActivity } from "./openrouter/index.ts";

/**
 * Every format a bill comes in. Where two tell the money of one provider and day, the one that stands first counts: bills never
 * add to each other. A new format is a folder and one line here.
 */
export const billFormats = [
  focus,
  anthropicCost,
  anthropicCostReport,
  openaiCosts,
  copilotReport,
  copilotBilling,
  cursorEvents,
  cursorExport,
  openrouterActivity,
  anthropicUsage,
  openaiUsage,
  litellmSpend,
  litellmTable,
  langfuseObservations,
  anthropicClaudeCode,
] as const satisfies readonly BillFormat[];
