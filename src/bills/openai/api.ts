import { type ApiReport, type BillingApi, dayAfter, pageByToken, pathWith } from "../billing-api.ts";

/** The organisation API; needs an admin key. */
export const openaiApi = {
  id: "openai",
  address: "https://api.openai.com",
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  reports: ({ from, to }) => {
    const seconds = (day: string): number => Date.parse(day) / 1_000;
    const days = { start_time: seconds(from), end_time: seconds(dayAfter(to)), bucket_width: "1d", limit: 31 };
    const report = (name: string, group: string): ApiReport => ({
      name,
      requests: [{ path: pathWith(`/v1/organization/${name}`, { ...days, group_by: [group] }) }],
      next: pageByToken,
    });
    return [report("costs", "line_item"), report("usage/completions", "model")];
  },
} as const satisfies BillingApi;
