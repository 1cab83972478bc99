import type { ToolContext } from '../worker/conversation/tools/call-tool.ts';
import type { HandOverContext } from '../worker/line/transfers/hand-over.ts';
import type { ToolDouble } from './doubles.ts';
import type { Effect } from './outcome.ts';

/** Where the tools of this program keep what they do, in a scenario: it is noted in `effects`, and nothing outside is touched. */
export function containedStores(effects: Effect[]): Pick<ToolContext, 'messages' | 'doNotCall'> {
  const kept = new Set<string>();
  const once = (id: string, effect: Effect) => {
    if (!kept.has(id)) effects.push(effect);
    kept.add(id);
  };
  return {
    messages: {
      insertMessage: async ({ id, text, callerName, phoneNumber }) =>
        once(id, {
          tool: 'take-message',
          arguments: {
            message: text,
            ...(callerName !== null && { name: callerName }),
            ...(phoneNumber !== null && { number: phoneNumber }),
          },
        }),
    },
    doNotCall: {
      add: async (_list, _source, additions) => {
        for (const { phoneNumber, reason } of additions)
          once(`do-not-call ${phoneNumber}`, { tool: 'do-not-call', arguments: { reason } });
        return additions.length;
      },
    },
  };
}

/** A transfer that comes about, and is noted in `effects`, unless the scenario says that it fails. */
export function containedTransfer(
  effects: Effect[],
  double: ToolDouble | undefined,
): NonNullable<HandOverContext['transfer']['blind']> {
  return async (_target, { name = '', mode }) => {
    if (double?.fails !== undefined) return { kind: 'refused', detail: double.fails };
    effects.push({ tool: 'transfer-call', arguments: { destination: name, mode } });
    return { kind: 'transferred' };
  };
}
