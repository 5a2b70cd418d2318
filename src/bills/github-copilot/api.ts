import { type BillingApi, eachDay, lastPage, pathWith } from "../billing-api.ts";

/** Billing of an organisation: AI credits and premium requests by day. */
export const copilotApi = {
  id: "github-copilot",
  address: "https://api.github.com",
  headers: (key) => ({ authorization: `Bearer ${key}`, accept: "application/vnd.github+json" }),
  reports: (days, organization) =>
    ["ai_credit/usage", "premium_request/usage"].map((name) => ({
      name,
      requests: eachDay(days).map((day) => ({
        path: pathWith(`/organizations/${encodeURIComponent(organization ?? "")}/settings/billing/${name}`, {
          year: Number(day.slice(0, 4)),
          month: Number(day.slice(5, 7)),
          day: Number(day.slice(8)),
        }),
      })),
      next: lastPage,
    })),
} as const satisfies BillingApi;
