import type { HandOverContext } from '../../worker/line/transfers/hand-over.ts';
import type { ToolContext } from '../../worker/conversation/tools/call-tool.ts';
import type { ToolDouble } from '../doubles.ts';
import type { Effect } from '../outcome.ts';

/**
 * What the tools of this program do in a scenario: it is noted in `effects`, and nothing outside is touched. A transfer comes about
 * unless `transfer` says that it fails.
 */
export function containedEffects(
  parts: Omit<ToolContext, 'messages' | 'doNotCall'> & { effects: Effect[]; transfer: ToolDouble | undefined },
): { tools: ToolContext; transfer: NonNullable<HandOverContext['transfer']['blind']> } {
  const { effects, transfer, ...context } = parts;
  const kept = new Set<string>();
  const once = (id: string, effect: Effect) => {
    if (!kept.has(id)) effects.push(effect);
    kept.add(id);
  };
  return {
    tools: {
      ...context,
      pressKeys: (keys) => effects.push({ tool: 'press-keys', arguments: { keys } }),
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
    },
    transfer: async (_target, { name = '', mode }) => {
      if (transfer?.fails !== undefined) return { kind: 'refused', detail: transfer.fails };
      effects.push({ tool: 'transfer-call', arguments: { destination: name, mode } });
      return { kind: 'transferred' };
    },
  };
}
