/** How long a session has its call without renewing the lease; two renewals may fail before somebody else may take it. */
export const leaseSeconds = 10;
