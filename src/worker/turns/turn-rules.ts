import { inference } from '@livekit/agents';
import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import type { TurnRules } from './turn-detector.ts';
import { tongueOf } from './words/tongue.ts';

/** How the turns of a call are taken: by its agent's file, in its agent's language, with the telephone numbers of its caller's country. */
export function turnRulesOf(agent: Agent, call: Call): TurnRules {
  const { turn, language, script, tools } = agent;
  return {
    limits: {
      minMs: turn.min_endpointing_ms,
      maxMs: turn.max_endpointing_ms,
      patienceMs: turn.patience_ms,
      threshold: thresholdOf(language),
    },
    asks: { script, tools: tools.filter((tool) => typeof tool === 'string'), language },
    speaker: { language, country: countryOf(call, language) },
    telephone: call.direction !== 'web',
  };
}

/** Of the SDK's model, which is not equally sure of itself in all languages. */
export function thresholdOf(language: string): number {
  const { LOCAL_LANGUAGES: thresholds } = inference;
  return thresholds[tongueOf(language)] ?? thresholds['en'] ?? 0.36;
}

function countryOf({ phoneNumber }: Call, language: string): string | undefined {
  const number = phoneNumber ? parsePhoneNumber(phoneNumber) : undefined;
  return (number && 'country' in number && number.country) || new Intl.Locale(language).maximize().region;
}
