import { z } from 'zod';
import { count, flag, type Setting, setting, text } from './setting.ts';

/** Which pipeline serves, and with what of this host. */
export const pipelineSettings = {
  PARLEY_PIPELINE: setting(
    z.enum(['auto', 'cloud', 'lan', 'embedded']).default('auto'),
    'Pipeline of agents that say `auto`: the first of cloud, lan and embedded that is configured.',
    'Use auto, cloud, lan or embedded.',
  ),
  PARLEY_EMBEDDED: setting(
    flag.default(true),
    'Load the embedded models. 0 saves their memory where they are never used.',
    'Use 1 or 0.',
  ),
  PARLEY_EMBEDDED_LLM: setting(
    text.optional(),
    'Embedded language model to download and use instead of the scripted responder.',
    'Use a model of `parley check`, such as qwen2.5-0.5b-instruct, or the path of a GGUF file.',
  ),
  PARLEY_EMBEDDED_CALLS: setting(
    count(1, 1000).optional(),
    'Embedded calls at once on this host; the default is 4 per core.',
    'Use a whole number from 1.',
  ),
  PARLEY_HEDGED_REQUESTS_PERCENT: setting(
    count(0, 100).default(10),
    'Where a language model or a voice is later than usual, a second request is made: for at most so many answers in a hundred. 0 makes none.',
    'Use a whole number from 0 to 100.',
  ),
} as const satisfies Record<string, Setting>;
