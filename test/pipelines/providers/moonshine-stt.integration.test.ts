import { setTimeout as delay } from 'node:timers/promises';
import { initializeLogger, stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moonshineStt } from '../../../pipelines/providers/moonshine-stt.ts';
import { contextOf } from '../engine/provider-context.ts';
import { fetchMs, startRealEngine } from '../engine/real-engine.ts';
import { joined, wordErrorRate } from '../engine/words.ts';

/** The machine that runs the tests may be busy with others. */
const patient = { timeoutMs: 30_000 };

let host: Awaited<ReturnType<typeof startRealEngine>>;
let recognizer: stt.STT;
beforeAll(async () => {
  initializeLogger({ pretty: false, level: 'silent' });
  host = await startRealEngine();
  recognizer = moonshineStt.create(moonshineStt.options.parse(patient), contextOf(host.client));
}, fetchMs);
afterAll(() => host?.close());

const {
  START_OF_SPEECH,
  INTERIM_TRANSCRIPT,
  PREFLIGHT_TRANSCRIPT,
  FINAL_TRANSCRIPT,
  END_OF_SPEECH,
  RECOGNITION_USAGE,
} = stt.SpeechEventType;
const silence = (seconds: number) => new Int16Array(16_000 * seconds);

async function speak(text: string): Promise<Int16Array> {
  const pieces: Int16Array[] = [];
  await host.client.synthesize(text, { onAudio: (pcm) => pieces.push(pcm) });
  return joined(pieces);
}

function framesOf(pcm: Int16Array): AudioFrame[] {
  return Array.from({ length: Math.ceil(pcm.length / 320) }, (_, index) => {
    const data = pcm.slice(index * 320, index * 320 + 320);
    return new AudioFrame(data, 16_000, 1, data.length);
  });
}

/** All events of a stream that hears this audio, at the pace of a call or all at once. */
async function hear(pcm: Int16Array, { realTime = false, midway = () => {} } = {}): Promise<stt.SpeechEvent[]> {
  const stream = recognizer.stream();
  const frames = framesOf(pcm);
  const feed = async () => {
    const startedMs = performance.now();
    for (const [index, frame] of frames.entries()) {
      if (realTime) await delay(Math.max(0, startedMs + index * 20 - performance.now()));
      if (index === frames.length >> 1) midway();
      stream.pushFrame(frame);
    }
    stream.endInput();
  };
  const events: stt.SpeechEvent[] = [];
  await Promise.all([
    feed(),
    (async () => {
      for await (const event of stream) events.push(event);
    })(),
  ]);
  stream.close();
  return events;
}

const textsOf = (events: stt.SpeechEvent[], type: stt.SpeechEventType) =>
  events.filter((event) => event.type === type).map((event) => event.alternatives?.[0].text ?? '');

describe('Moonshine', { timeout: 90_000 }, () => {
  it('gives the words of a caller, between the start and the end of the speech', async () => {
    const said = 'I would like to book an appointment for Thursday afternoon.';
    const events = await hear(joined([silence(0.5), await speak(said), silence(1)]));
    expect(wordErrorRate(said, textsOf(events, FINAL_TRANSCRIPT).join(' '))).toBeLessThan(0.2);
    const order = events
      .map(({ type }) => type)
      .filter((type) => type !== INTERIM_TRANSCRIPT && type !== PREFLIGHT_TRANSCRIPT);
    expect(order).toEqual([START_OF_SPEECH, FINAL_TRANSCRIPT, RECOGNITION_USAGE, END_OF_SPEECH]);
    const final = events.find(({ type }) => type === FINAL_TRANSCRIPT)?.alternatives?.[0];
    expect(final?.startTime).toBeGreaterThan(0);
    expect(final?.startTime).toBeLessThan(1);
    expect(final?.endTime).toBeGreaterThan(2);
    const usage = events.find(({ type }) => type === RECOGNITION_USAGE)?.recognitionUsage?.audioDuration ?? 0;
    expect(usage).toBeGreaterThan(2);
    expect(usage).toBeLessThan(6);
  });

  it('has the text before the utterance counts as over, and says how far it is while the caller speaks', async () => {
    const said = 'My name is Sarah Connor and I would like to speak with the doctor.';
    const events = await hear(joined([await speak(said), silence(1)]), { realTime: true });
    const types = events.map(({ type }) => type);
    expect(types.indexOf(INTERIM_TRANSCRIPT)).toBeGreaterThan(0);
    expect(types.indexOf(INTERIM_TRANSCRIPT)).toBeLessThan(types.indexOf(FINAL_TRANSCRIPT));
    const drafts = textsOf(events, PREFLIGHT_TRANSCRIPT);
    const [final] = textsOf(events, FINAL_TRANSCRIPT);
    if (drafts.length > 0) expect(drafts.at(-1)).toBe(final);
    expect(wordErrorRate(said, final ?? '')).toBeLessThan(0.25);
  });

  it('keeps two utterances apart', async () => {
    const pcm = joined([await speak('Good morning.'), silence(1), await speak('What time do you close?'), silence(1)]);
    const finals = textsOf(await hear(pcm), FINAL_TRANSCRIPT);
    expect(finals).toHaveLength(2);
    expect(finals[1]?.toLowerCase()).toContain('close');
  });

  it('gives what was said when the audio ends in the middle of the speech', async () => {
    const spoken = await speak('Please call me back tomorrow.');
    const [final] = textsOf(await hear(spoken.subarray(0, spoken.length - 1600)), FINAL_TRANSCRIPT);
    expect(final?.toLowerCase()).toContain('call me back');
  });

  it('gives what was said so far when it is flushed', async () => {
    const stream = recognizer.stream();
    for (const frame of framesOf(await speak('Please call me back tomorrow.'))) stream.pushFrame(frame);
    stream.flush();
    for await (const event of stream) if (event.type === FINAL_TRANSCRIPT) break;
    stream.close();
  });

  it('transcribes a caller who does not pause for a quarter of a minute', async () => {
    const said =
      'I would like to change my appointment because my daughter has a football match in the afternoon and I have to drive her there ' +
      'before I can go back to work and finish the letters that my manager gave me yesterday evening when everybody else had already left the building';
    const finals = textsOf(await hear(joined([await speak(said), silence(1)])), FINAL_TRANSCRIPT);
    expect(finals.length).toBeGreaterThan(1);
    expect(wordErrorRate(said, finals.join(' '))).toBeLessThan(0.25);
  });

  it.each([
    ['white noise', () => Math.random() * 16_000 - 8000],
    ['a dial tone', (index: number) => 8000 * (Math.sin(index * 0.137) + Math.sin(index * 0.173)) * 0.5],
    ['clicks', (index: number) => (index % 4000 < 40 ? 20_000 : 0)],
    ['silence', () => 0],
  ])('makes no words of %s', async (_name, sample) => {
    const noise = Int16Array.from({ length: 80_000 }, (_, index) => sample(index));
    expect(textsOf(await hear(noise), FINAL_TRANSCRIPT)).toEqual([]);
  });

  it('loses nothing when the engine crashes while the caller speaks', async () => {
    const said = 'I would like to leave a message for the doctor.';
    const { pid } = host.engine;
    const pcm = joined([await speak(said), silence(1)]);
    const events = await hear(pcm, { realTime: true, midway: () => process.kill(pid as number, 'SIGKILL') });
    expect(host.engine.pid).not.toBe(pid);
    expect(wordErrorRate(said, textsOf(events, FINAL_TRANSCRIPT).join(' '))).toBeLessThan(0.3);
  });

  it('transcribes a whole recording', async () => {
    const said = 'What time do you open on Monday?';
    const event = await recognizer.recognize(framesOf(await speak(said)));
    expect(wordErrorRate(said, event.alternatives?.[0].text ?? '')).toBeLessThan(0.35);
  });

  it('is checked with a real request', async () => {
    const options = moonshineStt.options.parse({});
    expect(await moonshineStt.check(options, { engine: host.client, timeoutMs: 20_000 })).toMatchObject({ ok: true });
    const without = await moonshineStt.check(options, { timeoutMs: 1000 });
    expect(without).toMatchObject({ ok: false, message: expect.stringContaining('PARLEY_EMBEDDED=1') });
  });
});
