import type { ResultField } from '../../agent-files/result.ts';
import type { Call, Turn } from '../call.ts';

/** What is known of one field after a call, and what it rests on. */
export type FieldResult = {
  type: ResultField['type'];
  /** False: it was not said, and `value` is null. */
  said: boolean;
  value: unknown;
  /** Index of the turn it rests on, as in the transcript. */
  turn: number | null;
  /** That turn's words. */
  quote: string | null;
};

/** The mood of the other person. */
export const sentiments = ['positive', 'neutral', 'negative'] as const;

/** What was found out about a call after its end, under its public names. */
export type CallResult = {
  /** `failed`: nobody could be asked, and `error` says why. */
  status: 'done' | 'failed';
  /** `nobody`: the other person said nothing, or nobody could be asked. */
  by: 'model' | 'script' | 'nobody';
  provider: string | null;
  model: string | null;
  agent_version: string | null;
  /** ISO 8601. */
  analyzed_at: string;
  fields: Record<string, FieldResult>;
  /** The values of the fields alone; null where one was not said. */
  values: Record<string, unknown>;
  summary: string | null;
  success: boolean | null;
  success_reason: string | null;
  sentiment: (typeof sentiments)[number] | null;
  /** What the model answered twice in a way that does not fit; it counts as not said. */
  refused: string[];
  error: string | null;
};

/** What is found out about a call, by whoever fills it. */
export type Findings = Pick<CallResult, 'fields' | 'summary' | 'success' | 'success_reason' | 'sentiment' | 'refused'>;

export function notSaid({ type }: Pick<ResultField, 'type'>): FieldResult {
  return { type, said: false, value: null, turn: null, quote: null };
}

export function saidIn(field: Pick<ResultField, 'type'>, value: unknown, { index, text }: Turn): FieldResult {
  return { type: field.type, said: true, value, turn: index, quote: text };
}

/** Of a call of which nothing is known. */
export function nothingFound(fields: readonly ResultField[]): Findings {
  return {
    fields: Object.fromEntries(fields.map((field) => [field.name, notSaid(field)])),
    summary: null,
    success: null,
    success_reason: null,
    sentiment: null,
    refused: [],
  };
}

/** What is kept with a call; null until it was found out, and once it was erased. */
export function resultOf({ report }: Pick<Call, 'report'>): CallResult | null {
  return (report?.['result'] as CallResult | undefined) ?? null;
}

export function valuesOf(fields: CallResult['fields']): CallResult['values'] {
  return Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value]));
}
