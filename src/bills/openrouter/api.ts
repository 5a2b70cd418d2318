import { type BillingApi, eachDay, lastPage, pathWith } from "../billing-api.ts";

export const openrouterApi = {
  id: "openrouter",
  address: "https://openrouter.ai",
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  reports: (days) => [
    { name: "activity", requests: eachDay(days).map((day) => ({ path: pathWith("/api/v1/activity", { date: day }) })), next: lastPage },
  ],
} as const satisfies BillingApi;
