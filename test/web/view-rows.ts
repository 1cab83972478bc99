import { randomUUID } from 'node:crypto';
import { newId } from '../../src/calls/new-id.ts';
import { aCall } from '../store/open-store.ts';
import { type Api, openApi } from '../http/open-api.ts';

/** What must stay text wherever it is shown: closes an attribute and a text field, and is an element, a script and an event if it does not. */
export const hostile = `"'><img src=x onerror=hacked=1><script>hacked=1</script></textarea><svg onload=hacked=1><b>bold</b>`;
/** What markup would leave behind: elements, handlers and addresses that no view makes. */
export const markup =
  'main img, main b, main script, main iframe, main [onload], main [onerror], [href^="javascript:" i], [src^="javascript:" i]';

/** The real API with rows in every list, each with markup where somebody may write what they like. */
export async function openFilledApi(): Promise<{
  api: Api;
  /** A call in which everything that somebody says, or is told, is hostile. */
  callId: string;
  campaignId: string;
  rest: (request: Request) => Promise<Response>;
}> {
  const api = await openApi();
  await api.deps.tenants.ensureTenant({ id: 'default', name: hostile });
  const key = await api.keyOf('default');
  const send = async (method: string, path: string, body: unknown) => {
    const answer = await api.send(method, path, { key, body });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await send('POST', '/api/leads', {
    email: 'ada@example.com',
    name: hostile,
    company: hostile,
    phone_number: '+14155552671',
    data: { note: hostile },
  });
  await send('POST', '/api/do-not-call', { phone_number: '+14155552672', reason: hostile });
  await send('POST', '/api/webhooks', { url: `https://hooks.example.com/${encodeURIComponent(hostile)}` });
  await send('POST', '/api/keys', { name: hostile, scopes: ['calls:read'] });
  await send('POST', '/api/trunks', {
    direction: 'inbound',
    name: hostile,
    numbers: ['+14155550100'],
    agent: 'receptionist',
  });
  const campaign = await send('POST', '/api/campaigns', {
    name: `Reminders of May ${hostile}`,
    agent: 'receptionist',
    recipients: [{ to: '+14155552673' }],
  });
  await callsOf(api);
  const callId = await hostileCall(api);
  const rest = async (request: Request) => {
    const headers = new Headers(request.headers);
    headers.delete('cookie');
    headers.set('X-API-Key', key);
    return api.app.fetch(new Request(request, { headers }));
  };
  return { api, callId, campaignId: campaign.campaign_id, rest };
}

async function hostileCall({ deps }: Api): Promise<string> {
  const named = { [hostile]: hostile };
  const call = await deps.calls.insertCall(
    aCall({
      tenantId: 'default',
      direction: 'inbound',
      state: 'in_progress',
      phoneNumber: '+14155550122',
      variables: named,
      metadata: named,
      playbook: hostile,
    }),
    { type: 'call.answered' },
  );
  const taken = await deps.calls.takeLease({ callId: call.id, owner: 'test/1', seconds: 60 });
  const said = { text: hostile, endedMs: 900, interrupted: true };
  await deps.calls.record(call.id, {
    answeredAt: new Date(),
    turns: (['agent', 'caller', 'supervisor'] as const).map((role, index) => ({
      ...said,
      role,
      index,
      startedMs: index * 1000,
    })),
    events: [{ type: 'tool.called', data: { name: hostile, arguments: named } }],
    costs: [
      { component: 'llm', provider: hostile, model: hostile, quantity: 1, unit: 'token', usd: '0', source: 'none' },
    ],
  });
  const message = { id: newId('msg'), callId: call.id, tenantId: 'default', phoneNumber: hostile };
  await deps.messages.insertMessage({ ...message, callerName: hostile, text: hostile });
  const run = { id: newId('tool'), callId: call.id, tool: hostile, turn: 1, arguments: named };
  await deps.toolRuns.begin({
    ...run,
    resumeToken: 'token',
    argumentsHash: 'hash',
    claim: randomUUID(),
    epoch: taken?.epoch ?? 0,
  });
  const field = { type: 'text', said: true, value: hostile, turn: 1, quote: hostile };
  const result = {
    status: 'done',
    by: 'model',
    provider: hostile,
    model: hostile,
    agent_version: hostile,
    analyzed_at: new Date().toISOString(),
    fields: { [hostile]: field },
    values: named,
    summary: hostile,
    success: false,
    success_reason: hostile,
    sentiment: 'neutral',
    refused: [hostile],
    error: hostile,
  };
  await deps.calls.transition({
    callId: call.id,
    to: 'ended',
    patch: { outcome: 'completed', endReason: 'caller_hung_up', report: { result } },
    event: { type: 'call.ended' },
  });
  return call.id;
}

/** Two days of calls: most go well, some are slow, and a model fails. */
async function callsOf({ deps, database }: Api): Promise<void> {
  for (let position = 0; position < 24; position += 1) {
    const failed = position % 8 === 3;
    const answered = position % 3 !== 1;
    const call = await deps.calls.insertCall(
      aCall({ tenantId: 'default', state: 'in_progress', phoneNumber: '+14155550111' }),
      { type: 'call.answered' },
    );
    const totalMs = position % 6 === 0 ? 3400 : 700 + position * 20;
    if (answered)
      await deps.calls.record(call.id, {
        answeredAt: new Date(),
        turns: [
          {
            index: 0,
            role: 'agent',
            text: hostile,
            startedMs: 0,
            endedMs: 900,
            interrupted: false,
            latency: { endOfTurnMs: 320, sttMs: 210, llmFirstTokenMs: totalMs - 500, ttsFirstAudioMs: 130, totalMs },
          },
        ],
        costs: [
          { component: 'llm', provider: 'p', model: 'm', quantity: 900, unit: 'token', usd: '0.042', source: 'list' },
        ],
      });
    const [outcome, endReason] = failed
      ? (['failed', 'llm_failed'] as const)
      : answered
        ? (['completed', 'agent_goodbye'] as const)
        : (['no_answer', 'ring_timeout'] as const);
    await deps.calls.transition({
      callId: call.id,
      to: 'ended',
      patch: { outcome, endReason },
      event: { type: 'call.ended' },
    });
    const ago = `${position * 2} hours`;
    await database.pool.query(
      `UPDATE parley.calls SET created_at = now() - $2::interval, answered_at = answered_at - $2::interval,
        ended_at = ended_at - $2::interval + interval '80 s' WHERE id = $1`,
      [call.id, ago],
    );
  }
}
