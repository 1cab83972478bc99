import { AgentDispatchClient } from 'livekit-server-sdk';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlannedCall } from './schedule.ts';
import type { Stage } from './stage.ts';

/** A call that the system owes an end. */
export type Accepted = { plan: PlannedCall; /** Of inbound calls nobody tells it. */ callId?: string; room: string };

type Call<Kind> = Extract<PlannedCall, { kind: Kind }>;

/** Lets one planned call happen. Answers undefined when it was not accepted, and so owed nothing. */
export async function place(stage: Stage, plan: PlannedCall): Promise<Accepted | undefined> {
  if (plan.kind === 'web') return browse(stage, plan);
  if (plan.kind === 'inbound') return ring(stage, plan);
  return dial(stage, plan);
}

async function browse({ request, outside, servers }: Stage, plan: Call<'web'>): Promise<Accepted | undefined> {
  const answer = (await request('POST', '/api/web-calls', { agent: 'notice' })) as
    | { call_id: string; room: string; token: string }
    | undefined;
  if (!answer) return undefined;
  const { call_id: callId, room, token } = answer;
  await outside.ask({ ask: 'join', url: servers.livekitAddress.url, token, room, staysSeconds: plan.staysSeconds });
  return { plan, callId, room };
}

async function dial({ request, outside }: Stage, plan: Call<'outbound'>): Promise<Accepted | undefined> {
  await outside.ask({
    ask: 'behave',
    number: plan.number,
    behaviour:
      plan.does === 'answer'
        ? { does: 'answer', afterMs: plan.ringsSeconds * 1000, hangUpAfterMs: plan.staysSeconds * 1000 }
        : plan.does === 'busy'
          ? { does: 'refuse', afterMs: 800, sipStatus: 486, sipText: 'Busy Here' }
          : { does: 'ring_for_ever' },
  });
  const body = { to: plan.number, agent: 'notice', limits: { ring_seconds: 12 } };
  const answer = (await request('POST', '/api/dispatch', body, `storm-${plan.number}`)) as
    | { call_id: string }
    | undefined;
  return answer && { plan, callId: answer.call_id, room: answer.call_id };
}

async function ring({ outside, servers, agentName }: Stage, plan: Call<'inbound'>): Promise<Accepted | undefined> {
  const room = `call-_${plan.number}`;
  const { url, apiKey, apiSecret } = servers.livekitAddress;
  const livekit = new AgentDispatchClient(url, apiKey, apiSecret);
  const metadata = JSON.stringify({ agent: 'notice', tenantId: 'default' });
  // While livekit-server is away no phone comes in.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    try {
      await outside.ask({ ask: 'call_in', from: plan.number, room, staysSeconds: plan.staysSeconds });
      await livekit.createDispatch(room, agentName, { metadata });
      return { plan, room };
    } catch {
      await sleep(1000);
    }
  }
  return undefined;
}
