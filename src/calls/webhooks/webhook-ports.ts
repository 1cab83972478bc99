/** Where events are sent, and what became of each sending. `src/store` implements it. */
import type { CallEvent, CallEventType } from '../call.ts';

export type WebhookEndpoint = {
  /** `webhook_` + ULID. */
  id: string;
  tenantId: string;
  /** Set when one dispatch request named it: it gets the events of that call only. */
  callId: string | null;
  /** `resume` gets the bare final report, as a workflow's wait step expects it. */
  kind: 'events' | 'resume';
  url: string;
  events: CallEventType[];
  /** Only calls of this agent; null: of all. */
  agent: string | null;
  /** Standard Webhooks secrets (`whsec_…`), newest first; after a rotation both sign for a while. */
  secrets: string[];
  createdAt: Date;
  disabledAt: Date | null;
  disabledReason: string | null;
};

export type WebhookDelivery = {
  /** Also the `webhook-id` of the request, the same in every repetition. */
  id: string;
  endpointId: string;
  callId: string;
  sequence: number;
  /** `dead` was given up, or its endpoint disabled. */
  state: 'pending' | 'delivered' | 'dead';
  attempts: number;
  nextAttemptAt: Date;
  lastStatus: number | null;
  lastError: string | null;
  createdAt: Date;
  deliveredAt: Date | null;
};

/** How a sending came out. `error` is for people and holds nothing of the receiver's answer that could be secret. */
export type DeliveryResult =
  | { state: 'delivered'; status: number }
  | { state: 'pending'; retryInSeconds: number; status?: number; error: string }
  | { state: 'dead'; status?: number; error: string };

export type WebhookStore = {
  insertEndpoint(endpoint: {
    tenantId: string;
    url: string;
    events: CallEventType[];
    agent?: string | null;
  }): Promise<WebhookEndpoint>;
  /** The tenant's own endpoints, not those of single calls. */
  listEndpoints(tenantId: string): Promise<WebhookEndpoint[]>;
  findEndpoint(id: string, tenantId: string): Promise<WebhookEndpoint | null>;
  updateEndpoint(
    id: string,
    tenantId: string,
    change: { url?: string; events?: CallEventType[]; agent?: string | null; enabled?: boolean },
  ): Promise<WebhookEndpoint | null>;
  /** Its deliveries go with it. False: the tenant has no such endpoint. */
  deleteEndpoint(id: string, tenantId: string): Promise<boolean>;
  /** The old secret signs too for `overlapSeconds`. */
  rotateSecret(id: string, tenantId: string, overlapSeconds: number): Promise<WebhookEndpoint | null>;
  /** Signs the webhooks that single calls name. @throws when there is no such tenant */
  callSecret(tenantId: string): Promise<string>;
  /** Stops sending: what is still pending becomes `dead`. */
  disableEndpoint(id: string, reason: string): Promise<void>;
};

/** A job that delivers webhooks never lasts longer: it stops taking deliveries long before. */
export const longestDeliverySeconds = 60;

export type DeliveryStore = {
  /**
   * Takes the oldest pending delivery of the call to the endpoint, so that its events leave in order. `waiting`: that one is
   * not due, or another sender has it until then. `nothing`: all are settled.
   */
  claimDelivery(request: {
    endpointId: string;
    callId: string;
    lockSeconds: number;
  }): Promise<
    | { is: 'claimed'; delivery: WebhookDelivery; endpoint: WebhookEndpoint; event: CallEvent }
    | { is: 'waiting'; until: Date }
    | { is: 'nothing' }
  >;
  findDelivery(id: string, tenantId: string): Promise<WebhookDelivery | null>;
  settleDelivery(id: string, result: DeliveryResult): Promise<void>;
  /** Newest first. */
  listDeliveries(query: {
    tenantId: string;
    endpointId?: string;
    callId?: string;
    state?: WebhookDelivery['state'];
    cursor?: string;
    limit: number;
  }): Promise<{ deliveries: WebhookDelivery[]; nextCursor: string | null }>;
  /** Sends it again from its first attempt, with its job, in one transaction. Null: the tenant has no such delivery. */
  redeliver(id: string, tenantId: string): Promise<WebhookDelivery | null>;
};
