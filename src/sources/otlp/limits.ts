/** What one request may hold. Above these it is refused: a sender that batches as the specification's SDKs do stays far below. */

/** Messages of any kind in a request (records, spans, points, and what holds them). */
export const mostMessages = 100_000;
/** Objects and lists of JSON inside each other. Protobuf's own libraries stop at a hundred messages; parsing millions takes seconds. */
export const mostDepth = 200;
/** Attributes of a record, a resource or a point. */
export const mostAttributes = 256;
/** Characters of an attribute's key; a longer one is none we want. */
export const mostKeyLength = 128;
/** Characters of a value that is looked into (a command, parameters of a tool). Longer ones count as not given. */
export const mostValueLength = 65_536;
