import type { llm } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { ChatModel, type ChatRequest } from '../../../pipelines/wire/chat-model.ts';
import { type SpeakRequest, type Spoken, Voice } from '../../../pipelines/wire/voice.ts';

/** A model that answers when the test says so. */
export class HeldModel extends ChatModel {
  readonly asked: { request: ChatRequest; say: (text: string) => void; fail: (error: Error) => void }[] = [];

  constructor() {
    super({ label: 'held' });
  }

  async *generate(request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    const answer = Promise.withResolvers<string>();
    request.signal.addEventListener('abort', () => answer.resolve(''), { once: true });
    this.asked.push({ request, say: answer.resolve, fail: answer.reject });
    const content = await answer.promise;
    if (!request.signal.aborted) yield { id: 'held', delta: { role: 'assistant', content } };
  }
}

/** A voice that sounds when the test says so; its sound is one frame of one sample's value. */
export class HeldVoice extends Voice {
  readonly asked: { request: SpeakRequest; text: () => string; sound: (sample: number) => void }[] = [];

  constructor() {
    super({ label: 'held' });
  }

  async *speak(request: SpeakRequest): AsyncGenerator<Spoken> {
    const sounds = Promise.withResolvers<number>();
    request.signal.addEventListener('abort', () => sounds.resolve(0), { once: true });
    let written = '';
    this.asked.push({ request, text: () => written, sound: sounds.resolve });
    void (async () => {
      for await (const item of request.text) {
        if (typeof item !== 'string') continue;
        if (written === '') request.started();
        written += item;
      }
    })();
    const sample = await sounds.promise;
    if (request.signal.aborted) return;
    yield { frame: new AudioFrame(new Int16Array(160).fill(sample), 16_000, 1, 160), characters: written.length };
  }
}
