import type { LivekitConnection } from '../livekit/connection.ts';

/** Where the servers are: from the settings, or from what `up` started. */
export type Endpoints = { databaseUrl: string; livekit: LivekitConnection };

/** Of everything that was not made for a tenant of its own: the operator's key, calls that come in by phone. */
export const defaultTenant = { id: 'default', name: 'Default' };
