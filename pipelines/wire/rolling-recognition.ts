import { AsyncIterableQueue, stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { createUtterances } from '../engine/utterances.ts';
import { heard, speechEnds, speechStarts } from '../text/heard.ts';
import { frameSeconds } from './pcm.ts';
import { RollingWords } from './rolling-words.ts';
import { type AudioItem, flush } from './transcriber.ts';

/**
 * All words since the stream began, and up to which second of audio they are worked out. `isSettled`: the server itself
 * says that nothing is pending. `isSame`: it went over the audio once more and heard the same.
 */
export type RollingUpdate = { text: string; coversSeconds: number; isSettled?: boolean; isSame?: boolean };

/** A recogniser that tells its whole text again and again, and never says that an utterance is over. */
export type RollingServer = {
  send(frame: AudioFrame): void;
  /** Ends when the server closes after `finish`. @throws ProviderError */
  updates(): AsyncIterable<RollingUpdate>;
  /** No more audio. */
  finish(): void;
};

const { PREFLIGHT_TRANSCRIPT } = stt.SpeechEventType;

type Item =
  | { kind: 'update'; update: RollingUpdate }
  | { kind: 'speech starts' }
  /** `seconds`: where the speech stopped, perhaps for good. */
  | { kind: 'speech pauses'; seconds: number }
  | { kind: 'speech goes on' }
  | { kind: 'speech ends'; seconds: number }
  | { kind: 'settle'; utterance: number }
  | { kind: 'audio ends' }
  | { kind: 'server ends'; error?: unknown };

/** The recogniser's times and ours differ by about this much; a word is longer. */
const toleranceSeconds = 0.1;
/** Words that come later than this after an utterance are an invention of the recogniser, not of the caller. */
const lateWordsMs = 2_000;
/** The same while the recogniser has not come to the end of that utterance: a busy machine is seconds behind. */
const lateWordsOfBusyServerMs = 15_000;
/** Silence after which an answer is worth preparing, long before it ends the utterance. */
const pauseMs = 100;

/**
 * Interim and final transcripts from such a server. Our own voice activity tells when an utterance is over; its text is
 * final when the server has worked it out, or said the same twice, or when `settleMs` have passed. In a pause the text so
 * far is told as a preflight, so that an answer to it can be prepared.
 */
export async function* rollingRecognition(job: {
  server: RollingServer;
  audio: AsyncIterable<AudioItem>;
  language: string;
  endSilenceMs: number;
  settleMs: number;
}): AsyncGenerator<stt.SpeechEvent> {
  const { server, language, settleMs } = job;
  const items = new AsyncIterableQueue<Item>();
  const put = (item: Item) => {
    if (!items.closed) items.put(item);
  };
  void listen(job, put);
  void follow(server, put);

  const words = new RollingWords();
  let speaking = false;
  /** `isLate`: its end was told already. */
  let awaited: { utterance: number; speechEndSeconds: number; isLate?: boolean } | undefined;
  let paused: { atSeconds: number; told: string } | undefined;
  let utterance = 0;
  let last: RollingUpdate = { text: '', coversSeconds: 0 };
  let ended = { atMs: Number.NEGATIVE_INFINITY, speechEndSeconds: 0, isLate: false };
  let audioEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const settle = function* () {
    clearTimeout(timer);
    const { isLate, speechEndSeconds } = awaited ?? ended;
    if (!isLate) ended = { atMs: performance.now(), speechEndSeconds, isLate: false };
    awaited = undefined;
    const text = words.take();
    if (text) yield heard('final', { text, language });
    if (!isLate) yield speechEnds;
  };
  // A server that pauses says so also while the next words are still on their way.
  const isComplete = (speechEndSeconds: number) =>
    (last.isSettled && words.hasNews) || last.coversSeconds >= speechEndSeconds - toleranceSeconds;
  const wait = (speechEndSeconds: number, isLate = false) => {
    utterance += 1;
    awaited = { utterance, speechEndSeconds, isLate };
    timer = setTimeout(put, settleMs, { kind: 'settle', utterance });
  };
  /** What was said before a pause, once the server has worked it out. */
  const draft = function* () {
    if (!paused || !words.hasNews || !isComplete(paused.atSeconds) || words.rest === paused.told) return;
    paused.told = words.rest;
    yield { ...heard('interim', { text: words.rest, language }), type: PREFLIGHT_TRANSCRIPT };
  };
  try {
    for await (const item of items) {
      if (item.kind === 'update') {
        const wasBehind = last.coversSeconds < ended.speechEndSeconds - toleranceSeconds;
        const news = words.update(item.update.text);
        last = item.update;
        if (news && !speaking && !awaited) {
          const limitMs = wasBehind ? lateWordsOfBusyServerMs : lateWordsMs;
          if (performance.now() - ended.atMs < limitMs) wait(ended.speechEndSeconds, true);
          else words.take();
        }
        if (awaited && (last.isSame || isComplete(awaited.speechEndSeconds))) yield* settle();
        else if (speaking || awaited) {
          if (news) yield heard('interim', { text: news, language });
          yield* draft();
        }
      } else if (item.kind === 'speech starts') {
        if (awaited) yield* settle();
        speaking = true;
        yield speechStarts;
      } else if (item.kind === 'speech pauses') {
        paused = { atSeconds: item.seconds, told: '' };
        yield* draft();
      } else if (item.kind === 'speech goes on') {
        paused = undefined;
      } else if (item.kind === 'speech ends') {
        speaking = false;
        paused = undefined;
        wait(item.seconds);
        if (words.hasNews && isComplete(item.seconds)) yield* settle();
      } else if (item.kind === 'settle') {
        if (awaited?.utterance === item.utterance) yield* settle();
      } else if (item.kind === 'audio ends') audioEnded = true;
      else {
        if (item.error) throw item.error;
        if (awaited) yield* settle();
        return;
      }
      if (audioEnded && !awaited) {
        server.finish();
        return;
      }
    }
  } finally {
    clearTimeout(timer);
    items.close();
  }
}

async function listen(
  { server, audio, endSilenceMs }: { server: RollingServer; audio: AsyncIterable<AudioItem>; endSilenceMs: number },
  put: (item: Item) => void,
): Promise<void> {
  try {
    const utterances = createUtterances({ endSilenceMs });
    let heardSeconds = 0;
    let isPaused = false;
    const tell = (events: ReturnType<typeof utterances.end>, silenceMs: number) => {
      for (const event of events) {
        if (event.kind === 'start') put({ kind: 'speech starts' });
        if (event.kind === 'pause' && event.silenceMs >= pauseMs) {
          if (!isPaused) put({ kind: 'speech pauses', seconds: heardSeconds - event.silenceMs / 1000 });
          isPaused = true;
        } else if (isPaused && event.kind !== 'pause') {
          if (event.kind === 'speech') put({ kind: 'speech goes on' });
          isPaused = false;
        }
        if (event.kind === 'end' && !event.more)
          put({ kind: 'speech ends', seconds: event.endSeconds - silenceMs / 1000 });
      }
    };
    for await (const item of audio) {
      if (item === flush) tell(utterances.end(), 0);
      else {
        server.send(item);
        heardSeconds += frameSeconds(item);
        tell(await utterances.hear(item), endSilenceMs);
      }
    }
    tell(utterances.end(), 0);
    put({ kind: 'audio ends' });
  } catch (error) {
    put({ kind: 'server ends', error });
  }
}

async function follow(server: RollingServer, put: (item: Item) => void): Promise<void> {
  try {
    for await (const update of server.updates()) put({ kind: 'update', update });
    put({ kind: 'server ends' });
  } catch (error) {
    put({ kind: 'server ends', error });
  }
}
