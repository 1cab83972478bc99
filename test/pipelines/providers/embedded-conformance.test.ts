import { z } from 'zod';
import type { AnyProvider, BuildContext } from '../../../pipelines/contract.ts';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import type { EngineRequest } from '../../../pipelines/engine/messages.ts';
import { moonshineStt } from '../../../pipelines/providers/moonshine-stt.ts';
import { piperEmbeddedTts } from '../../../pipelines/providers/piper-embedded-tts.ts';
import { sttConformance } from '../../conformance/stt-conformance.ts';
import { ttsConformance } from '../../conformance/tts-conformance.ts';
import { type Reply, startEngineDouble } from '../engine/engine-double.ts';

/** As the rules see it: a provider that finds its far end by an address. Here that is the engine's socket. */
function byAddress(provider: AnyProvider): AnyProvider {
  return {
    ...provider,
    options: z.object({ url: z.string() }).catchall(z.unknown()),
    create(given: { url: string }, context: BuildContext) {
      const { url, ...rest } = given;
      const engine = connectEngine(url);
      const instance = provider.create(provider.options.parse(rest), { ...context, engine }) as {
        close(): Promise<void>;
      };
      const close = instance.close.bind(instance);
      instance.close = async () => {
        await close();
        engine.close();
      };
      return instance as never;
    },
  };
}

/** An engine with ears and a voice that behave as the rules ask. `open` counts the work it has not ended. */
async function startFarEnd() {
  const behaviour: { transcripts: string[]; hang?: boolean; msPerCharacter: number; fails?: boolean } = {
    transcripts: ['hello there'],
    msPerCharacter: 60,
  };
  const state = { open: 0, texts: [] as string[] };
  const open = new Set<number>();
  let utterances = 0;
  const answer = (request: EngineRequest, reply: Reply, payload: Buffer) => {
    const { id, op } = request;
    if (op === 'cancel') open.delete(id);
    else if (behaviour.hang) open.add(id);
    else if (behaviour.fails) reply({ event: 'error', id, code: 'provider_failed', message: 'the model broke' });
    else if (op === 'transcribe') {
      const text = behaviour.transcripts[utterances % behaviour.transcripts.length] ?? '';
      const isLast = !request.onlyWhenIdle;
      if (isLast && payload.length > 0) utterances += 1;
      reply({ event: 'done', id, result: { text, decodeMs: 1 } });
    } else if (op === 'synthesize') {
      state.texts.push(request.text.trim());
      const samples = 16 * behaviour.msPerCharacter * request.text.trim().length;
      reply({ event: 'audio', id, sampleRateHz: 16_000 }, new Uint8Array(2 * samples).fill(3));
      reply({ event: 'done', id, result: { sampleRateHz: 16_000, firstAudioMs: 1 } });
    }
    state.open = open.size;
  };
  const engine = await startEngineDouble(answer);
  return { url: engine.socketPath, behaviour, state, close: () => engine.close() };
}

sttConformance({
  provider: byAddress(moonshineStt),
  start: startFarEnd,
  options: { timeoutMs: 300, interimEveryMs: 100 },
});

ttsConformance<Awaited<ReturnType<typeof startFarEnd>>>({
  provider: byAddress(piperEmbeddedTts),
  start: startFarEnd,
  options: {},
  hang: ({ behaviour }) => (behaviour.hang = true),
  breakMidway: ({ behaviour }) => (behaviour.fails = true),
  mend: ({ behaviour }) => delete behaviour.fails,
});
