import type { llm, stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { ChatModel, type ChatRequest } from '../../pipelines/wire/chat-model.ts';
import { heard } from '../../pipelines/text/heard.ts';
import { Transcriber, type TranscribeRequest } from '../../pipelines/wire/transcriber.ts';
import { type SpeakRequest, type Spoken, Voice } from '../../pipelines/wire/voice.ts';

/** What each stand-in delivers, by which it is known. */
export const standInText = 'The stand-in speaks.';
export const standInSample = 1_234;

const standIn = { label: 'stand-in' };

export class StandInEars extends Transcriber {
  constructor() {
    super(standIn, { interimResults: false });
  }

  async *transcribe({ audio }: TranscribeRequest): AsyncGenerator<stt.SpeechEvent> {
    for await (const _ of audio);
    yield heard('final', { text: standInText, startTime: 0, endTime: 1, language: 'en' });
  }
}

export class StandInMind extends ChatModel {
  constructor() {
    super(standIn);
  }

  async *generate(_request: ChatRequest): AsyncGenerator<llm.ChatChunk> {
    yield { id: 'stand-in', delta: { role: 'assistant', content: standInText } };
  }
}

export class StandInVoice extends Voice {
  constructor() {
    super(standIn);
  }

  async *speak({ text }: SpeakRequest): AsyncGenerator<Spoken> {
    for await (const _ of text);
    yield { frame: new AudioFrame(new Int16Array(320).fill(standInSample), 16_000, 1, 320) };
  }
}
