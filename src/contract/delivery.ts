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

/** How its changes that landed in the window were reviewed. Times are hours, null where too few changes tell. */
export interface ReviewFriction {
  /** Landed changes a forge told of; bots and instant self-merges are in no other figure. */
  readonly told: number;
  readonly ofBots: number;
  readonly instantSelfMerges: number;
  readonly reviewed: number;
  readonly reviewedShare: number | null;
  readonly roundsPerChange: number | null;
  readonly changesRequestedShare: number | null;
  readonly firstReviewHours: { readonly median: number | null; readonly p90: number | null };
  readonly approvalHours: number | null;
  readonly landingHours: number | null;
  /** Estimated from size and time: low and high. */
  readonly reviewHours: { readonly low: number | null; readonly high: number | null };
}

/** What became of lines an agent wrote in the hands of others. */
export interface VerificationOfLines {
  /** Changed by a person before they landed: a lower end. */
  readonly editedBeforeLandingShare: number | null;
  /** Changed within 21 days by a commit of which no agent is known: an upper end. */
  readonly editedAfterLandingShare: number | null;
}

export interface RepositoryDelivery {
  readonly repository: string;
  /** Null where no forge told of a change that landed in the window. */
  readonly review: ReviewFriction | null;
  readonly agentLines: VerificationOfLines;
  /** UTC instants: the days that were asked for back from the horizon, or from the first commit. Null in an empty repository. */
  readonly window: { readonly from: string; readonly until: string; readonly days: number } | null;
  /** Null where nothing has landed. */
  readonly rung: Rung | null;
  readonly dora: Dora | null;
  /** What in the whole history told that a deployment failed, and whether a source of incidents is connected. */
  readonly evidence: {
    readonly incidents: number | null;
    readonly reverts: number;
    readonly hotfixes: number;
    /** No deployment names an environment: all are taken to go to production. */
    readonly assumesProduction: boolean;
  };
}

export interface Delivery {
  readonly days: number;
  /** Incidents that name nothing in a known repository: they are in no figure. */
  readonly unplacedIncidents: number;
  /** Most deployments first. */
  readonly repositories: readonly RepositoryDelivery[];
}
