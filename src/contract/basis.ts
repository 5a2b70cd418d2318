/**
 * Which money an answer speaks of. `list`: API list prices of the day of use. `contract`: list prices less what assay.yaml says was
 * negotiated. `billed`: what bills and plans say is paid, spread over usages, with a remainder where no usage explains it.
 */
export const bases = ["list", "contract", "billed"] as const;
export type Basis = (typeof bases)[number];

export const basisSentences: Readonly<Record<Basis, string>> = {
  list: "API-equivalent at list prices, not what you paid",
  contract: "at list prices less the discounts of your plans, not what you paid",
  billed: "as billed and planned; what no bill or plan covers is missing here",
};
