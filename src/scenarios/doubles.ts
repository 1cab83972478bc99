import { setTimeout as delay } from 'node:timers/promises';
import { llm } from '@livekit/agents';
import { didYouMean } from '../agent-files/did-you-mean.ts';
import type { CallTools } from '../worker/dependencies.ts';
import type { Effect } from './outcome.ts';

/** What a tool does in a scenario, instead of what it does. */
export type ToolDouble = {
  /** What the model is given. */
  answers?: unknown;
  /** It fails, and the model is told this. */
  fails?: string | undefined;
  /** How long it takes, milliseconds. */
  after_ms: number;
};

/** By the names that agent files use. */
export type ToolDoubles = Readonly<Record<string, ToolDouble>>;

/**
 * The tools of a call with their doubles, by name, wherever a tool comes from. Of the others only those that are `contained` (they
 * reach nothing but what the scenario holds) are run; any other fails, and `onTrouble` is told.
 */
export function doubledTools(
  tools: CallTools,
  given: {
    doubles: ToolDoubles;
    contained: readonly string[];
    /** Those that the agent's file describes: what they answer is told with what came of it, as in a call. */
    own: readonly string[];
    onEffect: (effect: Effect) => void;
    onTrouble: (trouble: string) => void;
  },
): CallTools {
  const { doubles, contained, own, onEffect, onTrouble } = given;
  const names = Object.keys(tools).map(fileName);
  for (const name of Object.keys(doubles).filter((each) => !names.includes(each))) {
    const meant = didYouMean(name, names);
    onTrouble(
      `\`doubles\` has the tool "${name}", which the agent does not have; ${meant ? `did you mean \`${meant}\`?` : `it has ${names.join(', ') || 'none'}`}`,
    );
  }
  return Object.fromEntries(
    Object.entries(tools).map(([wireName, tool]): [string, llm.AnonFunctionTool] => {
      const name = fileName(wireName);
      const double = Object.hasOwn(doubles, name) ? doubles[name] : undefined;
      if (double)
        return [
          wireName,
          {
            ...tool,
            execute: async (args) =>
              perform(own.includes(name) ? asOwn(double) : double, { tool: name, arguments: args }, onEffect),
          },
        ];
      if (contained.includes(name)) return [wireName, tool];
      const refuse = () => {
        onTrouble(
          `the agent called the tool "${name}", which reaches the outside; write what it answers under \`doubles\``,
        );
        return Promise.reject(new llm.ToolError('This tool is not there now.'));
      };
      return [wireName, { ...tool, execute: refuse }];
    }),
  );
}

const isOwn = (answers: unknown) => typeof answers === 'object' && answers !== null && 'outcome' in answers;

/** The double of a tool of the agent's own, in the words of its outcome. `answers` may hold a whole outcome, such as a refusal. */
function asOwn({ answers, fails, ...rest }: ToolDouble): ToolDouble {
  return {
    ...rest,
    answers: isOwn(answers) ? answers : { outcome: 'done', ...(answers !== undefined && { answer: answers }) },
    fails: fails === undefined ? undefined : JSON.stringify({ outcome: 'failed', note: fails }),
  };
}

async function perform(double: ToolDouble, effect: Effect, onEffect: (effect: Effect) => void): Promise<unknown> {
  if (double.after_ms > 0) await delay(double.after_ms);
  if (double.fails !== undefined) throw new llm.ToolError(double.fails);
  onEffect(effect);
  const { answers = 'Done.' } = double;
  return typeof answers === 'string' || isOwn(answers) ? answers : JSON.stringify(answers);
}

/** Agent files write hyphens where models are given underscores. */
export function fileName(wireName: string): string {
  return wireName.replaceAll('_', '-');
}
