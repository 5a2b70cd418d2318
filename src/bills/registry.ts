import { anthropicApi } from "./anthropic/api.ts";
import { anthropicClaudeCode, anthropicCost, anthropicCostReport, anthropicUsage } from "./anthropic/index.ts";
import type { BillFormat } from "./bill.ts";
import type { BillingApi } from "./billing-api.ts";
import { cursorApi } from "./cursor/api.ts";
import { cursorEvents, cursorExport } from "./cursor/index.ts";
import { focus } from "./focus/index.ts";
import { copilotApi } from "./github-copilot/api.ts";
import { copilotBilling, copilotReport } from "./github-copilot/index.ts";
import { langfuseObservations } from "./langfuse/index.ts";
import { litellmSpend, litellmTable } from "./litellm/index.ts";
import { openaiApi } from "./openai/api.ts";
import { openaiCosts, openaiUsage } from "./openai/index.ts";
import { openrouterApi } from "./openrouter/api.ts";
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

/** Providers whose reports can be asked for. */
export const billingApis = [anthropicApi, openaiApi, copilotApi, cursorApi, openrouterApi] as const satisfies readonly BillingApi[];
