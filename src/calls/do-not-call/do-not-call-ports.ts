/** How a number came on a list. */
export const doNotCallSources = ['api', 'csv', 'agent', 'assistant', 'command'] as const;
export type DoNotCallSource = (typeof doNotCallSources)[number];

/** Whose list: one tenant's, or the operator's, which holds for all. */
export type DoNotCallList = { tenantId: string } | 'operator';

export type DoNotCallEntry = {
  /** `dnc_` + ULID. */
  id: string;
  list: 'tenant' | 'operator';
  /** E.164; null: it was erased, and the number is not called all the same. */
  phoneNumber: string | null;
  reason: string;
  source: DoNotCallSource;
  /** In which somebody said so. */
  callId: string | null;
  createdAt: Date;
};

export type DoNotCallAddition = { phoneNumber: string; reason: string; callId?: string | undefined };

export type DoNotCallStore = {
  /** Idempotent: the first entry of a number stays. Answers how many are new. */
  add(list: DoNotCallList, source: DoNotCallSource, additions: readonly DoNotCallAddition[]): Promise<number>;
  /** False: it was not on that list. */
  remove(list: DoNotCallList, phoneNumber: string): Promise<boolean>;
  /** The entry that forbids a tenant to call the number: its own, else the operator's. */
  find(tenantId: string, phoneNumber: string): Promise<DoNotCallEntry | null>;
  /** Of the tenant's own list or the operator's, newest first. `cursor` is opaque, from the page before. */
  list(query: {
    list: DoNotCallList;
    cursor?: string | undefined;
    limit: number;
  }): Promise<{ entries: DoNotCallEntry[]; nextCursor: string | null }>;
};
