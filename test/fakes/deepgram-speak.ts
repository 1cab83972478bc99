import { setTimeout as sleep } from 'node:timers/promises';
import type { Line } from './socket-double.ts';
import { toneBytes } from './tone-bytes.ts';

type Shared = {
  behaviour: { msPerCharacter: number; hangSpeech?: boolean; failSpeechAfter?: number; sound?: Buffer };
  state: { texts: string[] };
};

/**
 * Deepgram's WebSocket `/v1/speak`. A text waits in a buffer until more text completes it or a Flush forces it out
 * (developers.deepgram.com/docs/tts-ws-flush); each Flush is confirmed after its sound.
 */
export function serveSpeech({ socket, say }: Line, { behaviour, state }: Shared): void {
  let buffer = '';
  let spoken = Promise.resolve();
  let flushes = 0;
  const speak = async (text: string) => {
    if (behaviour.hangSpeech) return sleep(60_000, undefined, { ref: false });
    if (state.texts.length >= (behaviour.failSpeechAfter ?? Infinity)) return socket.terminate();
    state.texts.push(text);
    const sound = behaviour.sound ?? toneBytes(text.trim().length * behaviour.msPerCharacter, 16_000);
    for (let offset = 0; offset < sound.length && socket.readyState === socket.OPEN; offset += 3_200) {
      socket.send(sound.subarray(offset, offset + 3_200));
      await sleep(1);
    }
  };
  const release = (length: number) => {
    const text = buffer.slice(0, length);
    buffer = buffer.slice(length);
    if (text.trim()) spoken = spoken.then(() => speak(text));
  };
  say({ type: 'Metadata', request_id: 'double', model_name: 'aura-2-thalia-en' });
  socket.on('message', (data: Buffer) => {
    const { type, text = '' } = JSON.parse(data.toString()) as { type: string; text?: string };
    if (type === 'Speak') {
      buffer += text;
      const complete = [...buffer.matchAll(/[.!?]\s+(?=\S)/g)].at(-1);
      if (complete) release(complete.index + complete[0].length);
    }
    if (type === 'Flush') {
      release(buffer.length);
      spoken = spoken.then(() => say({ type: 'Flushed', sequence_id: flushes++ }));
    }
    if (type === 'Clear') {
      buffer = '';
      say({ type: 'Cleared', sequence_id: flushes });
    }
    if (type === 'Close') void spoken.then(() => socket.close(1000));
  });
}
