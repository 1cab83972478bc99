import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import { voicemailOf } from '../../calls/place/voicemail.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallTrace } from '../../telemetry/telemetry.ts';
import { filled } from '../conversation/agent-session.ts';
import { prepareOpening } from '../conversation/opening.ts';
import type { sentencesOf } from '../conversation/sentences.ts';
import { stockSentences } from '../conversation/stock-sentences.ts';
import { saysOf } from '../conversation/tools/says-of.ts';
import type { CallPipeline } from '../dependencies.ts';
import type { Formalities } from '../recording/consent.ts';
import { prepareSpeech, type PreparedSpeech } from '../sound/prepare-speech.ts';
import type { SessionContext } from '../call/session-context.ts';

/**
 * Synthesises, as soon as there is a voice, what has to be heard without waiting: the opening first, the message for a machine, then
 * the stock sentences. What cannot be spoken rejects.
 */
export function prepareWords(about: {
  call: Call;
  agent: Agent;
  variables: Record<string, string>;
  sentences: ReturnType<typeof sentencesOf>;
  formalities: Formalities;
  resumed: boolean;
  building: Promise<CallPipeline>;
  trace: CallTrace;
  cache: SessionContext['cache'];
  signal: AbortSignal;
  log: Log;
}) {
  const { call, agent, variables, building, trace, cache, signal, log } = about;
  const synthesise = ({ tts }: CallPipeline, text: string): Promise<PreparedSpeech> => {
    const key = JSON.stringify([call.pipeline, call.pipelineOverrides, agent.name, agent.version, text]);
    const spokenBy = () => `${tts.label} ${tts.model}`;
    return cache.get({ key, speaker: () => tts.nextSpeaker ?? spokenBy(), spokenBy }, () =>
      trace.run(() => prepareSpeech({ voice: tts, text, signal })),
    );
  };
  const prepare = async (text: string) => synthesise(await building, filled(text, variables));
  const opening = building.then(() =>
    prepareOpening({ greeting: about.sentences.opening, formalities: about.formalities }, prepare),
  );
  const voicemail = voicemailOf(call, agent);
  const outbound = call.direction === 'outbound' && !about.resumed;
  const leaves = outbound && voicemail.action === 'leave_message' && voicemail.message;
  const message = opening.then(() => (leaves ? prepare(leaves) : undefined));
  // They are waited for later, one after the other; the later ones must not count as unhandled meanwhile.
  for (const later of [opening, message]) void later.catch(() => undefined);
  const stock = stockSentences({
    fillers: agent.filler.map((text) => filled(text, variables)),
    trouble: filled(agent.trouble, variables),
    meanwhile: saysOf(agent).map((text) => filled(text, variables)),
    prepare: async (text) => {
      await opening;
      return prepare(text);
    },
    log,
  });
  return { opening, message, stock, voicemail, outbound };
}
