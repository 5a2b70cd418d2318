/** What panels ask, as TanStack queries: old data stays while new loads, so that it can be shown dimmed. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { DayRange } from "../../../src/contract/answer.ts";
import type { MeasureQueryInput } from "../../../src/contract/query.ts";
import { api, type ListAsked } from "./api.ts";

const allDays: DayRange = { from: null, to: null };

export const useAnswer = (range: DayRange = allDays) =>
  useQuery({
    queryKey: ["answer", range.from, range.to],
    queryFn: ({ signal }) => api.answer(range, signal),
    placeholderData: keepPreviousData,
  });

export const useCatalogue = () =>
  useQuery({ queryKey: ["catalogue"], queryFn: ({ signal }) => api.catalogue(signal), staleTime: Number.POSITIVE_INFINITY });

/** @param query null asks nothing yet: the caller waits for what it needs to know first */
export const useMeasures = (query: MeasureQueryInput | null) =>
  useQuery({
    queryKey: ["query", query],
    queryFn: ({ signal }) => api.query(query ?? { measures: [] }, signal),
    enabled: query !== null,
    placeholderData: keepPreviousData,
  });

export const useSessions = (asked: ListAsked) =>
  useQuery({ queryKey: ["sessions", asked], queryFn: ({ signal }) => api.sessions(asked, signal), placeholderData: keepPreviousData });
export const useChanges = (asked: ListAsked) =>
  useQuery({ queryKey: ["changes", asked], queryFn: ({ signal }) => api.changes(asked, signal), placeholderData: keepPreviousData });
/** @param asked null asks nothing */
export const useStrands = (asked: ListAsked | null) =>
  useQuery({
    queryKey: ["strands", asked],
    queryFn: ({ signal }) => api.strands(asked ?? { sort: "spend", cursor: null, limit: 1 }, signal),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
  });
export const useDelivery = () => useQuery({ queryKey: ["delivery"], queryFn: ({ signal }) => api.delivery(signal) });
export const useCosts = () => useQuery({ queryKey: ["costs"], queryFn: ({ signal }) => api.costs(signal) });
export const useReturns = () => useQuery({ queryKey: ["returns"], queryFn: ({ signal }) => api.returns(signal) });
export const useViews = () => useQuery({ queryKey: ["views"], queryFn: ({ signal }) => api.views(signal) });
export const useImports = () => useQuery({ queryKey: ["imports"], queryFn: ({ signal }) => api.imports(signal) });
export const useStored = () => useQuery({ queryKey: ["stored"], queryFn: ({ signal }) => api.stored(signal) });

export const useSession = (id: string) => useQuery({ queryKey: ["session", id], queryFn: ({ signal }) => api.session(id, signal) });
export const useChange = (id: string) => useQuery({ queryKey: ["change", id], queryFn: ({ signal }) => api.change(id, signal) });
export const useCommit = (hash: string) => useQuery({ queryKey: ["commit", hash], queryFn: ({ signal }) => api.commit(hash, signal) });
export const useSources = () => useQuery({ queryKey: ["sources"], queryFn: ({ signal }) => api.sources(signal) });
export const useProblems = () => useQuery({ queryKey: ["problems"], queryFn: ({ signal }) => api.problems(signal) });

/** @param repository null asks nothing */
export const useFiles = (repository: string | null, under: string) =>
  useQuery({
    queryKey: ["files", repository, under],
    queryFn: ({ signal }) => api.files(repository ?? "", under, signal),
    enabled: repository !== null,
    placeholderData: keepPreviousData,
  });
export const useFile = (repository: string, path: string) =>
  useQuery({ queryKey: ["file", repository, path], queryFn: ({ signal }) => api.file(repository, path, signal) });
