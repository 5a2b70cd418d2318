/** DORA's five metrics of each repository. Durations are milliseconds, null where they are not known. */

/** What counts as a deployment, from best evidence to least (MEASURES 3). */
export const rungs = ["deployments", "releases", "tags", "landing"] as const;
export type Rung = (typeof rungs)[number];

export interface Durations {
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
  /** What they are of. */
  readonly n: number;
}

export interface PartOfDeployments {
  /** Null where it is not observed. */
  readonly ratio: number | null;
  /** What evidence tells at least; null where there is none. Equal to `ratio` where that is observed. */
  readonly atLeast: number | null;
  readonly count: number;
  readonly of: number;
}

export interface Dora {
  /** Of changes deployed in the window. */
  readonly changeLeadTime: Durations & {
    /** Landed in the window and not deployed by its end. */
    readonly notDeployed: number;
    /** Came with the first deployment that is known, and are not counted. */
    readonly beforeCounting: number;
    /** Deployed before they landed or began: clocks contradict each other, and they are not counted. */
    readonly contradictory: number;
  };
  readonly deploymentFrequency: {
    readonly deployments: number;
    readonly perWeek: number | null;
    /** Days with a deployment (UTC) in each whole seven days back from the end, the median; null under one week. */
    readonly medianDaysPerWeek: number | null;
  };
  /** From the end of a failed deployment of the window to the end of its last incident, or to the deployment that answered it. */
  readonly failedDeploymentRecoveryTime: Durations & { readonly notRecovered: number };
  /** Deployments that asked for intervention. */
  readonly changeFailRate: PartOfDeployments;
  /** Unplanned deployments made to answer an incident. */
  readonly deploymentReworkRate: PartOfDeployments;
}

export interface RepositoryDelivery {
  readonly repository: string;
  /** UTC instants: the days that were asked for back from the horizon, or from the first commit. Null in an empty repository. */
  readonly window: { readonly from: string; readonly until: string; readonly days: number } | null;
  /** Null where nothing has landed. */
  readonly rung: Rung | null;
  readonly dora: Dora | null;
  /** What in the whole history told that a deployment failed, and whether a source of incidents is connected. */
  readonly evidence: { readonly incidents: number | null; readonly reverts: number; readonly hotfixes: number };
}

export interface Delivery {
  readonly days: number;
  /** Most deployments first. */
  readonly repositories: readonly RepositoryDelivery[];
}
