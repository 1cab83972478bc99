import { llm, stt, tts } from '@livekit/agents';
import { z } from 'zod';
import { pluginOf, type PluginName, type SpeechRole } from '../catalog.ts';
import type { AnyProvider, BuildContext, PriceUnit, Provider, RoleInstance } from '../contract.ts';
import { ProviderError } from '../errors.ts';
import { loadPlugin } from '../plugins/load-plugin.ts';
import { makePluginObject } from '../plugins/make-plugin-object.ts';
import { optionSettings, pluginFailure } from '../plugins/plugin-failure.ts';
import { PluginModel } from '../plugins/plugin-model.ts';
import { PluginTranscriber } from '../plugins/plugin-transcriber.ts';
import { PluginVoice } from '../plugins/plugin-voice.ts';
import { timedCheck } from '../wire/timed-check.ts';

const options = z.strictObject({
  /** The class to use, where it is not called STT, LLM or TTS; a dot goes into a namespace (`responses.LLM`). */
  export: z.string().optional(),
  /** What its constructor is given. `{ env: NAME }` in place of a value stands for that environment variable. */
  options: z.record(z.string(), z.unknown()).default({}),
  /** Milliseconds the service may keep silent while something is expected of it. */
  timeoutMs: z.number().int().min(100).default(4_000),
  /** Where `parley plugin add` installs. */
  folder: z.string().optional(),
  /** The variables that `{ env: NAME }` may name. */
  environment: z.record(z.string(), z.string()).default({}),
});
type Options = z.output<typeof options>;

const units: Record<SpeechRole, PriceUnit> = { stt: 'audio_second', llm: 'token', tts: 'character' };
const classes = { stt: stt.STT, llm: llm.LLM, tts: tts.TTS };

/** Any `@livekit/agents-plugin-*` as a provider: its own STT, LLM or TTS with Parley's deadlines, failover and metering. */
export function sdkPlugin(name: PluginName): AnyProvider {
  const { packageName, role } = pluginOf(name);
  return {
    name,
    role,
    title: `${packageName}, a plugin of the LiveKit SDK`,
    hosting: 'cloud',
    options,
    priceUnit: units[role],
    requires: [],
    create: (chosen, context) => adapted(name, chosen, context),
    check: (chosen, { timeoutMs }) =>
      timedCheck(timeoutMs, async () => {
        const instance = await made(name, chosen);
        await ('aclose' in instance ? instance.aclose() : instance.close());
        return 'The plugin starts. It has no free test, so its key is tried by the first call.';
      }),
  } satisfies Provider<SpeechRole, typeof options>;
}

async function adapted(name: PluginName, chosen: Options, context: BuildContext): Promise<RoleInstance[SpeechRole]> {
  const instance = await made(name, chosen);
  const parts = {
    name,
    context,
    timeoutMs: chosen.timeoutMs,
    cure: `Check the network and the options of the plugin, or raise timeout_ms.`,
    explain: (error: unknown) => pluginFailure(name, error, optionSettings),
  };
  if (instance instanceof stt.STT) return new PluginTranscriber({ ...parts, instance });
  if (instance instanceof llm.LLM) return new PluginModel({ ...parts, instance });
  return new PluginVoice({ ...parts, instance });
}

async function made(name: PluginName, chosen: Options): Promise<stt.STT | llm.LLM | tts.TTS> {
  const { packageName, role } = pluginOf(name);
  const loaded = await loadPlugin(name, { packageName, folder: chosen.folder });
  const exported = chosen.export ?? role.toUpperCase();
  const found = exported
    .split('.')
    .reduce<unknown>((from, key) => (from as Record<string, unknown>)[key] ?? {}, loaded);
  const base = classes[role];
  if (typeof found !== 'function' || !(found.prototype instanceof base))
    throw new ProviderError(
      'not_configured',
      name,
      `${packageName} has no ${role} of this SDK that is called ${exported}. Correct the field export: it has ${
        Object.entries(loaded)
          .flatMap(([key, value]) => (typeof value === 'function' && value.prototype instanceof base ? [key] : []))
          .join(', ') || 'none'
      }.`,
    );
  const Plugin = found as new (options: Record<string, unknown>) => stt.STT | llm.LLM | tts.TTS;
  const given = withVariables(chosen.options, { name, environment: chosen.environment }) as Record<string, unknown>;
  return makePluginObject(name, optionSettings, () => new Plugin(given));
}

const variable = z.strictObject({ env: z.string() });

/** The options, with each `{ env: NAME }` replaced by what the variable holds. */
function withVariables(
  value: unknown,
  from: { name: PluginName; environment: Readonly<Record<string, string>> },
): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withVariables(item, from));
  if (typeof value !== 'object' || value === null) return value;
  const named = variable.safeParse(value);
  if (!named.success)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withVariables(inner, from)]));
  const { env } = named.data;
  const held = from.environment[env];
  if (held !== undefined) return held;
  throw new ProviderError(
    'not_configured',
    from.name,
    `the variable ${env} is not set, which the options of the plugin name. Set ${env}, in the environment or in .env.`,
  );
}
