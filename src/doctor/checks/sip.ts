import { CallError } from '../../calls/errors.ts';
import type { LivekitTrunk } from '../../calls/trunks/trunk-ports.ts';
import { sipTrunks } from '../../livekit/sip-trunks.ts';
import { askHttp } from '../ask-http.ts';
import { askSip } from '../ask-sip.ts';
import type { Check, DoctorContext } from '../check.ts';
import { isLoopback } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped, warning } from '../finding.ts';

/** `health_port` of docker/sip.yaml. */
const sipHealthPort = 8089;

export const sip: Check = {
  about:
    "LiveKit's SIP service and whether it takes calls, the trunk of `SIP_TRUNK_ID`, its numbers, whether its address speaks SIP, and who answers inbound trunks.",
  reads: ['SIP_TRUNK_ID', 'SIP_FROM_NUMBER'],
  needs: ['livekit'],
  async run(context, signal) {
    const { livekit, config } = context;
    if (!livekit) return skipped('There is no LiveKit.');
    const trunks = sipTrunks({ connection: livekit, agentName: config.PARLEY_AGENT_NAME });
    try {
      const [lines, rules] = await Promise.all([trunks.list(), trunks.listRules()]);
      const unanswered = lines.filter(
        ({ id, direction }) => direction === 'inbound' && !rules.some(({ trunkIds }) => trunkIds.includes(id)),
      );
      const found = [
        ...(await ofTrunk(lines, context, signal)),
        ...unanswered.map(({ id, name }) =>
          warning(
            `Nobody answers the inbound trunk ${id} (${name}).`,
            `\`parley trunk rule ${id} --agent NAME\` says who does.`,
          ),
        ),
      ];
      if (lines.length > 0 && isLoopback(new URL(livekit.url).hostname))
        found.push(await ofService(`http://127.0.0.1:${sipHealthPort}/`, signal));
      return found;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const message = 'LiveKit has no SIP service (it says: sip not connected), so no phone can be called.';
      if (error.code !== 'sip_unavailable') return failed('LiveKit does not tell its trunks.', error.message);
      if (!config.SIP_TRUNK_ID)
        return skipped('LiveKit has no SIP service, and SIP_TRUNK_ID is not set: browsers only.');
      return failed(
        message,
        'Give livekit-server a Redis (`redis:` in livekit.yaml) and run livekit-sip on the same Redis (docker-compose.yml).',
      );
    }
  },
};

async function ofTrunk(
  lines: readonly LivekitTrunk[],
  context: DoctorContext,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { SIP_TRUNK_ID: id, SIP_FROM_NUMBER: from } = context.config;
  const outbound = lines.filter(({ direction }) => direction === 'outbound').map((line) => line.id);
  const list = '`parley trunk list` shows those it has.';
  if (!id)
    return outbound.length > 0
      ? [ok(`SIP_TRUNK_ID is not set; LiveKit has ${outbound.join(', ')}.`)]
      : [skipped('SIP_TRUNK_ID is not set, and LiveKit has no outbound trunk: nobody can be called by phone.')];
  const line = lines.find((each) => each.id === id);
  if (!line) return [failed(`LiveKit has no trunk ${id}.`, `Set SIP_TRUNK_ID to one of its outbound trunks. ${list}`)];
  if (line.direction !== 'outbound')
    return [
      failed(`${id} is an inbound trunk: no call can go out over it.`, `Set SIP_TRUNK_ID to an outbound one. ${list}`),
    ];
  const found: Finding[] = [];
  if (from && line.numbers.length > 0 && !line.numbers.includes('*') && !line.numbers.includes(from))
    found.push(
      failed(
        `SIP_FROM_NUMBER ${from} is not among the numbers of ${id}: ${line.numbers.join(', ')}.`,
        'Set SIP_FROM_NUMBER to one of them, or make the trunk with that number (`parley trunk create-outbound`).',
      ),
    );
  const host = line.address.replace(/:\d+$/, '');
  const addresses = await context.lookup(host).catch(() => []);
  if (addresses.length === 0)
    found.push(
      failed(
        `The carrier's host ${host} of ${id} is not known to the name service.`,
        'Make the trunk again with the host the carrier names, such as yourname.pstn.twilio.com (docs/twilio.md).',
      ),
    );
  else if ((await askSip(line.address, signal)).is === 'silent')
    found.push(
      failed(
        `Nothing answers SIP at ${line.address} of ${id}, neither over UDP nor over TCP.`,
        'Check host and port of the trunk, and that the firewall lets SIP out from here and from where livekit-sip runs.',
      ),
    );
  return found.length > 0
    ? found
    : [ok(`${id} calls via ${line.address} with ${line.numbers.join(', ') || 'any number'}.`)];
}

/**
 * Trunks live in LiveKit's Redis; whether livekit-sip is there to use them, LiveKit does not tell before a call. It answers 429 when
 * it is over its CPU limit, and refuses calls then.
 */
export async function ofService(healthUrl: string, signal: AbortSignal): Promise<Finding> {
  const answer = await askHttp(healthUrl, { signal }).catch(() => undefined);
  const { port } = new URL(healthUrl);
  if (answer?.status === 200) return ok(`livekit-sip is healthy (port ${port}).`);
  if (answer?.status === 429)
    return failed(
      'livekit-sip is overloaded and refuses calls: this machine uses more CPU than its max_cpu_utilization.',
      'Give the machine more cores or fewer calls (docs/capacity.md), or run livekit-sip on a machine of its own.',
    );
  return failed(
    `livekit-sip does not tell its health on port ${port} of this machine${answer ? ` (HTTP ${answer.status})` : ''}: no phone can be called.`,
    'See `docker compose ps livekit-sip` and its log. If it runs elsewhere or with another health_port, set `health_port: 8089` here.',
  );
}
