import { type ApiRequest, type BillingApi, dayAfter } from "../billing-api.ts";
import { countOf, field, objectOf } from "../json-fields.ts";

/** The Admin API of a team; its key is the user of basic authentication. */
export const cursorApi = {
  id: "cursor",
  address: "https://api.cursor.com",
  headers: (key) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` }),
  reports: ({ from, to }) => [
    {
      name: "filtered-usage-events",
      requests: [
        {
          path: "/teams/filtered-usage-events",
          body: { startDate: Date.parse(from), endDate: Date.parse(dayAfter(to)) - 1, page: 1, pageSize: 500 },
        },
      ],
      next: nextPage,
    },
  ],
} as const satisfies BillingApi;

function nextPage(page: unknown, { path, body }: ApiRequest): ApiRequest | null {
  const pages = field(page, "pagination");
  const current = countOf(field(pages, "currentPage"));
  if (field(pages, "hasNextPage") !== true || current === null) return null;
  return { path, body: { ...objectOf(body), page: current + 1 } };
}
