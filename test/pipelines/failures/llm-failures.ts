import { startOllamaDouble } from '../../fakes/ollama-double.ts';
import { startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import type { Row } from './failure-matrix.ts';

const silent = { 'unknown voice': 'It does not speak.', 'wrong sample format': 'It sends and takes text.' };
const key = { apiKey: 'key' };
const wrongKey = { apiKey: 'wrong' };
const tooMany = { status: 429, headers: { 'Retry-After': '9' } };
const noAnswer = 'It asks for no answer, which would cost something.';

export const llmFailures = {
  'openrouter-llm': {
    options: key,
    scheme: 'http',
    addressSetting: 'OPENROUTER_URL',
    patience: { firstTokenTimeoutMs: 300 },
    answers: {
      ...silent,
      'wrong key': { far: startOpenRouterDouble, options: wrongKey, code: 'bad_key', setting: 'OPENROUTER_API_KEY' },
      'no credit': {
        far: () => startOpenRouterDouble({ refuse: { status: 402 } }),
        code: 'no_credit',
        setting: 'OPENROUTER_API_KEY',
        unseenByCheck: 'What the account has left is told to its owner only; what the key has left is a quota.',
      },
      'used-up quota': {
        far: () =>
          startOpenRouterDouble({
            limitRemaining: 0,
            refuse: { status: 403, body: { error: { code: 403, message: 'Key limit exceeded (total limit).' } } },
          }),
        code: 'quota_exceeded',
        setting: 'OPENROUTER_API_KEY',
      },
      'rate limit': {
        far: () => startOpenRouterDouble({ refuse: tooMany }),
        code: 'rate_limited',
        setting: 'PARLEY_MAX_CALLS',
        retryAfterSeconds: 9,
        unseenByCheck: noAnswer,
      },
      'unknown model': {
        far: startOpenRouterDouble,
        options: { model: 'nobody/unknown' },
        code: 'model_not_found',
        setting: 'OPENROUTER_MODEL',
      },
      'full server': 'Too many requests are 429.',
    },
  },
  'ollama-llm': {
    options: { model: 'llama3.1:8b' },
    scheme: 'http',
    addressSetting: 'OLLAMA_URL',
    patience: { firstTokenTimeoutMs: 300 },
    answers: {
      ...silent,
      'wrong key': {
        far: () => startOllamaDouble({ refuse: { status: 401, error: 'unauthorized' } }),
        code: 'bad_key',
        setting: 'ollama signin',
      },
      'no credit': 'Your own server costs nothing, and the limits of what Ollama runs elsewhere are 429.',
      'used-up quota': 'The limits of what Ollama runs elsewhere are 429.',
      'rate limit': {
        far: () => startOllamaDouble({ refuse: { ...tooMany, error: 'you have reached your hourly usage limit' } }),
        code: 'rate_limited',
        setting: 'OLLAMA_MODEL',
        retryAfterSeconds: 9,
      },
      'unknown model': {
        far: startOllamaDouble,
        options: { model: 'unpulled' },
        code: 'model_not_found',
        setting: 'ollama pull unpulled',
      },
      'full server': {
        far: () => startOllamaDouble({ refuse: { status: 503, error: 'server busy' } }),
        code: 'server_full',
        setting: 'OLLAMA_NUM_PARALLEL',
      },
    },
  },
  'openai-compatible-llm': {
    options: { model: 'llama3.1:8b' },
    scheme: 'http',
    addressSetting: 'OPENAI_COMPATIBLE_LLM_URL',
    patience: { firstTokenTimeoutMs: 300 },
    answers: {
      ...silent,
      'wrong key': {
        far: startOpenRouterDouble,
        options: wrongKey,
        code: 'bad_key',
        setting: 'OPENAI_COMPATIBLE_API_KEY',
      },
      'no credit': {
        far: () => startOpenRouterDouble({ refuse: { status: 402 } }),
        code: 'no_credit',
        setting: 'OPENAI_COMPATIBLE_API_KEY',
      },
      'used-up quota': {
        far: () =>
          startOpenRouterDouble({
            refuse: { status: 429, body: { error: { message: 'You exceeded it', code: 'insufficient_quota' } } },
          }),
        code: 'quota_exceeded',
        setting: 'OPENAI_COMPATIBLE_API_KEY',
      },
      'rate limit': {
        far: () => startOpenRouterDouble({ refuse: tooMany }),
        code: 'rate_limited',
        setting: 'PARLEY_MAX_CALLS',
        retryAfterSeconds: 9,
      },
      'unknown model': {
        far: startOpenRouterDouble,
        options: { model: 'nobody/unknown' },
        code: 'model_not_found',
        setting: 'OPENAI_COMPATIBLE_LLM_MODEL',
      },
      'full server': 'Too many requests are 429.',
    },
  },
} satisfies Record<string, Row>;
