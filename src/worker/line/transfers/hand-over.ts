import type { voice } from '@livekit/agents';
import type { TransferOutcome } from '../../../../telephony/index.ts';
import type { TransferTarget } from '../../../calls/control/check-transfer-target.ts';
import type { TransferMode } from '../../../calls/control/transfer-mode.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallLog } from '../../call/call-log.ts';
import type { Ending } from '../../call/ending.ts';
import { playedOut } from '../../sound/played-out.ts';

/** A request to hand the call to somebody else. */
export type HandOverRequest = {
  /** E.164. */
  to: string;
  mode: TransferMode;
  by: 'agent' | 'operator';
  /** Of the destination, where the agent's file names it. */
  name?: string | undefined;
  /** Told to whoever takes the call, before the caller is connected. */
  briefing?: string | undefined;
};

export type HandOver = {
  /** Never rejects. */
  start(request: HandOverRequest): Promise<void>;
  /** While the call is being handed over. */
  readonly underWay: Promise<void> | undefined;
  /** Two people talk, and the agent only waits for the end. */
  readonly connected: boolean;
};

/** `over`: resolves when those who were connected talk no more; absent when the line went elsewhere. */
type Handed = TransferOutcome & { over?: Promise<void> };

export type HandOverContext = {
  session: voice.AgentSession;
  /** Hands the person to the number; absent where the line cannot. */
  transfer: Partial<Record<TransferMode, (target: TransferTarget, request: HandOverRequest) => Promise<Handed>>>;
  /** Refuses numbers that may not be called. @throws CallError */
  check: (to: string) => Promise<TransferTarget>;
  /** The agent answers nothing meanwhile. Returns what undoes that. */
  holdBack: () => () => void;
  sentences: { connecting: string; notConnected: string };
  record: Pick<CallLog, 'add'>;
  ending: Ending;
  log: Log;
};

/** A sentence that is not over by then is not waited for. */
const longestSentenceMs = 10_000;

/**
 * Hands a call over so that the caller always hears what happens: that they are being connected, and, when that fails, that
 * it did, whereupon the conversation goes on.
 */
export function createHandOver(context: HandOverContext): HandOver {
  const { session, sentences, record, ending, log } = context;
  let underWay: Promise<void> | undefined;
  let connected = false;

  const run = async (request: HandOverRequest) => {
    const { to, mode, by, name } = request;
    const release = context.holdBack();
    const outcome = await attempt(context, request).catch((error: unknown): Handed => {
      log('error', 'the call could not be handed over', { error });
      return { kind: 'refused', detail: error instanceof Error ? error.message : 'the transfer failed' };
    });
    const failed = outcome.kind === 'refused';
    const data = {
      to,
      mode,
      by,
      ...(name !== undefined && { name }),
      outcome: failed ? 'failed' : 'transferred',
      ...(failed && { detail: outcome.detail, sip_status: outcome.sipStatus ?? null }),
    };
    record.add({ events: [{ type: 'call.transferred', data }] });
    if (!failed) {
      connected = outcome.over !== undefined;
      await outcome.over;
      ending.decide({ reason: 'transferred', hungUpBy: by });
      return;
    }
    log('warn', 'the call could not be handed over', { detail: outcome.detail, sipStatus: outcome.sipStatus });
    if (ending.cause) return;
    release();
    session.say(sentences.notConnected);
  };

  return {
    start: async (request) => {
      if (underWay) {
        log('warn', 'the call is being handed over already; this is ignored', { mode: request.mode });
        return;
      }
      underWay = run(request).finally(() => (underWay = undefined));
      await underWay;
    },
    get connected() {
      return connected;
    },
    get underWay() {
      return underWay;
    },
  };
}

async function attempt(context: HandOverContext, request: HandOverRequest): Promise<Handed> {
  const transfer = context.transfer[request.mode];
  if (!transfer) return { kind: 'refused', detail: `this line knows no ${request.mode} transfer` };
  const target = await context.check(request.to);
  const { connecting } = context.sentences;
  if (connecting)
    await playedOut(context.session.say(connecting, { allowInterruptions: false }), {
      longestMs: longestSentenceMs,
      ending: context.ending,
    });
  if (context.ending.cause) return { kind: 'refused', detail: 'the call was over' };
  return transfer(target, request);
}
