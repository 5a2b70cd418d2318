/** A cell; the name of a session or a change leads to it, a group of fates shows its fill. */
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { rollUp } from "../../../src/contract/fates.ts";
import type { MeasureResult, ResultColumn } from "../../../src/contract/query.ts";
import { formatCell, shortRepository } from "../format/cell.ts";
import { Swatch } from "../look/hatches.tsx";
import { SessionLink } from "./session-link.tsx";

export function CellLink({ column, row }: { readonly column: ResultColumn; readonly row: MeasureResult["rows"][number] }): ReactElement {
  const cell = row[column.id] ?? null;
  const text = formatCell(column, cell);
  if (column.kind !== "dimension" || cell === null) return <span className={cell === null ? "soft" : ""}>{text}</span>;
  const id = String(cell);
  switch (column.id) {
    case "session":
      return <SessionLink session={id} />;
    case "change":
      return (
        <Link to="/changes/$id" params={{ id: changeId(row, id) }} className="id">
          {id}
        </Link>
      );
    case "repository":
    case "changed_repository":
      return <span title={id}>{shortRepository(id)}</span>;
    case "roll_up":
      return (
        <span className="tag">
          <Swatch group={id} />
          {id}
        </span>
      );
    case "fate":
      return (
        <span className="tag">
          <Swatch group={groupOf(id)} />
          {id.replaceAll("_", " ")}
        </span>
      );
    default:
      return <span>{text}</span>;
  }
}

/** `owner/name#12` where the row tells the repository. */
export function changeId(row: Readonly<Record<string, unknown>>, change: string): string {
  const repository = row["changed_repository"] ?? row["repository"];
  return typeof repository === "string" && change.startsWith("#") ? `${shortRepository(repository)}${change}` : change;
}

export function groupOf(fate: string): string {
  return Object.entries(rollUp).find(([, fates]) => (fates as readonly string[]).includes(fate))?.[0] ?? "unknown";
}
