import { ollamaLlm } from '../../pipelines/providers/ollama-llm.ts';
import { openaiCompatibleLlm } from '../../pipelines/providers/openai-compatible-llm.ts';
import { openrouterLlm } from '../../pipelines/providers/openrouter-llm.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { llmConformance } from './llm-conformance.ts';

const temperatureOf = (request: { temperature?: unknown }) => request.temperature;

llmConformance({
  provider: openrouterLlm,
  start: () => startOpenRouterDouble() as never,
  options: { apiKey: 'key' },
  temperatureOf,
});
llmConformance({
  provider: openaiCompatibleLlm,
  start: () => startOpenRouterDouble() as never,
  options: { model: 'local' },
  temperatureOf,
});
llmConformance({
  provider: ollamaLlm,
  start: () => startOllamaDouble() as never,
  options: { model: 'llama3.1:8b' },
  temperatureOf: (request: { options?: { temperature?: unknown } }) => request.options?.temperature,
});
