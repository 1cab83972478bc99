/** The command line lacks something. The message says what. */
export class UsageError extends Error {}
