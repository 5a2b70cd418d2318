/** A command to copy. */
import { type ReactElement, useState } from "react";

export function CopyButton({ text }: { readonly text: string }): ReactElement {
  const [said, setSaid] = useState("Copy");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid("Copied"),
      () => setSaid("Select and copy by hand"),
    );
  };
  return (
    <div className="command">
      <code>{text}</code>
      <button type="button" onClick={copy}>
        {said}
      </button>
    </div>
  );
}
