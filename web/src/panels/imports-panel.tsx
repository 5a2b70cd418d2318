/** Reading what is new, from the page: what runs, how far it is, and how the last ones ended. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect, useState } from "react";
import type { ImportStatus } from "../../../src/contract/api.ts";
import { formatBytes, formatCount, formatNumberOf } from "../../../src/surfaces/cli/numbers.ts";
import { formatInstant } from "../format/cell.ts";
import { api, listenToImport } from "../query/api.ts";
import { useImports } from "../query/use.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Frame, Trouble } from "../ui/frame.tsx";

export function ImportsPanel(): ReactElement {
  const imports = useImports();
  const queries = useQueryClient();
  const [told, setTold] = useState<ImportStatus | null>(null);
  const start = useMutation({ mutationFn: () => api.startImport(), onSuccess: setTold });
  // What was heard is newer than the list: an import that ended is over, whatever the list still says.
  const over = told !== null && told.state !== "running" ? told.id : null;
  const runs = imports.data?.find(({ id, state }) => state === "running" && id !== over) ?? null;
  const watched = told?.state === "running" ? told.id : (runs?.id ?? null);
  useEffect(() => {
    if (watched === null) return;
    return listenToImport(watched, (status) => {
      setTold(status);
      // What is on the screen rests on the tables before: all of it is asked anew.
      if (status.state !== "running") void queries.invalidateQueries();
    });
  }, [watched, queries]);
  const current = told?.state === "running" ? told : runs;
  return (
    <Frame
      of={imports}
      title="Imports"
      about="Reads what is new in the logs and repositories this server was started with."
      aside={
        <button type="button" className="plain-button" disabled={current !== null || start.isPending} onClick={() => start.mutate()}>
          Import now
        </button>
      }
    >
      {(known) => (
        <>
          {start.error === null ? null : <Trouble error={start.error} retry={() => start.mutate()} />}
          {current === null ? null : <Running status={current} />}
          {known.length === 0 && current === null ? <p className="small">None since the server began.</p> : null}
          {known.some(({ state }) => state !== "running") ? <Ended imports={known.filter(({ state }) => state !== "running")} /> : null}
        </>
      )}
    </Frame>
  );
}

function Running({ status: { step, done, total } }: { readonly status: ImportStatus }): ReactElement {
  const isCounted = done !== null && total !== null && total > 0;
  return (
    <div className="running" role="status">
      <p>
        {step ?? "starting"}
        {isCounted ? `: ${formatCount(done)} of ${formatCount(total)}` : " …"}
      </p>
      {isCounted ? (
        <progress aria-label="Progress of the import" value={done} max={total} />
      ) : (
        <progress aria-label="Progress of the import" />
      )}
    </div>
  );
}

function Ended({ imports }: { readonly imports: readonly ImportStatus[] }): ReactElement {
  return (
    <DataTable<ImportStatus>
      label="Imports that ended"
      rows={imports}
      rowKey={({ id }) => id}
      columns={[
        { key: "began", title: "Began, UTC", cell: ({ startedAt }) => formatInstant(startedAt) },
        { key: "state", title: "Ended", cell: ({ state }) => state },
        { key: "read", title: "Read", cell: (status) => endedText(status) },
      ]}
    />
  );
}

function endedText({ state, summary, message }: ImportStatus): string {
  if (state === "failed") return message ?? "it does not say why";
  if (summary === null) return "";
  if (!summary.changed) return "nothing was new";
  return [
    `${formatCount(summary.filesRead)} of ${formatNumberOf(summary.filesSeen, "file")} (${formatBytes(summary.bytesRead)})`,
    formatNumberOf(summary.newUsages, "new response"),
    formatNumberOf(summary.newCommits, "new commit"),
    ...(summary.problems === 0 ? [] : [formatNumberOf(summary.problems, "problem")]),
  ].join(", ");
}
