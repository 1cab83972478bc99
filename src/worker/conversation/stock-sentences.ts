import type { Log } from '../../telemetry/logger.ts';
import type { PreparedSpeech } from '../sound/prepare-speech.ts';

/** Sentences for when no voice can be waited for. What is not there (yet) is left unsaid. */
export type StockSentences = {
  /** Said in turn while an answer takes too long. */
  readonly fillers: readonly PreparedSpeech[];
  /** Said before a call is given up. */
  readonly trouble: PreparedSpeech | undefined;
  /** Said while something is being done, by their words. */
  readonly meanwhile: ReadonlyMap<string, PreparedSpeech>;
};

/** Makes them sound, one after the other, while the call goes on; `prepare` remembers them for the next call. Never throws. */
export function stockSentences({
  fillers,
  trouble,
  meanwhile = [],
  prepare,
  log,
}: {
  fillers: readonly string[];
  trouble: string;
  meanwhile?: readonly string[];
  prepare: (text: string) => Promise<PreparedSpeech>;
  log: Log;
}): StockSentences {
  const stock = {
    fillers: [] as PreparedSpeech[],
    trouble: undefined as PreparedSpeech | undefined,
    meanwhile: new Map<string, PreparedSpeech>(),
  };
  const make = async () => {
    for (const text of fillers.filter((each) => each.trim())) stock.fillers.push(await prepare(text));
    if (trouble.trim()) stock.trouble = await prepare(trouble);
    for (const text of meanwhile) stock.meanwhile.set(text, await prepare(text));
  };
  make().catch((error: unknown) => log('warn', 'a sentence for emergencies could not be spoken in advance', { error }));
  return stock;
}
