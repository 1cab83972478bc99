import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPipeline, type PipelineDefinition } from '../../pipelines/index.ts';
import { runCaller } from '../../src/caller/run-caller.ts';
import type { CallProcessDependencies } from '../../src/worker/dependencies.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startSpeechServerDouble } from '../fakes/openai-compatible-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startWhisperLiveDouble } from '../fakes/whisperlive-double.ts';
import { anAgent } from './an-agent.ts';
import { type InProcessCalls, openCalls } from './in-process-calls.ts';

const speech = { wav: fileURLToPath(new URL('../../bench/speech/hours.wav', import.meta.url)) };
const answer = 'We are open from nine to five on weekdays, and from ten to two on Saturdays.';
/** Three seconds, and room for a machine that does other things too. */
const longestSilenceMs = 6_000;

type Doubles = Awaited<ReturnType<typeof startDoubles>>;
async function startDoubles() {
  return {
    deepgram: await startDeepgramDouble({ transcripts: ['When are you open?'] }),
    whisperlive: await startWhisperLiveDouble(),
    openrouter: await startOpenRouterDouble({ firstTokenMs: 100, reply: answer }),
    secondLlm: await startOpenRouterDouble({ firstTokenMs: 100, reply: answer }),
    elevenlabs: await startElevenLabsDouble({ firstAudioMs: 50 }),
    secondVoice: await startSpeechServerDouble(),
  };
}

let calls: InProcessCalls;
beforeAll(async () => {
  calls = await openCalls();
});
afterAll(() => calls.close());

type Trouble = {
  breaks: (doubles: Doubles) => unknown;
  standby?: boolean;
  /** How long the caller listens after their last word, whatever they hear; 0: until the agent has spoken. */
  staysMs?: number;
  deps?: Partial<CallProcessDependencies>;
};

/** A caller asks once, of an agent whose providers break after the greeting; without `standby` nobody stands in. */
async function ask(trouble: Trouble) {
  const far = await startDoubles();
  try {
    return await askOf(far, trouble);
  } finally {
    await Promise.all(Object.values(far).map((double) => double.close()));
  }
}

async function askOf(far: Doubles, { breaks, standby = true, staysMs = 0, deps = {} }: Trouble) {
  const definition: PipelineDefinition = {
    name: 'cloud',
    title: 'Doubles',
    vad: [{ provider: 'silero-vad' }],
    stt: [
      { provider: 'deepgram-stt', options: { apiKey: 'key', url: far.deepgram.url } },
      ...(standby ? [{ provider: 'whisperlive-stt' as const, options: { url: far.whisperlive.url } }] : []),
    ],
    llm: [
      { provider: 'openrouter-llm', options: { apiKey: 'key', url: far.openrouter.url } },
      ...(standby
        ? [{ provider: 'openai-compatible-llm' as const, options: { url: far.secondLlm.url, model: 'm' } }]
        : []),
    ],
    tts: [
      { provider: 'elevenlabs-tts', options: { apiKey: 'key', url: far.elevenlabs.url } },
      ...(standby ? [{ provider: 'openai-compatible-tts' as const, options: { url: far.secondVoice.url } }] : []),
    ],
  };
  const agent = anAgent({ filler: ['One moment, please.'], trouble: 'Something is not working. Goodbye.' });
  const call = await calls.place({
    agent,
    deps: {
      buildPipeline: ({ agent: _agent, call: _call, ...callbacks }) =>
        buildPipeline({ definition, settings: {}, context: { language: 'en-US', sampleRateHz: 16_000, ...callbacks } }),
      ...deps,
    },
  });
  // The sentences for emergencies are sound by then.
  while (!far.elevenlabs.state.texts.some((text) => text.includes('Goodbye'))) await sleep(50);
  await sleep(500);
  breaks(far);
  const report = await runCaller({
    url: calls.url,
    token: call.callerToken,
    timeoutSeconds: 45,
    script: [{ say: speech }, ...(staysMs ? [{ after: staysMs, expect: { reply: false } }] : [])],
    ...(!standby && { atEnd: 'wait-for-agent' as const }),
  });
  const row = await calls.ended(call);
  const events = await calls.calls.listEvents(call.callId);
  const turn = report.turns[1]!;
  const silences = [turn.responseMs ?? Infinity, ...turn.gapsMs].map(Math.round);
  return {
    row,
    turn,
    silences,
    end: events.find(({ type }) => type === 'call.ended')!.data,
    fillers: events.filter(({ type }) => type === 'agent.filler').map(({ data }) => data),
    turns: (await calls.calls.listTurns(call.callId)).map(({ role, text }) => `${role}: ${text}`),
  };
}

describe.concurrent('a caller whose agent loses a provider', () => {
  it.each([
    ['the language model does not begin', ({ openrouter }: Doubles) => (openrouter.behaviour.firstTokenMs = 60_000)],
    [
      'the language model stalls within a sentence',
      ({ openrouter }: Doubles) => (openrouter.behaviour.stallAfterWords = 4),
    ],
    ['the voice makes no sound', ({ elevenlabs }: Doubles) => elevenlabs.freezeAll()],
    ['the voice breaks off', ({ elevenlabs }: Doubles) => (elevenlabs.behaviour.breakAfterMs = 1500)],
    ['the recogniser hears and says nothing', ({ deepgram }: Doubles) => (deepgram.behaviour.mute = true)],
    [
      'the recogniser is cut off in the middle of a word',
      ({ deepgram }: Doubles) => (deepgram.behaviour.closeInSpeech = { code: 1011, reason: 'NET-0000' }),
    ],
  ])('hears something soon, and the answer, when %s', async (_what, breaks) => {
    const heard = await ask({ breaks });
    expect(Math.max(...heard.silences)).toBeLessThan(longestSilenceMs);
    expect(heard.turns.at(-1)).toMatch(/^agent: We are open/);
    expect(heard.row).toMatchObject({ outcome: 'completed', endReason: 'caller_hung_up' });
  });

  it.each([
    [
      'the language model',
      'llm_failed',
      'openrouter-llm',
      ({ openrouter }: Doubles) => (openrouter.behaviour.refuse = { status: 503 }),
    ],
    [
      'the voice',
      'tts_failed',
      'elevenlabs-tts',
      ({ elevenlabs }: Doubles) => {
        elevenlabs.behaviour.refuse = { status: 503, detail: 'down' };
        elevenlabs.dropAll();
      },
    ],
    [
      'the recogniser',
      'stt_failed',
      'deepgram-stt',
      ({ deepgram }: Doubles) => {
        deepgram.behaviour.refuse = { status: 503, code: 'DOWN', message: 'down' };
        deepgram.dropAll();
      },
    ],
  ] as const)(
    'is told so, and the call ends, when nobody stands in for %s',
    async (_what, reason, provider, breaks) => {
      const heard = await ask({ standby: false, breaks });
      expect(heard.row.endReason).toBe(reason);
      // An answer without a sound was not said.
      if (reason === 'tts_failed') expect(heard.turns.join()).not.toContain('We are open');
      expect(heard.end).toMatchObject({ fault: 'provider', provider, detail: expect.stringContaining(provider) });
      // 34 characters of 60 ms: the last sentence was heard whole, and soon.
      const last = heard.turn.agentSpeech.at(-1)!;
      expect(last.endMs! - last.startMs).toBeGreaterThan(1_500);
      expect(Math.max(...heard.silences)).toBeLessThan(longestSilenceMs);
    },
  );

  it('hears a filler while a tool takes its time, then the answer', async () => {
    const heard = await ask({
      staysMs: 8_000,
      deps: { messages: { insertMessage: () => sleep(4_500) as never } },
      breaks: ({ openrouter }) => {
        openrouter.behaviour.reply = ({ messages }) =>
          messages.some(({ role }) => role === 'tool')
            ? 'We are open again, and I have kept that.'
            : { toolCalls: [{ name: 'take-message', args: { message: 'Call me back.' } }] };
      },
    });
    expect(heard.fillers[0]).toMatchObject({ stage: 'tool', text: 'One moment, please.' });
    expect(Math.max(...heard.silences)).toBeLessThan(longestSilenceMs);
    expect(heard.turns.at(-1)).toMatch(/^agent: We are open again/);
  });
});
