import { isOfAnswer, type Script, scriptSchema } from '../../pipelines/index.ts';
import { type AgentFrontMatter, agentSchema } from './agent.ts';
import { checkAsk } from './ask.ts';
import { builtInVariables, openingVariables } from './built-in-variables.ts';
import { checkRecording } from './check-recording.ts';
import { checkResult } from './check-result.ts';
import { checkScriptTools, type ToolArguments } from './check-script-tools.ts';
import { didYouMean } from './did-you-mean.ts';
import { checkHandoffs } from './handoffs.ts';
import type { FieldPath } from './front-matter.ts';
import type { ReadPaper } from './knowledge/paper.ts';
import { rememberedVariables } from './remembers.ts';
import { variablesIn } from './render-variables.ts';
import { namesOf } from './tools/agent-tools.ts';
import { checkBeforeAnswer } from './tools/before-answer.ts';
import { checkTools, type ToolChecks } from './tools/check-tools.ts';

/** Names that agent files may refer to. */
export type KnownNames = {
  /** Files of the tools, such as `end-call`. */
  tools: readonly string[];
  /** Names of all agents; any when absent. */
  agents?: readonly string[];
  /** Name of the agent whose file is read. */
  self?: string;
  /** Reads the files that `knowledge` names; they are taken for granted when absent. */
  readPaper?: ReadPaper;
  /** What the tools of this program take; not looked at when absent. */
  toolArguments?: Readonly<Record<string, ToolArguments>>;
  /** Names of pipelines besides `auto`; any when absent. */
  pipelines?: readonly string[];
  /** Names of providers; any when absent. */
  providers?: readonly string[];
  /** What is wrong with a language for a pipeline, as the end of a sentence about the field. */
  languageProblem?: (pipeline: AgentFrontMatter['pipeline'], language: string) => string | undefined;
  /** Whether a secret that is there is none of those that sign. */
  cannotSign?: (secret: string) => boolean;
} & Pick<ToolChecks, 'secrets' | 'urlProblem'>;

/** Embedded models are those of a worker's host, and a script is no model. */
const answersAfterCalls = (name: string) => name.endsWith('-llm') && !['scripted-llm', 'embedded-llm'].includes(name);

type Found = { path: FieldPath; message: string };

/**
 * Mistakes between fields: names that are used but not there. Parts that are wrong in themselves are left out. The path
 * `['prompt', 3]` is the fourth line of the prompt.
 */
export function checkReferences(values: unknown, prompt: string, known: KnownNames): Found[] {
  const fields = (typeof values === 'object' && values !== null ? values : {}) as Record<string, unknown>;
  const { tools, variables, pipeline, language } = agentSchema.shape;
  const entries = tools.safeParse(fields['tools']).data;
  const agentTools = entries?.flatMap(namesOf);
  const names = variables.safeParse(fields['variables']).data;
  const script = fields['script'] === undefined ? undefined : scriptSchema.safeParse(fields['script']).data;
  const always = [
    ...builtInVariables,
    ...(fields['hours'] === undefined ? [] : openingVariables),
    ...rememberedVariables(fields),
  ];
  const asked = agentSchema.shape.ask.safeParse(fields['ask']).data;
  return [
    ...checkTools(entries ?? [], {
      builtIn: known.tools,
      variables: names && [...Object.keys(names), ...always],
      asked: asked?.map(({ name }) => name) ?? [],
      secrets: known.secrets,
      urlProblem: known.urlProblem,
    }),
    ...checkBeforeAnswer(fields['before_answer'], known),
    ...checkTransfers(agentSchema.shape.transfers.safeParse(fields['transfers'] ?? []).data, agentTools),
    ...checkAsk(asked, { tools: agentTools, variables: [...Object.keys(names ?? {}), ...always] }),
    ...checkHandoffs(agentSchema.shape.handoffs.safeParse(fields['handoffs']).data, {
      tools: agentTools,
      agents: known.agents,
      self: known.self,
      tasks: (script?.tasks ?? []).map(({ tool, args }, index) => ({ index, tool, args })),
    }),
    ...checkCallback(agentSchema.shape.callback.safeParse(fields['callback'] ?? {}).data, agentTools, known),
    ...checkResult(fields['result'], { script, models: known.providers?.filter(answersAfterCalls) }),
    ...checkVoicemail(agentSchema.shape.voicemail.safeParse(fields['voicemail'] ?? {}).data),
    ...checkRecording(fields),
    ...checkPipeline(pipeline.safeParse(fields['pipeline']).data, known),
    ...checkLanguage(pipeline.safeParse(fields['pipeline']).data, language.safeParse(fields['language']).data, known),
    ...(script
      ? [
          ...checkScriptLanguage(language.safeParse(fields['language']).data, known),
          ...checkScriptTools(script, entries ?? [], known.toolArguments ?? {}),
        ]
      : []),
    ...(names ? checkVariables(fields, prompt, [...Object.keys(names), ...always]) : []),
    ...(script
      ? checkScript(
          script,
          [...Object.keys(names ?? {}), ...always],
          names !== undefined,
          agentTools,
          (entries ?? []).flatMap((tool) =>
            tool === 'schedule-callback' || typeof tool !== 'string' ? namesOf(tool) : [],
          ),
        )
      : []),
  ];
}

function checkTransfers(
  transfers: AgentFrontMatter['transfers'] | undefined,
  tools: readonly string[] | undefined,
): Found[] {
  if (!transfers || !tools) return [];
  const names = transfers.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  const found: Found[] = [];
  if (twice >= 0)
    found.push({ path: ['transfers', twice, 'name'], message: `"${names[twice]}" is there twice; names are unique` });
  const uses = tools.includes('transfer-call');
  if (uses && names.length === 0)
    found.push({ path: ['tools'], message: 'has `transfer-call`, but `transfers` names nobody to connect to' });
  if (!uses && names.length > 0)
    found.push({ path: ['transfers'], message: 'is of no use without the tool `transfer-call`; add it to `tools`' });
  return found;
}

function checkCallback(
  callback: AgentFrontMatter['callback'] | undefined,
  tools: readonly string[] | undefined,
  { agents, self }: KnownNames,
): Found[] {
  if (callback?.agent === undefined) return [];
  const path = ['callback', 'agent'];
  if (tools && !tools.includes('schedule-callback'))
    return [{ path, message: 'is of no use without the tool `schedule-callback`; add it to `tools`' }];
  return agents && callback.agent !== self ? unknownName(path, callback.agent, agents, 'agent') : [];
}

function checkVoicemail(voicemail: AgentFrontMatter['voicemail'] | undefined): Found[] {
  if (voicemail?.action !== 'leave_message' || voicemail.message) return [];
  return [{ path: ['voicemail', 'action'], message: 'leaves a message, but there is none: write `message` beside it' }];
}

function unknownName(path: FieldPath, name: string, known: readonly string[], what: string): Found[] {
  if (known.includes(name)) return [];
  const meant = didYouMean(name, known);
  const cure = meant ? `did you mean \`${meant}\`?` : `there are ${known.join(', ')}`;
  return [{ path, message: `there is no ${what} "${name}"; ${cure}` }];
}

function checkPipeline(
  pipeline: ReturnType<typeof agentSchema.shape.pipeline.parse> | undefined,
  known: KnownNames,
): Found[] {
  if (pipeline === undefined) return [];
  const single = typeof pipeline === 'string';
  const path = single ? ['pipeline'] : ['pipeline', 'preset'];
  const preset = single ? pipeline : pipeline.preset;
  const found = known.pipelines ? unknownName(path, preset, ['auto', ...known.pipelines], 'pipeline') : [];
  if (single || !known.providers) return found;
  for (const role of ['vad', 'stt', 'llm', 'tts'] as const) {
    const stage = pipeline[role];
    if (stage === undefined || (typeof stage === 'object' && 'plugin' in stage)) continue;
    const provider = typeof stage === 'string' ? stage : stage.provider;
    const where = typeof stage === 'string' ? ['pipeline', role] : ['pipeline', role, 'provider'];
    const fitting = known.providers.filter((name) => name.endsWith(`-${role}`));
    found.push(...unknownName(where, provider, fitting, `${role} provider`));
  }
  return found;
}

function checkLanguage(
  pipeline: AgentFrontMatter['pipeline'] | undefined,
  language: string | undefined,
  { languageProblem }: KnownNames,
): Found[] {
  const message = pipeline && language && languageProblem?.(pipeline, language);
  return message ? [{ path: ['language'], message }] : [];
}

/** A script that the scripted responder cannot use in the agent's language would never be heard. */
function checkScriptLanguage(language: string | undefined, { languageProblem }: KnownNames): Found[] {
  if (!language || !languageProblem?.({ preset: 'auto', llm: 'scripted-llm' }, language)) return [];
  const message = `is understood in English only, so with the language "${language}" it is never used; remove it, or use \`language: en-US\``;
  return [{ path: ['script'], message }];
}

function checkVariables(fields: Record<string, unknown>, prompt: string, names: readonly string[]): Found[] {
  const single = [
    'greeting',
    'goodbye',
    'apology',
    'trouble',
    'check_in',
    'connecting',
    'briefing',
    'not_connected',
    'taken_back',
    'screening',
    'disclosure',
  ].map((field): [FieldPath, unknown] => [[field], fields[field]]);
  const voicemail = agentSchema.shape.voicemail.safeParse(fields['voicemail'] ?? {}).data;
  const fillers: unknown[] = Array.isArray(fields['filler']) ? fields['filler'] : [];
  const texts: [FieldPath, unknown][] = [
    ...single,
    [['voicemail', 'message'], voicemail?.message],
    ...fillers.map((text, index): [FieldPath, unknown] => [['filler', index], text]),
    ...(agentSchema.shape.ask.safeParse(fields['ask']).data ?? []).flatMap(
      ({ say, again }, index): [FieldPath, unknown][] => [
        [['ask', index, 'say'], say],
        [['ask', index, 'again'], again],
      ],
    ),
    ...prompt.split('\n').map((text, index): [FieldPath, unknown] => [['prompt', index], text]),
  ];
  return texts.flatMap(([path, text]) => (typeof text === 'string' ? unknownVariables(path, text, names) : []));
}

function unknownVariables(
  path: FieldPath,
  text: string,
  names: readonly string[],
  slots: readonly string[] = [],
): Found[] {
  const all = [...names, ...slots];
  return variablesIn(text)
    .filter((name) => !all.includes(name))
    .map((name) => {
      const meant = didYouMean(name, all);
      const cure = meant ? `did you mean {{${meant}}}?` : `add \`${name}\` to \`variables\``;
      return {
        path,
        message: `uses {{${name}}}, which is not a variable${slots.length > 0 ? ' or slot' : ''}; ${cure}`,
      };
    });
}

function checkScript(
  script: Script,
  variables: string[],
  checkNames: boolean,
  tools: readonly string[] | undefined,
  ownTools: readonly string[],
): Found[] {
  const { facts, tasks, phrases } = script;
  const found: Found[] = [];
  const uses = (path: FieldPath, text: string | undefined, slots: string[] = []) => {
    if (checkNames && text !== undefined) found.push(...unknownVariables(['script', ...path], text, variables, slots));
  };
  for (const field of ['unknown', 'goodbye', 'anything_else'] as const) uses([field], script[field]);
  for (const [field, text] of Object.entries(phrases)) uses(['phrases', field], text);
  facts.forEach(({ answer, examples }, index) => {
    uses(['facts', index, 'answer'], answer);
    examples.forEach((example, place) => uses(['facts', index, 'examples', place], example));
  });
  const taskIds = tasks.map(({ id }) => id);
  const seen = new Set<string>();
  const unique = (path: FieldPath, id: string) => {
    if (seen.has(id))
      found.push({ path: ['script', ...path, 'id'], message: `"${id}" is there twice; ids are unique` });
    seen.add(id);
  };
  facts.forEach(({ id }, index) => unique(['facts', index], id));
  tasks.forEach((task, index) => {
    const path = ['tasks', index] as const;
    const slots = task.slots.map(({ id }) => id);
    unique(path, task.id);
    if (task.tool !== undefined && tools && !tools.includes(task.tool)) {
      const message = `"${task.tool}" is not among the \`tools\` of this agent (${tools.join(', ')}); add it there`;
      found.push({ path: ['script', ...path, 'tool'], message });
    }
    task.examples.forEach((example, place) => uses([...path, 'examples', place], example));
    uses([...path, 'confirm'], task.confirm, slots);
    // What the tool answers can be told when it is there.
    const answers = variablesIn(`${task.done} ${task.refused?.say ?? ''}`).filter(isOfAnswer);
    const ofAnswer = task.tool !== undefined && ownTools.includes(task.tool) ? answers : [];
    uses([...path, 'done'], task.done, [...slots, ...ofAnswer]);
    uses([...path, 'refused', 'say'], task.refused?.say, [...slots, ...ofAnswer]);
    if (task.refused?.asks !== undefined)
      found.push(...unknownName(['script', ...path, 'refused', 'asks'], task.refused.asks, slots, 'slot'));
    for (const [name, text] of Object.entries(task.args ?? {})) uses([...path, 'args', name], text, slots);
    task.slots.forEach((slot, place) => {
      const at = [...path, 'slots', place] as const;
      if (slots.indexOf(slot.id) !== place) {
        found.push({
          path: ['script', ...at, 'id'],
          message: `"${slot.id}" is there twice in this task; ids are unique`,
        });
      }
      uses([...at, 'ask'], slot.ask, slots);
      uses([...at, 'retry'], slot.retry, slots);
      const answers = slot.kind === 'yes_no' ? ['yes', 'no'] : (slot.choices ?? []);
      for (const [answer, target] of Object.entries(slot.leads_to ?? {})) {
        const where: FieldPath = ['script', ...at, 'leads_to', answer];
        found.push(...unknownName(where, answer, answers, 'answer'), ...unknownName(where, target, taskIds, 'task'));
      }
    });
  });
  if (script.unknown === scriptSchema.parse({}).unknown && !taskIds.includes('message')) {
    const message =
      'the standard sentence offers to pass a message on, but no task has the id `message`: add one, or write an `unknown` of your own';
    found.push({ path: ['script', 'unknown'], message });
  }
  const openers = tasks.filter(({ opens }) => opens);
  if (openers.length > 1) {
    const index = tasks.indexOf(openers[1]!);
    found.push({
      path: ['script', 'tasks', index, 'opens'],
      message: `only one task can open the call; \`${openers[0]!.id}\` does`,
    });
  }
  return found;
}
