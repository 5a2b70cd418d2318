import { type ApiReport, type BillingApi, dayAfter, pageByToken, pathWith } from "../billing-api.ts";

/** The analytics API of an organisation; needs an admin key. */
export const anthropicApi = {
  id: "anthropic",
  address: "https://api.anthropic.com",
  headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01", "anthropic-beta": "analytics-usage-cost-2026-08-24" }),
  reports: ({ from, to }) => {
    const days = { starting_at: `${from}T00:00:00Z`, ending_at: `${dayAfter(to)}T00:00:00Z`, time_bucket_width: "1d" };
    const report = (name: string, groups: readonly string[]): ApiReport => ({
      name,
      requests: [{ path: pathWith(`/v1/organizations/analytics/${name}`, { ...days, "group_by[]": groups }) }],
      next: pageByToken,
    });
    return [report("cost", ["model", "cost_type", "token_type"]), report("usage", ["model"])];
  },
} as const satisfies BillingApi;
