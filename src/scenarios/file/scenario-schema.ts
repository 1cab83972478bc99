import { z } from 'zod';
import { endReasons } from '../../calls/end/end-reason.ts';
import { lines } from '../outcome.ts';

const phrases = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((given) => (typeof given === 'string' ? [given] : given));

const wantedTool = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).describe('The tool, as the agent file names it.'),
    arguments: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('Arguments it must be called with, among others; of a text a part will do, or `/a pattern/`.'),
  }),
]);

const tools = z
  .union([wantedTool, z.array(wantedTool)])
  .transform((given) => [given].flat())
  .transform((given) =>
    given.map((each) => {
      const { name, arguments: wanted } = typeof each === 'string' ? { name: each, arguments: {} } : each;
      return { name: name.replaceAll('_', '-'), arguments: wanted };
    }),
  );

/** What must be true of what was heard and done since the caller's step, or in the whole call. */
const expectations = {
  heard: phrases.optional().describe('Words the agent says: a phrase or a list, whatever the case; or `/a pattern/`.'),
  not_heard: phrases.optional().describe('Words it does not say.'),
  means: phrases.optional().describe('What it says, in other words: for the model given with --model.'),
  tools: tools.optional().describe('Tools it calls: a name, or `name` with `arguments`, or a list. `[]`: none.'),
  answer_within_ms: z.number().positive().optional().describe("Longest time from the caller's last word to its first."),
};

const stepSchema = z.strictObject({
  say: z.string().min(1).optional().describe('What the caller says.'),
  wait: z.number().positive().max(600).optional().describe('The caller says nothing for this many seconds.'),
  hang_up: z.literal(true).optional().describe('The caller hangs up.'),
  barge_in_after_ms: z
    .number()
    .min(0)
    .optional()
    .describe('With `say`: speaks over the agent, this long after it began to speak.'),
  expect: z
    .strictObject({
      ...expectations,
      silent_within_ms: z
        .number()
        .positive()
        .optional()
        .describe('With `barge_in_after_ms`: longest time until the agent is silent. Measured where there is sound.'),
    })
    .prefault({})
    .describe('What the agent must do then, until the next step.'),
});

const personaSchema = z.strictObject({
  goal: z
    .string()
    .min(1)
    .optional()
    .describe('What the caller wants and who they are: for the model given with --model.'),
  rules: z
    .array(
      z.strictObject({
        hears: phrases.describe('What the agent said last has one of these phrases in it.'),
        say: z.string().min(1).describe('What the caller answers.'),
        once: z.boolean().default(false).describe('The rule is used up then.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Without a model: the first rule that fits answers.'),
  otherwise: z.string().min(1).optional().describe('What the caller says where no rule fits; else they hang up.'),
  max_turns: z.number().int().min(1).max(100).default(20).describe('After so many turns the caller hangs up.'),
});

const callSchema = z.strictObject({
  direction: z.enum(['inbound', 'outbound', 'web']).optional().describe('Who calls whom; inbound if nothing is said.'),
  phone_number: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164, such as +14155550111')
    .nullable()
    .optional()
    .describe("The person's number; null for one that is withheld."),
  variables: z.record(z.string(), z.string()).optional().describe('Variables that the call is given.'),
  playbook: z.string().optional().describe('What the request adds to the prompt.'),
  earlier_calls: z
    .array(
      z.strictObject({
        days_ago: z.number().int().min(0).max(3_650).default(7).describe('How many days before this one it was.'),
        summary: z.string().min(1).optional().describe('How it was summed up.'),
        fields: z.record(z.string(), z.unknown()).default({}).describe('What was said, by the names of `result`.'),
      }),
    )
    .optional()
    .describe('Results of earlier calls of the number, for an agent that `remembers`.'),
  before_answer: z
    .strictObject({
      variables: z.record(z.string(), z.unknown()).optional().describe('Variables of this call.'),
      agent: z.string().min(1).optional().describe('Who takes it.'),
      language: z.string().min(1).optional().describe('The language of this call.'),
      refuse: z
        .union([z.boolean(), z.string().min(1)])
        .optional()
        .describe('`true` or the reason: nobody answers.'),
    })
    .optional()
    .describe("What the operator's backend answers, for an agent with `before_answer`; without it there is no answer."),
  at: z.iso
    .datetime({ offset: true, error: 'must be a time with its zone, such as 2026-05-04T09:30:00+02:00' })
    .optional()
    .describe('When the call begins.'),
});

const doublesSchema = z.record(
  z.string().overwrite((name) => name.replaceAll('_', '-')),
  z.strictObject({
    answers: z
      .unknown()
      .optional()
      .describe(
        "What the tool answers: a text, or fields. Nothing outside is called. Of a tool that the agent's file describes it is what its server answers, or `outcome` (`refused`, `unknown`, `waiting`) and `answer`.",
      ),
    fails: z.string().min(1).optional().describe('The tool fails with these words.'),
    after_ms: z.number().min(0).max(60_000).default(0).describe('How long it takes.'),
  }),
);

const scenarioSchema = z.strictObject({
  name: z.string().min(1).describe('What is tested, unique in the file.'),
  in: z
    .array(z.enum(lines))
    .min(1)
    .optional()
    .describe('Over which lines it makes sense; over all if nothing is said.'),
  call: callSchema.prefault({}).describe('How the call differs from the one of the file.'),
  doubles: doublesSchema.default({}).describe('Tools that answer as written here, beside those of the file.'),
  steps: z.array(stepSchema).default([]).describe('What the caller does, one after the other.'),
  persona: personaSchema.optional().describe('Who goes on when the steps are over, or in their place.'),
  expect: z
    .strictObject({
      ...expectations,
      effects: z
        .record(
          z.string().overwrite((name) => name.replaceAll('_', '-')),
          z.number().int().min(0),
        )
        .optional()
        .describe('How often a tool did something, such as `take-message: 1`.'),
      end_reason: z
        .enum(Object.keys(endReasons) as [keyof typeof endReasons])
        .optional()
        .describe('How the call ended.'),
      cost_below_usd: z.number().positive().optional().describe('What the call may cost.'),
    })
    .prefault({})
    .describe('What must be true of the whole call.'),
});

/** A file of `agents/tests`. `docs/testing-agents.md` documents each field; a test compares the two. */
export const scenarioFileSchema = z.strictObject({
  agent: z.string().min(1).describe('The agent file that is tested, without `.md`.'),
  call: callSchema.prefault({}).describe('The call of every scenario.'),
  doubles: doublesSchema.default({}).describe('Tools that answer as written here, in every scenario.'),
  scenarios: z.array(scenarioSchema).min(1).describe('What is tested.'),
});

export type ScenarioFile = z.output<typeof scenarioFileSchema>;
export type ScenarioStep = z.output<typeof stepSchema>;
export type Persona = z.output<typeof personaSchema>;
export type Expectations = z.output<typeof scenarioSchema>['expect'];
export type StepExpectations = ScenarioStep['expect'];

/** One scenario with what its file says of all. */
export type Scenario = z.output<typeof scenarioSchema> & {
  agent: string;
  file: string;
  /** Where it is in its file, and each of its steps and of its expectations. */
  line: number;
  lineOf: (path: readonly (string | number)[]) => number;
};
