import type { APIConnectOptions } from '@livekit/agents';
import type { EventEmitter } from 'node:events';
import type { BuildContext, ProviderName } from '../contract.ts';
import type { ProviderError } from '../errors.ts';
import type { Identity } from '../wire/identity.ts';

/** What turns an object of a plugin into a provider of Parley. */
export type PluginParts<T> = {
  name: ProviderName;
  /** The plugin's own STT, LLM or TTS, made for this call. */
  instance: T;
  context: BuildContext;
  /** Milliseconds the service may keep silent while something is expected of it. */
  timeoutMs: number;
  /** A sentence for the operator, who is told it when a deadline passes. */
  cure: string;
  /** Says what an error of the plugin means, and what to do. */
  explain: (error: unknown) => ProviderError;
};

/** A plugin may change its model in the middle of a call. */
export function identityOf({
  name,
  instance,
}: Pick<PluginParts<{ model: string; provider: string }>, 'name' | 'instance'>): Identity {
  return {
    label: name,
    get model() {
      return instance.model;
    },
    get provider() {
      return instance.provider;
    },
  };
}

/** Parley decides what is tried again and where; a plugin that tries again by itself only makes the caller wait. */
export function onlyOnce(timeoutMs: number): APIConnectOptions {
  return { maxRetry: 0, retryIntervalMs: 0, timeoutMs };
}

/**
 * Takes what `run` of a stream throws, before the SDK does. The SDK would try again, tell the provider as a whole, so that
 * nobody knows which of two streams failed, and, for a whole text, end the process with an unhandled rejection.
 * The SDK starts `run` in a task of its own, after the constructor has returned.
 */
export function catchRun<Stream extends object>(
  stream: Stream,
  onError: (error: unknown) => void,
  onEnd: () => void = () => undefined,
): Stream {
  const running = stream as Stream & { run: () => Promise<void> };
  const run = running.run.bind(stream);
  running.run = async () => {
    try {
      await run();
    } catch (error) {
      onError(error);
    } finally {
      onEnd();
    }
  };
  return stream;
}

/** Listeners left on an object by so many uses are no accident any more. */
const mostListenersLeft = 10;

/** Tells the operator, once, of a plugin that leaves a listener behind with each use: a long call would end in thousands. */
export class ListenerWatch {
  readonly #parts: Pick<PluginParts<object>, 'name' | 'context'>;
  readonly #emitter: EventEmitter;
  readonly #before: number;
  #uses = 0;
  #told = false;

  constructor({ name, context, instance }: Pick<PluginParts<object>, 'name' | 'context' | 'instance'>) {
    this.#parts = { name, context };
    this.#emitter = instance as EventEmitter;
    this.#before = this.#count();
  }

  /** To be called when a stream of the plugin is over. */
  used(): void {
    this.#uses += 1;
    const left = this.#count() - this.#before;
    if (this.#told || left < mostListenersLeft) return;
    this.#told = true;
    const { name, context } = this.#parts;
    const message = `the plugin left ${left} listeners behind after ${this.#uses} uses, which slows a long call.`;
    context.log('warn', `${name}: ${message} Use another version of it.`);
  }

  #count(): number {
    const emitter = this.#emitter;
    return emitter.eventNames().reduce((sum, event) => sum + emitter.listenerCount(event), 0);
  }
}
