import { AsyncIterableQueue } from '@livekit/agents';
import { z } from 'zod';
import { elevenlabsFailure, elevenlabsRefusal } from './elevenlabs-failure.ts';
import { ProviderError } from '../errors.ts';
import { Socket } from './socket.ts';

const serverMessage = z.object({
  audio: z.string().nullish(),
  isFinal: z.boolean().nullish(),
  contextId: z.string().nullish(),
  alignment: z.object({ chars: z.array(z.string()).optional() }).nullish(),
  message: z.string().nullish(),
  error: z.string().nullish(),
  code: z.number().nullish().catch(undefined),
});
type ServerMessage = z.output<typeof serverMessage>;
type ElevenLabsMessage = Pick<ServerMessage, 'audio' | 'alignment'>;

/** A sixth context would make the server close the socket. One is left free, because an ended one lingers a moment. */
const mostContexts = 4;

/** One `multi-stream-input` socket with the contexts that speak over it. */
export class ElevenLabsConnection {
  readonly #socket: Socket;
  readonly #inboxes = new Map<string, AsyncIterableQueue<ElevenLabsMessage>>();
  /** Contexts the server has not yet confirmed as ended. */
  readonly #open = new Set<string>();
  readonly #received: Promise<void>;
  #failure: ProviderError | undefined;
  #retired = false;

  static async open(request: { url: string; apiKey: string; timeoutMs: number; signal: AbortSignal }) {
    const socket = await Socket.open({
      provider: 'elevenlabs-tts',
      url: request.url,
      setting: 'ELEVENLABS_URL',
      headers: { 'xi-api-key': request.apiKey },
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      refused: ({ status, headers, body }) => elevenlabsRefusal(status, body, headers['retry-after']),
      closed: (code, reason) => {
        if (code === 1000) return undefined;
        // A reason is one of the words of its API; without one the network or the server went away.
        if (reason) return elevenlabsFailure({ status: code, code: reason, message: '' });
        return new ProviderError(
          'unreachable',
          'elevenlabs-tts',
          `the connection broke (${code}). Check the network and ELEVENLABS_URL.`,
        );
      },
    });
    return new ElevenLabsConnection(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#received = this.#receive();
  }

  get hasRoom(): boolean {
    return this.#socket.isOpen && !this.#retired && this.#open.size < mostContexts;
  }

  /** Why it ended, where it did not end as it should. */
  get failure(): ProviderError | undefined {
    return this.#failure;
  }

  /** The server may have said why just before it hung up. @throws ProviderError where it did */
  async throwIfEnded(): Promise<void> {
    if (this.#socket.isOpen) return;
    await this.#received;
    throw (
      this.#failure ??
      new ProviderError('unreachable', 'elevenlabs-tts', 'the server hung up at once. Check ELEVENLABS_URL.')
    );
  }

  /** Starts a context. The returned messages end with its last one, with the signal, or with the connection. */
  start(contextId: string, voiceSettings: Record<string, number>): AsyncIterableQueue<ElevenLabsMessage> {
    const inbox = new AsyncIterableQueue<ElevenLabsMessage>();
    this.#inboxes.set(contextId, inbox);
    this.#open.add(contextId);
    if (!this.#socket.isOpen) inbox.close();
    this.#send({ text: ' ', context_id: contextId, voice_settings: voiceSettings });
    return inbox;
  }

  say(contextId: string, text: string): void {
    this.#send({ text, context_id: contextId, flush: true });
  }

  /** No more text: what was said is spoken to its end, unless nobody listens any more. */
  end(contextId: string): void {
    this.#send({ context_id: contextId, close_context: true });
  }

  /** The listener is gone. */
  leave(contextId: string): void {
    const inbox = this.#inboxes.get(contextId);
    if (!inbox) return;
    this.#inboxes.delete(contextId);
    if (!inbox.closed) inbox.close();
    if (this.#open.has(contextId)) this.end(contextId);
    if (this.#retired && this.#inboxes.size === 0) this.close();
  }

  /** Takes no new contexts, and closes when the last one has been heard out. */
  retire(): void {
    this.#retired = true;
    if (this.#inboxes.size === 0) this.close();
  }

  close(): void {
    this.#send({ close_socket: true });
    this.#socket.close();
  }

  #send(message: Record<string, unknown>): void {
    this.#socket.send(JSON.stringify(message));
  }

  async #receive(): Promise<void> {
    try {
      for await (const message of this.#socket.messages(serverMessage)) {
        if (message.error || (message.message && !message.audio)) this.#refuse(message);
        else this.#deliver(message);
      }
    } catch (error) {
      this.#failure ??= error as ProviderError;
    } finally {
      this.#socket.close();
      for (const inbox of this.#inboxes.values()) if (!inbox.closed) inbox.close();
    }
  }

  #deliver(message: ServerMessage): void {
    const contextId = message.contextId ?? '';
    const inbox = this.#inboxes.get(contextId);
    if (inbox && !inbox.closed) inbox.put(message);
    if (!message.isFinal) return;
    this.#open.delete(contextId);
    if (inbox && !inbox.closed) inbox.close();
  }

  #refuse({ error, message, code }: ServerMessage): void {
    this.#failure = elevenlabsFailure({ status: code ?? 0, code: error ?? '', message: message ?? '' });
    this.#socket.fail(this.#failure);
  }
}
