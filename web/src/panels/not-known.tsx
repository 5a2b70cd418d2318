/** What the answer cannot see. */
import type { ReactElement } from "react";
import type { Answer } from "../../../src/contract/answer.ts";

export function NotKnown({ answer }: { readonly answer: Answer }): ReactElement {
  return (
    <section className="panel not-known" aria-labelledby="not-known">
      <h2 id="not-known">What is not known</h2>
      <ul>
        {answer.notKnown.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}
