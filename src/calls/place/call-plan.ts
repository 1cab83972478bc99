import { z } from 'zod';
import type { CallingWindow } from '../admission/calling-window.ts';
import { weekdays } from '../admission/calling-window.ts';
import type { Outcome } from '../call-state.ts';
import { voicemailActions, type VoicemailRule } from './voicemail.ts';

/** Outcomes after which a call may be tried again. What may have reached a person is never among them. */
export const retryableOutcomes = ['busy', 'no_answer', 'declined', 'machine', 'failed', 'unreachable'] as const;
export type RetryableOutcome = (typeof retryableOutcomes)[number];

/** When a call may ring, how often it is tried, and who asked. */
export type CallPlan = {
  /** Not dialled after this moment. */
  notAfter?: Date;
  window?: CallingWindow;
  retry?: RetryRule;
  /** What is done when a machine answers. */
  voicemail?: VoicemailRule;
  /** W3C trace context of the request, in which the trace of the call goes on. */
  traceparent?: string;
};

export type RetryRule = {
  /** With the first one. */
  maxAttempts: number;
  on: readonly RetryableOutcome[];
  /** Seconds before the second, third … attempt; the last is repeated. */
  delaysSeconds: readonly number[];
};

/** The shape in which a call's row keeps it: JSON. */
const storedPlan = z.object({
  notAfter: z.coerce.date().optional(),
  window: z
    .object({ start: z.string(), end: z.string(), days: z.array(z.enum(weekdays)), timezone: z.string() })
    .optional(),
  retry: z
    .object({
      maxAttempts: z.number(),
      on: z.array(z.enum(retryableOutcomes)),
      delaysSeconds: z.array(z.number()),
    })
    .optional(),
  voicemail: z.object({ action: z.enum(voicemailActions), message: z.string().optional() }).optional(),
  traceparent: z.string().optional(),
});

/** The plan of a row. Other parts of the row's plan are left alone. */
export function readPlan(stored: Record<string, unknown>): CallPlan {
  return storedPlan.parse(stored) as CallPlan;
}

export function isRetryable(outcome: Outcome): outcome is RetryableOutcome {
  return (retryableOutcomes as readonly Outcome[]).includes(outcome);
}
