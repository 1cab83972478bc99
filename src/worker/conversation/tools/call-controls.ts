import type { EndCause, Ending } from '../../call/ending.ts';
import type { Leg } from '../../line/leg.ts';
import type { Conversation } from '../conversation.ts';
import type { ToolContext } from './call-tool.ts';

/** What tools do to the call itself. The conversation is there once it is assembled, and no tool runs before. */
export function callControls(parts: {
  conversation: () => Conversation | undefined;
  ending: Pick<Ending, 'decide'>;
  leg: Leg;
}): Pick<ToolContext, 'hangUp' | 'handOver' | 'pressKeys'> & { say: (text: string) => void } {
  const { conversation, ending, leg } = parts;
  return {
    hangUp: ({ goodbye }) => {
      const cause: EndCause = { reason: 'agent_goodbye', hungUpBy: 'agent', polite: true };
      if (goodbye) conversation()?.farewell(cause);
      else ending.decide(cause);
    },
    handOver: async (request) => conversation()?.handOver(request),
    pressKeys: leg.sendDtmf && ((keys) => leg.sendDtmf?.(keys)),
    say: (text) => conversation()?.sayMeanwhile(text),
  };
}
