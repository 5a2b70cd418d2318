import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { shortId } from "../format/cell.ts";

export function SessionLink({ session }: { readonly session: string }): ReactElement {
  return (
    <Link to="/sessions/$id" params={{ id: session }} className="id" title={session}>
      {shortId(session)}
    </Link>
  );
}
