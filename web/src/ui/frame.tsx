/**
 * What every panel has: a title, what it says of its data, and one of its states: loading, old data dimmed while new loads, an
 * error with its hint, one of three kinds of empty, or content.
 */
import type { ReactElement, ReactNode } from "react";
import { ApiError } from "../query/api.ts";

/** `no_data`: nothing was imported. `no_match`: there is data, none of it fits. `not_observed`: nothing that could tell was seen. */
export type EmptyKind = "no_data" | "no_match" | "not_observed";

const emptyTitles: Readonly<Record<EmptyKind, string>> = {
  no_data: "No data yet",
  no_match: "Nothing matches",
  not_observed: "Not observed",
};

export function Empty({ kind, children }: { readonly kind: EmptyKind; readonly children: ReactNode }): ReactElement {
  return (
    <div className={`empty ${kind}`}>
      <strong>{emptyTitles[kind]}</strong>
      <p>{children}</p>
    </div>
  );
}

export interface Loaded<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly isPlaceholderData: boolean;
  readonly isFetching: boolean;
  refetch(): unknown;
}

export interface FrameProps<Data> {
  readonly title?: ReactNode;
  readonly about?: ReactNode;
  readonly aside?: ReactNode;
  readonly of: Loaded<Data>;
  readonly className?: string;
  /** Height kept while the first data loads, so that nothing jumps. */
  readonly tall?: boolean;
  readonly children: (data: Data) => ReactNode;
}

export function Frame<Data>({ title, about, aside, of, className = "", tall = false, children }: FrameProps<Data>): ReactElement {
  return (
    <section className={`panel ${className}`} aria-busy={of.isFetching}>
      {title === undefined ? null : (
        <header className="panel-head">
          <div>
            <h2>{title}</h2>
            {about === undefined ? null : <p className="about">{about}</p>}
          </div>
          {aside}
        </header>
      )}
      <FrameBody of={of} tall={tall}>
        {children}
      </FrameBody>
    </section>
  );
}

function FrameBody<Data>({ of, tall, children }: Pick<FrameProps<Data>, "of" | "children"> & { readonly tall: boolean }): ReactElement {
  if (of.error !== null && (of.data === undefined || of.isPlaceholderData))
    return <Trouble error={of.error} retry={() => void of.refetch()} />;
  if (of.data === undefined) {
    return (
      <div className={`waiting ${tall ? "tall" : ""}`} role="status">
        <span className="for-readers">Loading</span>
      </div>
    );
  }
  return <div className={of.isPlaceholderData ? "is-old" : "is-new"}>{children(of.data)}</div>;
}

export function Trouble({ error, retry }: { readonly error: Error; readonly retry: () => void }): ReactElement {
  return (
    <div className="trouble" role="alert">
      <strong>{error.message}</strong>
      {error instanceof ApiError && error.hint !== undefined ? <p>{error.hint}</p> : null}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </div>
  );
}
