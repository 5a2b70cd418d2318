/** Does nothing: what a start of Node costs. */
export {};
