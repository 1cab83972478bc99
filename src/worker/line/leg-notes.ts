import type { CallStore } from '../../calls/ports.ts';
import type { LegContext } from './leg.ts';

/** What a leg tells of its call, written in order and beside it: nobody on the line waits for the database. */
export type LegNotes = {
  /** Somebody is there, for the first time in this call. */
  answered(context: Pick<LegContext, 'call' | 'log'>): void;
  /** Resolves once all is written, or could not be. */
  settled(): Promise<void>;
};

export function legNotes(calls: Pick<CallStore, 'record'>): LegNotes {
  let writing: Promise<unknown> = Promise.resolve();
  const write = ({ call, log }: Pick<LegContext, 'call' | 'log'>, batch: Parameters<CallStore['record']>[1]) => {
    writing = writing
      .then(() => calls.record(call.id, batch))
      .catch((error: unknown) => log('warn', 'what happened in the call could not be written', { error }));
  };
  return {
    answered: (context) => {
      if (!context.call.answeredAt) write(context, { events: [{ type: 'call.answered' }], answeredAt: new Date() });
    },
    settled: async () => void (await writing),
  };
}
