/** Names of the two databases of a store's folder. Apart from what opens them, so that looking whether they are there loads no driver. */
export const factsFile = "facts.duckdb";
export const derivedFile = "derived.duckdb";
/** Folder beside them in which a server keeps what it was sent until an import reads it. */
export const inboxFolder = "inbox";

/** How many migrations facts.duckdb has had; here, so that a store of an older schema is told without opening it. */
export const factsVersion = 13;
