import type { Call } from '../../src/calls/call.ts';
import { aCall } from '../store/open-store.ts';
import type { Api } from './open-api.ts';

/** A call that went well, with who was on the line and what was said. */
export async function endedCall({ deps: { calls } }: Api): Promise<Call> {
  const call = await calls.insertCall(
    aCall({ state: 'in_progress', phoneNumber: '+15551239999', metadata: { note: 'secret' }, answeredAt: new Date() }),
    { type: 'call.answered' },
  );
  const agent = { role: 'agent', interrupted: false } as const;
  await calls.record(call.id, {
    turns: [
      { ...agent, index: 0, text: 'Hello.', startedMs: 0, endedMs: 900 },
      { index: 1, role: 'caller', text: 'Hi, this is Ada.', startedMs: 1000, endedMs: 2000, interrupted: false },
      {
        ...agent,
        index: 2,
        text: 'How can I help?',
        startedMs: 2700,
        endedMs: 3500,
        latency: { llmFirstTokenMs: 200, totalMs: 700 },
      },
    ],
    costs: [
      {
        component: 'llm',
        provider: 'openrouter-llm',
        model: 'm',
        quantity: 120,
        unit: 'token',
        usd: '0.0042',
        source: 'provider',
      },
    ],
  });
  await calls.transition({
    callId: call.id,
    to: 'ended',
    patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
    event: { type: 'call.ended' },
  });
  return call;
}
