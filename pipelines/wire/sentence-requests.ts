import { AsyncIterableQueue } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { Attempt } from '../fallback/attempt.ts';
import { messageOf } from '../failure.ts';
import { ProviderError } from '../errors.ts';
import { speechChunks } from '../text/speech-chunks.ts';
import type { SpeakRequest, Spoken } from './voice.ts';

type Piece = { end: number; frames: AsyncIterableQueue<AudioFrame> };

/**
 * Speech from a server that speaks one text per request: the sentences are asked for while earlier ones sound, at most
 * `concurrency` at once, and are heard in order. `synthesize` delivers the sound of one text as it comes.
 */
export async function* sentenceRequests(job: {
  provider: string;
  /** The setting to look at when no sound comes. */
  setting?: string;
  request: SpeakRequest;
  concurrency: number;
  /** Milliseconds from a request to its first sound, and between two pieces of it. */
  audioTimeoutMs: number;
  synthesize: (text: string, signal: AbortSignal) => AsyncIterable<AudioFrame>;
}): AsyncGenerator<Spoken> {
  const { provider, setting, request, concurrency, audioTimeoutMs, synthesize } = job;
  const cure = setting && `Check the server of ${setting}, or raise the option audioTimeoutMs.`;
  const attempt = new Attempt(provider, request.signal);
  const pieces = new AsyncIterableQueue<Piece>();
  const slots = new AsyncIterableQueue<true>();
  // The first sentence has the server to itself until it sounds: a second would only delay it.
  slots.put(true);
  let sounded = false;
  const onSound = () => {
    if (!sounded) for (let slot = 1; slot < concurrency && !slots.closed; slot += 1) slots.put(true);
    sounded = true;
  };
  const end = () => {
    if (!pieces.closed) pieces.close();
    if (!slots.closed) slots.close();
  };
  attempt.signal.addEventListener('abort', end, { once: true });

  const fetchPiece = async (text: string, { frames }: Piece) => {
    const one = new Attempt(provider, attempt.signal, cure);
    try {
      one.expect('audio', audioTimeoutMs);
      for await (const frame of synthesize(text, one.signal)) {
        one.expect('further audio', audioTimeoutMs);
        frames.put(frame);
        onSound();
      }
    } catch (error) {
      const reason = one.reason(error);
      if (!attempt.signal.aborted)
        attempt.fail(
          reason instanceof ProviderError ? reason : new ProviderError('provider_failed', provider, messageOf(reason)),
        );
    } finally {
      one.end();
      frames.close();
      if (!slots.closed) slots.put(true);
    }
  };
  const ask = async () => {
    for await (const chunk of speechChunks(request.text)) {
      const { done } = await slots.next();
      if (done || attempt.signal.aborted) return;
      request.started();
      const piece: Piece = { end: chunk.end, frames: new AsyncIterableQueue() };
      pieces.put(piece);
      void fetchPiece(chunk.text.trim(), piece);
    }
    if (!pieces.closed) pieces.close();
  };
  try {
    void ask();
    let spoken = 0;
    for await (const piece of pieces) {
      for await (const frame of piece.frames) yield { frame, characters: spoken };
      if (attempt.signal.aborted) break;
      spoken = piece.end;
    }
    attempt.signal.throwIfAborted();
  } catch (error) {
    if (!request.signal.aborted) throw attempt.reason(error);
  } finally {
    end();
    // What was asked for ahead is of no use any more.
    if (!attempt.signal.aborted) attempt.fail(new ProviderError('provider_failed', provider, 'the listener is gone.'));
    attempt.end();
  }
}
