import { setTimeout as delay } from 'node:timers/promises';
import type { CallerReport } from '../../src/caller/caller-report.ts';
import type { CallerMoment } from '../../src/caller/run-caller.ts';
import { speech, twoSentences } from '../conversation.ts';
import { type Behaviours, cloudDelaysMs, cloudProviders, type Doubles, lanProviders } from '../doubles.ts';
import type { Bench, Figures, Scenario } from '../scenario.ts';
import type { System } from '../../src/load/system.ts';

type Role = 'stt' | 'llm' | 'tts';

/** When each provider breaks: the ears while the caller speaks, the brain before its first word, the voice in a sentence. */
const breaks: Record<Role, { moment: CallerMoment; afterMs: number }> = {
  stt: { moment: 'speaks', afterMs: 700 },
  llm: { moment: 'has spoken', afterMs: 400 },
  tts: { moment: 'is answered', afterMs: 1200 },
};

const doubleOf = { stt: 'deepgram', llm: 'openrouter', tts: 'elevenlabs' } as const;

/** Sound per character of both voices, milliseconds. */
const msPerCharacter = 60;

/** Some calls lose one provider at the same moment, in another phase each, and servers of the LAN stand in. */
export const failover = {
  name: 'failover',
  compared: true,
  async run(bench) {
    const figures: Figures = {};
    const all: Outcome[] = [];
    for (const role of ['stt', 'llm', 'tts'] as const) {
      const outcomes: Outcome[] = [];
      for (const how of ['die', 'stall'] as const) outcomes.push(...(await lose(bench, { role, how })));
      figures[`failover_${role}_ms_max`] = worst(outcomes);
      all.push(...outcomes);
    }
    figures['failover_ms_max'] = worst(all);
    figures['failovers'] = all.length;
    figures['failovers_not_whole'] = all.filter(({ isWhole }) => !isWhole).length;
    return figures;
  },
} as const satisfies Scenario;

type Outcome = { silenceMs: number | null; isWhole: boolean };

/** Null: at least one caller never heard the answer, or its end. */
function worst(outcomes: readonly Outcome[]): number | null {
  const silences = outcomes.map(({ silenceMs }) => silenceMs);
  return silences.includes(null) ? null : Math.round(Math.max(...silences.map(Number)));
}

async function lose(bench: Bench, { role, how }: { role: Role; how: 'die' | 'stall' }): Promise<Outcome[]> {
  const calls = bench.quick ? 2 : 4;
  const { deepgram, openrouter, elevenlabs } = cloudProviders(twoSentences, cloudDelaysMs);
  const hosted = {
    deepgram,
    openrouter,
    // Little faster than it is spoken: a voice that has said everything already cannot break in a sentence.
    elevenlabs: { ...elevenlabs, speedUp: 1.5, msPerCharacter },
  };
  const broken = await bench.startDoubles({ [doubleOf[role]]: hosted[doubleOf[role]] });
  const rest: Behaviours = { ...hosted, ...lanProviders(twoSentences) };
  delete rest[doubleOf[role]];
  const others = await bench.startDoubles(rest);
  const settings = { ...others.settings, ...broken.settings };
  const system = await bench.start({ calls, settings, admitAll: true, withFallbacks: true });
  try {
    const breakOnce = once(() => broken[how]());
    return await Promise.all(
      Array.from({ length: calls }, async (_, index) => {
        await delay(index * 350);
        return talk(bench, { system, role, breakOnce });
      }),
    );
  } finally {
    await system.stop();
    await Promise.all([broken, others].map((doubles: Doubles) => doubles.stop()));
  }
}

async function talk(
  bench: Bench,
  { system, role, breakOnce }: { system: System; role: Role; breakOnce: () => void },
): Promise<Outcome> {
  const { callId, ...room } = await system.openRoom();
  const { moment, afterMs } = breaks[role];
  const report = await bench.fleet.call(
    // A gap in the answer is no end of it.
    { ...room, script: [{ say: speech('hours') }], timeoutSeconds: 50, agentFinishedMs: 3500, replyTimeoutMs: 20_000 },
    (_step, passed) => void (passed === moment && setTimeout(breakOnce, afterMs)),
  );
  // What was said last is still being written.
  await delay(1500);
  const said = callId ? await system.reportOf?.(callId) : undefined;
  return outcomeOf(report, { role, words: said?.turns.at(-1)?.text });
}

/** The longest silence in which the caller waited, and whether they heard all there was to say. */
function outcomeOf(report: CallerReport, { role, words }: { role: Role; words: string | undefined }): Outcome {
  const turn = report.turns[1];
  if (!turn || turn.responseMs === null) return { silenceMs: null, isWhole: false };
  const soundMs = turn.agentSpeech.reduce((sum, { startMs, lastMs }) => sum + lastMs - startMs, 0);
  const lastSentence = twoSentences.split('. ').at(-1)!;
  const isWhole =
    soundMs >= 0.8 * twoSentences.length * msPerCharacter && (words === undefined || words.includes(lastSentence));
  // The voice breaks after the answer has begun; who does not hear the end of it waits for ever.
  const silenceMs = Math.max(...(role === 'tts' ? [0] : [turn.responseMs]), ...turn.gapsMs);
  return { silenceMs: isWhole ? silenceMs : null, isWhole };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
