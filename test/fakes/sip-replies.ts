import { notDialled, type PhoneBehaviour } from './sip-phone.ts';

/** An answer of livekit-server's API. */
export type Reply = { status: number; body: Record<string, unknown> };

/** The API's word of a phone that rings on, where it is lost; else it never comes. */
export function wordLost(behaviour: PhoneBehaviour): Promise<Reply | 'cut'> {
  const lost = 'wordLost' in behaviour ? behaviour.wordLost : undefined;
  const says: Reply | 'cut' =
    lost?.says === 'cut' ? 'cut' : { status: 408, body: { code: lost?.says, msg: 'request timed out' } };
  return new Promise((resolve) => lost && setTimeout(resolve, lost.afterMs, says));
}

/** No INVITE was sent. */
export function unsent(why: keyof typeof notDialled): Reply {
  const { status, code, msg } = notDialled[why];
  return { status, body: { code, msg } };
}

export const notFound: Reply = { status: 404, body: { code: 'not_found', msg: 'object cannot be found' } };

/** What livekit-server says when no SIP service has registered. */
export const notRegistered: Reply = {
  status: 503,
  body: { code: 'unavailable', msg: 'twirp error unknown: no response from servers' },
};

/** The Twirp code and HTTP status that livekit-server gives each SIP status, as measured. */
export function refusal(sipStatus: number, sipText: string): Reply {
  const [status, code] = [486, 480, 600].includes(sipStatus)
    ? [429, 'resource_exhausted']
    : [603, 607, 608, 401, 402, 403].includes(sipStatus)
      ? [403, 'permission_denied']
      : [404, 410, 604].includes(sipStatus)
        ? [404, 'not_found']
        : [408, 504].includes(sipStatus)
          ? [408, 'deadline_exceeded']
          : [400, 484, 488].includes(sipStatus)
            ? [400, 'invalid_argument']
            : [412, 'failed_precondition'];
  return {
    status: status as number,
    body: { code, msg: `twirp error: ${sipText}`, meta: { sip_status_code: String(sipStatus), sip_status: sipText } },
  };
}
