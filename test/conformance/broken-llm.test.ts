import type { llm } from '@livekit/agents';
import { describe } from 'vitest';
import { ChatModel, type ChatRequest } from '../../pipelines/wire/chat-model.ts';
import type { AnyProvider } from '../../pipelines/index.ts';
import { openrouterLlm } from '../../pipelines/providers/openrouter-llm.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { deaf, expectDefectsNoticed, kept } from './expect-noticed.ts';
import { checkLlmRule, type LlmSubject, llmRules } from './llm-conformance.ts';

/** Each defect is built into a provider that otherwise keeps all rules; the named rule has to notice it. */
describe('the rules of language models notice', () => {
  type Defect = (request: ChatRequest, sound: ChatModel) => AsyncGenerator<llm.ChatChunk>;
  class Broken extends ChatModel {
    readonly #sound: ChatModel;
    readonly #defect: Defect;
    constructor(sound: ChatModel, defect: Defect) {
      super({ label: 'openrouter-llm' });
      this.#sound = sound;
      this.#defect = defect;
    }
    generate(request: ChatRequest) {
      return this.#defect(request, this.#sound);
    }
  }
  const whole: Defect = (request, sound) => sound.generate(request);
  const subject = (defect: Defect, options: Record<string, unknown> = {}): LlmSubject => ({
    provider: {
      ...openrouterLlm,
      create: (chosen: object, context: never) =>
        new Broken(openrouterLlm.create({ ...chosen, ...options } as never, context), defect),
    } as AnyProvider,
    start: () => startOpenRouterDouble() as never,
    options: { apiKey: 'key' },
    temperatureOf: (request: { temperature?: unknown }) => request.temperature,
  });
  const defects: [string, keyof typeof llmRules, LlmSubject][] = [
    [
      'usage that comes twice',
      'the text comes in order and in parts, and the usage last',
      subject(async function* (request, sound) {
        for await (const chunk of sound.generate(request)) {
          yield chunk;
          if (chunk.usage) yield chunk;
        }
      }),
    ],
    [
      'an answer that waits until it is whole',
      'the first word is passed on while the others are still being written',
      subject(async function* (request, sound) {
        const chunks = [];
        for await (const chunk of sound.generate(request)) chunks.push(chunk);
        yield* chunks;
      }),
    ],
    [
      'a second tool call that is lost',
      'tools are offered, and each call comes whole',
      subject(async function* (request, sound) {
        for await (const { delta, ...chunk } of sound.generate(request))
          yield delta?.toolCalls
            ? { ...chunk, delta: { ...delta, toolCalls: delta.toolCalls.slice(0, 1) } }
            : { ...chunk, ...(delta && { delta }) };
      }),
    ],
    ['a temperature of 0 that is left out', 'temperature 0 is honoured', subject(whole, { temperature: undefined })],
    [
      'a missing deadline before the first word',
      'a model that never says a word is given up in time',
      subject(whole, { firstTokenTimeoutMs: 60_000 }),
    ],
    [
      'a missing deadline between words',
      'a model that stops in the middle is given up in time',
      subject(whole, { betweenTokensTimeoutMs: 60_000 }),
    ],
    [
      'an answer that goes on after it was thrown away',
      'closing a stream ends it at once and cancels the request',
      subject(async function* (request, sound) {
        const source = sound.generate({ ...request, signal: deaf });
        for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
      }),
    ],
    [
      'a broken stream that looks like an end',
      'an error in the middle of a stream is reported',
      subject(async function* (request, sound) {
        try {
          yield* sound.generate(request);
        } catch {
          // Swallowed: this is the defect.
        }
      }),
    ],
    [
      'a listener that stays',
      'hundreds of answers leave nothing behind',
      subject(function (this: ChatModel, request, sound) {
        sound.on('metrics_collected', () => kept.push(request));
        kept.push(Array.from({ length: 2_000 }, () => request.signal));
        return sound.generate(request);
      }),
    ],
  ];
  expectDefectsNoticed(defects, (name, broken) => {
    const rule = llmRules[name];
    if (!rule) throw new Error(`No rule "${name}".`);
    return checkLlmRule(rule, broken);
  });
});
