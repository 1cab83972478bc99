import { z } from 'zod';
import { type Api, askApi } from './ask-api.ts';
import type { CallerReport } from './caller-report.ts';
import type { CallerScript } from './caller-script.ts';
import type { Transcribe } from './caller-report.ts';
import type { Speak } from './prepare-step.ts';
import { runCaller } from './run-caller.ts';

const startedSchema = z.object({ call_id: z.string(), livekit_url: z.string(), token: z.string() });

const endedSchema = z.object({
  status: z.string(),
  outcome: z.string().nullable(),
  end_reason: z.string().nullable(),
  turns: z.array(
    z.object({
      role: z.enum(['caller', 'agent', 'supervisor']),
      text: z.string(),
      latency: z.record(z.string(), z.number()).nullish(),
    }),
  ),
});
export type EndedCall = z.output<typeof endedSchema>;

/** A call to an agent through the API, as a browser would make it, and what both ends know of it afterwards. */
export type TestCall = { callId: string; heard: CallerReport; recorded: EndedCall };

/**
 * Calls an agent, plays the script and waits until the call is in the database with its end.
 * @throws Error with what the API said, or when the call has no recorded end 15 s after the caller left
 */
export async function placeTestCall(options: {
  api: Api;
  agent: string;
  pipeline?: string;
  variables?: Record<string, string>;
  script: CallerScript;
  speak: Speak;
  transcribe: Transcribe;
  timeoutSeconds: number;
  atEnd: 'hang-up' | 'wait-for-agent';
  recordTo?: string;
  signal?: AbortSignal;
  /** Told where LiveKit is, before the caller joins. */
  beforeJoining?: (livekitUrl: string) => void;
}): Promise<TestCall> {
  const { api, agent, pipeline, variables, beforeJoining, ...caller } = options;
  const started = startedSchema.parse(
    await askApi(api, 'POST', '/api/web-calls', {
      agent,
      ...(pipeline ? { pipeline } : {}),
      ...(variables ? { variables } : {}),
    }),
  );
  const url = api.livekitUrl ?? started.livekit_url;
  beforeJoining?.(url);
  const heard = await runCaller({ ...caller, url, token: started.token });
  for (let tries = 0; tries < 150; tries++) {
    const recorded = endedSchema.parse(await askApi(api, 'GET', `/api/calls/${started.call_id}`));
    if (recorded.status === 'ended') return { callId: started.call_id, heard, recorded };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The call ${started.call_id} has no recorded end 15 s after the caller left it.`);
}
