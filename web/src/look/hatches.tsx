/** Fills of the groups beside their colour, drawn once for every chart of the page: `url(#fill-undone)`. */
import type { ReactElement } from "react";
import { type Hatch, rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";

const strokes: Readonly<Record<Hatch, string>> = {
  solid: "",
  rising: "M-2 10 10-2M-2 2 2-2M6 10 10 6",
  falling: "M-2-2 10 10M6-2 10 2M-2 6 2 10",
  upright: "M2 0V8M6 0V8",
  level: "M0 2H8M0 6H8",
  crossed: "M0 0 8 8M8 0 0 8",
  dotted: "M2 2h.01M6 6h.01",
  sparse: "M4 4h.01",
};

export function Hatches(): ReactElement {
  return (
    <svg className="definitions" width="0" height="0" aria-hidden="true">
      <defs>
        {rollUpLooks.map(({ name, hatch }) => (
          <pattern key={name} id={`fill-${name}`} width="8" height="8" patternUnits="userSpaceOnUse">
            <rect width="8" height="8" fill={`var(--fate-${name})`} />
            <path className={`hatch ${hatch}`} d={strokes[hatch]} />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

export const fillOf = (group: string): string => `url(#fill-${group})`;

/** A little square of the group's fill, for legends and tags. */
export function Swatch({ group }: { readonly group: string }): ReactElement {
  return (
    <svg className="swatch" width="14" height="14" aria-hidden="true">
      <rect x="0.5" y="0.5" width="13" height="13" rx="3" fill={fillOf(group)} />
    </svg>
  );
}
