import { setTimeout as delay } from 'node:timers/promises';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { phoneNumbers } from '../dispatches.ts';
import type { Scenario } from '../scenario.ts';

const callers = 8;
const longestMs = 60_000;

/** Phones that ring at the same moment: none may be answered before its agent can speak. */
export const inboundBurst = {
  name: 'inbound-burst',
  compared: false,
  async run(bench) {
    const phones = await bench.startPhones({ calls: callers });
    const { url, apiKey, apiSecret } = phones.livekit;
    const dispatches = new AgentDispatchClient(url, apiKey, apiSecret);
    const metadata = JSON.stringify({ agent: 'bench', tenantId: 'default' });
    await Promise.all(
      phoneNumbers(callers).map(async (from) => {
        const room = `call-_${from}`;
        await phones.sip.callIn({ from, room, staysMs: 5_000 });
        await dispatches.createDispatch(room, phones.agentName, { metadata });
      }),
    );
    const deadlineMs = performance.now() + longestMs;
    let seen = await phones.sip.inbound();
    while (seen.some(({ heardAtMs }) => heardAtMs === null) && performance.now() < deadlineMs) {
      await delay(200);
      seen = await phones.sip.inbound();
    }
    await phones.stop();
    const silences = seen.map(({ answeredAtMs, heardAtMs }) =>
      answeredAtMs === null ? null : (heardAtMs ?? answeredAtMs + longestMs) - answeredAtMs,
    );
    const answered = silences.filter((silence) => silence !== null);
    return {
      inbound_burst_calls: callers,
      inbound_burst_answered: answered.length,
      inbound_burst_silence_ms_max: answered.length > 0 ? Math.round(Math.max(...answered)) : null,
      inbound_burst_rang_ms_max: Math.round(
        Math.max(...seen.map(({ atMs, answeredAtMs }) => (answeredAtMs ?? atMs + longestMs) - atMs)),
      ),
    };
  },
} as const satisfies Scenario;
