/** What a person said against a rule (RULINGS 33): a fact with author, reason and time. It feeds no accuracy figure. */
export interface Overrule {
  readonly repository: string;
  /** `#35`, or the commit that landed a direct push. */
  readonly change: string;
  /** Null where an earlier one was taken back. */
  readonly class: string | null;
  /** The class by rules alone; null where no rule tells, or no such change is known any more. */
  readonly ruledClass: string | null;
  readonly author: string;
  readonly reason: string;
  /** UTC. */
  readonly toldAt: string;
  /** The newest of its change. */
  readonly stands: boolean;
}

export interface OverruleAsked {
  /** As `assay show change` takes it. */
  readonly change: string;
  /** Null takes back what was said. */
  readonly class: string | null;
  readonly reason: string;
  readonly author: string;
}
