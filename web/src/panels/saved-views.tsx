/** Views that were saved on this server: an address under a name. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { formatDay } from "../../../src/surfaces/cli/numbers.ts";
import { api } from "../query/api.ts";
import { useViews } from "../query/use.ts";
import { Frame, Trouble } from "../ui/frame.tsx";
import { parseSearch } from "../url/page-search.ts";

const longestName = 200;

/** @param query path and query of what is on the screen */
export function SavedViews({ query }: { readonly query: string }): ReactElement {
  const views = useViews();
  const queries = useQueryClient();
  const again = (): void => void queries.invalidateQueries({ queryKey: ["views"] });
  const [name, setName] = useState("");
  const save = useMutation({
    mutationFn: () => api.saveView({ name: name.trim(), query }),
    onSuccess: () => {
      setName("");
      again();
    },
  });
  const drop = useMutation({ mutationFn: (gone: string) => api.dropView(gone), onSuccess: again });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== "") save.mutate();
  };
  const error = save.error ?? drop.error;
  return (
    <Frame of={views} title="Saved views" about="An address under a name, kept in this store. One of the same name gives way.">
      {(known) => (
        <>
          {known.length === 0 ? <p className="small">None yet.</p> : null}
          <ul className="saved-views">
            {known.map((view) => (
              <li key={view.name}>
                <ViewLink query={view.query}>{view.name}</ViewLink>
                <small className="beside">saved {formatDay(view.savedAt)}</small>
                <button type="button" className="plain-button" aria-label={`Forget ${view.name}`} onClick={() => drop.mutate(view.name)}>
                  forget
                </button>
              </li>
            ))}
          </ul>
          <form className="save-view" onSubmit={submit}>
            <input
              aria-label="Name of this view"
              placeholder="Name of this view"
              maxLength={longestName}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button type="submit" className="plain-button" disabled={name.trim() === "" || save.isPending}>
              Save
            </button>
          </form>
          {error === null ? null : <Trouble error={error} retry={() => (save.error === null ? drop.reset() : save.mutate())} />}
        </>
      )}
    </Frame>
  );
}

/** Leads inside this page, whatever was saved: only a path of its own and its query. */
function ViewLink({ query, children }: { readonly query: string; readonly children: string }): ReactElement {
  const [path = "/", search = ""] = query.split("?");
  return (
    <Link to={path.startsWith("/") && !path.startsWith("//") ? path : "/"} search={parseSearch(search)}>
      {children}
    </Link>
  );
}
