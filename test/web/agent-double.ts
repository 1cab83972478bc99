import {
  AudioFrame,
  AudioSource,
  LocalAudioTrack,
  type RemoteTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
} from '@livekit/rtc-node';
import { openEar } from '../../src/caller/ear.ts';
import type { Turn, TurnLatency } from '../../src/calls/call.ts';
import { latencyJson } from '../../src/calls/end/latency-json.ts';
import { turnJson } from '../../src/calls/end/turn-json.ts';
import { babble } from './voice.ts';

const rateHz = 48_000;
const frameSamples = rateHz / 100;
const tick = 20;

/** What the agent believes to have heard, and what it says to that. */
export type Exchange = { heard: string; answer: string };

export const latency = { endOfTurnMs: 420, sttMs: 260, llmFirstTokenMs: 180, ttsFirstAudioMs: 150, totalMs: 750 };

/**
 * An agent on the far end of the page: greets, answers each utterance a fixed time after it ended, tells what happens on
 * `parley.events`, and hangs up after the last answer. Its words appear as a text stream while it speaks.
 */
export async function startAgent(options: {
  url: string;
  token: string;
  greeting: string;
  exchanges: readonly Exchange[];
  /** Stays on the line after the last answer. */
  stays?: boolean;
  /** The call is over as far as the agent is concerned. */
  onGoodbye: (turns: Turn[]) => void;
}) {
  const room = new Room();
  const source = new AudioSource(rateHz, 1);
  const turns: Turn[] = [];
  const aborted = new AbortController();
  const startedMs = performance.now();
  let ear: ReturnType<typeof openEar> | undefined;
  /** Utterances of the caller that were answered. */
  let answered = 0;

  const sinceStart = () => Math.round(performance.now() - startedMs);

  async function tell(type: string, data: Record<string, unknown>): Promise<void> {
    const message = JSON.stringify({ type, at: new Date().toISOString(), data });
    await room.localParticipant?.publishData(new TextEncoder().encode(message), {
      reliable: true,
      topic: 'parley.events',
    });
  }

  async function say(text: string, measured?: TurnLatency): Promise<void> {
    const turn: Turn = {
      index: turns.length,
      role: 'agent' as const,
      text,
      startedMs: sinceStart(),
      endedMs: 0,
      interrupted: false,
      ...(measured && { latency: measured }),
    };
    turns.push(turn);
    await tell('agent.state', { state: 'speaking' });
    if (measured) await tell('turn.latency', { index: turn.index, latency: latencyJson<number>(measured) });
    const words = text.split(' ');
    const written = write(words);
    // It is waited for below; an agent that is closed meanwhile may stop it before.
    written.catch(() => undefined);
    const pcm = babble({ ms: words.length * 180, pitchHz: 210 });
    for (let at = 0; at < pcm.length && !aborted.signal.aborted; at += frameSamples) {
      const samples = new Int16Array(frameSamples);
      samples.set(pcm.subarray(at, at + frameSamples));
      await source.captureFrame(new AudioFrame(samples, rateHz, 1, frameSamples));
    }
    await source.waitForPlayout();
    await written;
    turn.endedMs = sinceStart();
    await tell('turn.agent', turnJson(turn));
    await tell('agent.state', { state: 'listening' });
  }

  /** The words of the agent, as they are spoken. */
  async function write(words: readonly string[]): Promise<void> {
    const stream = await room.localParticipant?.streamText({
      topic: 'lk.transcription',
      attributes: { 'lk.segment_id': `segment-${turns.length}`, 'lk.transcription_final': 'false' },
    });
    for (const [index, word] of words.entries()) {
      await stream?.write(index === 0 ? word : ` ${word}`);
      await wait(170);
    }
    await stream?.close();
  }

  /** Follows the next utterance of the caller to its end. */
  async function hear(text: string): Promise<void> {
    const words = text.split(' ');
    let told = 0;
    for (;;) {
      aborted.signal.throwIfAborted();
      const segment = ear?.segments[answered];
      if (segment && told < words.length) {
        const said = Math.min(words.length, Math.floor((performance.now() - segment.startMs) / 200));
        if (said > told) await tell('turn.caller_partial', { text: words.slice(0, said).join(' ') });
        told = Math.max(told, said);
      }
      if (segment?.endMs != null && performance.now() - segment.endMs >= latency.endOfTurnMs) {
        answered += 1;
        const turn: Turn = {
          index: turns.length,
          role: 'caller' as const,
          text,
          interrupted: false,
          startedMs: segment.startMs - startedMs,
          endedMs: segment.endMs - startedMs,
        };
        turns.push(turn);
        await tell('turn.caller', turnJson(turn));
        return;
      }
      await wait(tick);
    }
  }

  async function converse(): Promise<void> {
    while (!ear) await wait(tick);
    await wait(300);
    await say(options.greeting);
    // What was said over the greeting is not answered.
    answered = ear.segments.filter(({ endMs }) => endMs !== null).length;
    for (const { heard, answer } of options.exchanges) {
      await hear(heard);
      await tell('agent.state', { state: 'thinking' });
      await wait(latency.totalMs - latency.endOfTurnMs);
      await say(answer, latency);
    }
    if (options.stays) return;
    await tell('tool.called', { name: 'end-call' });
    await tell('call.ended', { outcome: 'completed', end_reason: 'agent_goodbye', hung_up_by: 'agent' });
    await wait(300);
    options.onGoodbye(turns);
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        aborted.signal.removeEventListener('abort', done);
        if (aborted.signal.aborted) reject(new Error('The agent was closed.'));
        else resolve();
      }
      aborted.signal.addEventListener('abort', done);
    });
  }

  room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
    ear ??= openEar(track, {});
  });
  await room.connect(options.url, options.token, { autoSubscribe: true, dynacast: false });
  const publish = new TrackPublishOptions();
  publish.source = TrackSource.SOURCE_MICROPHONE;
  await room.localParticipant?.publishTrack(LocalAudioTrack.createAudioTrack('voice', source), publish);
  const conversing = converse().catch((error: unknown) => {
    if (!aborted.signal.aborted) throw error;
  });

  return {
    turns,
    /** What reached the agent of the caller's voice. */
    heard: () => ear?.segments ?? [],
    async close() {
      aborted.abort();
      await conversing;
      await ear?.close();
      await room.disconnect();
      await source.close();
    },
  };
}
