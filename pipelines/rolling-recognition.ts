import { AsyncIterableQueue, stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { createUtterances } from './engine/utterances.ts';
import { heard, speechEnds, speechStarts } from './heard.ts';
import { frameSeconds } from './pcm.ts';
import { type AudioItem, flush } from './transcriber.ts';

/**
 * All words since the stream began, and up to which second of audio they are worked out. `isSettled`: the server itself
 * says that nothing is pending.
 */
export type RollingUpdate = { text: string; coversSeconds: number; isSettled?: boolean };

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
  let awaited: { utterance: number; speechEndSeconds: number } | undefined;
  let paused: { atSeconds: number; told: string } | undefined;
  let utterance = 0;
  let last: RollingUpdate = { text: '', coversSeconds: 0 };
  let endedAtMs = Number.NEGATIVE_INFINITY;
  let audioEnded = false;
  let timer: NodeJS.Timeout | undefined;
  const settle = function* () {
    clearTimeout(timer);
    awaited = undefined;
    endedAtMs = performance.now();
    const text = words.take();
    if (text) yield heard('final', { text, language });
    yield speechEnds;
  };
  /** What was said before a pause, once the server has worked it out. */
  const draft = function* () {
    if (!paused || !words.hasNews || !isComplete(last, paused.atSeconds) || words.rest === paused.told) return;
    paused.told = words.rest;
    yield { ...heard('interim', { text: words.rest, language }), type: PREFLIGHT_TRANSCRIPT };
  };
  try {
    for await (const item of items) {
      if (item.kind === 'update') {
        const repeated = item.update.text === last.text;
        const news = words.update(item.update.text);
        last = item.update;
        if (awaited && (repeated || isComplete(last, awaited.speechEndSeconds))) yield* settle();
        else if (speaking || awaited) {
          if (news) yield heard('interim', { text: news, language });
          yield* draft();
        } else {
          const late = words.take();
          if (late && performance.now() - endedAtMs < lateWordsMs) yield heard('final', { text: late, language });
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
        utterance += 1;
        awaited = { utterance, speechEndSeconds: item.seconds };
        if (words.hasNews && isComplete(last, item.seconds)) yield* settle();
        else timer = setTimeout(put, settleMs, { kind: 'settle', utterance });
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

function isComplete({ coversSeconds, isSettled }: RollingUpdate, speechEndSeconds: number): boolean {
  return isSettled === true || coversSeconds >= speechEndSeconds - toleranceSeconds;
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

/** Which of the words were already given away as final. A recogniser may still correct those; they are not said again. */
class RollingWords {
  #words: string[] = [];
  #taken = 0;

  get hasNews(): boolean {
    return this.#words.length > this.#taken;
  }

  /** The words that are not final yet. */
  get rest(): string {
    return this.#words.slice(this.#taken).join(' ');
  }

  /** The words that are not final yet, if they changed. */
  update(text: string): string | undefined {
    const before = this.rest;
    this.#words = text.split(/\s+/).filter(Boolean);
    const { rest } = this;
    return rest && rest !== before ? rest : undefined;
  }

  take(): string {
    const { rest } = this;
    this.#taken = Math.max(this.#taken, this.#words.length);
    return rest;
  }
}
