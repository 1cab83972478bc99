import { z } from 'zod';

const id = z.string().regex(/^[a-z0-9-]+$/, 'use lower-case letters, digits and hyphens');

const slotSchema = z
  .strictObject({
    /** Its name in templates and tool arguments, unique in the task. */
    id: z.string().regex(/^[a-z][a-z0-9_]*$/, 'use lower-case letters, digits and underscores'),
    /** The question. */
    ask: z.string().min(1),
    /** How the answer is understood. `text` takes all that was said. */
    kind: z.enum(['name', 'phone', 'number', 'date', 'time', 'yes_no', 'choice', 'text']),
    /** For `choice`: what may be chosen. */
    choices: z.array(z.string().min(1)).min(2).optional(),
    /** For `number`: the smallest answer taken. */
    min: z.number().optional(),
    /** For `number`: the largest answer taken. */
    max: z.number().optional(),
    /** Said once when the answer was not understood; the default asks again. */
    retry: z.string().min(1).optional(),
    /** For `yes_no` and `choice`: answers that lead to another task, which replaces this one. */
    leads_to: z.record(z.string(), id).optional(),
  })
  .refine((slot) => slot.kind !== 'choice' || slot.choices !== undefined, {
    path: ['choices'],
    message: 'a slot of kind `choice` needs `choices`',
  });

/** What the brain says besides facts and tasks. Each has a default, so that a script in another tone can replace it. */
const phrasesSchema = z.strictObject({
  /** To a greeting. */
  hello: z.string().default('Hello. How can I help?'),
  /** To "how are you". */
  how_are_you: z.string().default('All is well here, thank you.'),
  /** To "are you a robot": the truth. */
  robot: z.string().default('I am an automated assistant.'),
  /** To "can I talk to a person"; offers a message. */
  human: z
    .string()
    .default('I am an automated assistant and cannot put you through, but I can take a message. Shall I?'),
  /** Before something is said again. */
  repeat: z.string().default('Of course.'),
  /** When nothing was understood. */
  again: z.string().default('Sorry, I did not catch that.'),
  /** To "one moment". */
  take_your_time: z.string().default('Take your time.'),
  /** When only part of a phone number was said. */
  go_on: z.string().default('And the rest of the number?'),
  /** When the caller wants something but has not said what. */
  go_ahead: z.string().default('How can I help?'),
  /** To a "no" at the read-back. */
  what_to_change: z.string().default('What should I change?'),
  /** After a correction. */
  changed: z.string().default('Thank you, I have changed that.'),
  /** When the caller gives a task up. */
  dropped: z.string().default('All right, I will leave that.'),
  /** To whatever is said while a tool runs. */
  working: z.string().default('One moment please, I am still on it.'),
  /** When a tool answers later. */
  later: z.string().default('That takes a while. I will tell you as soon as I know.'),
  /** When nobody knows whether a tool did what it should. */
  not_sure: z.string().default('I am sorry, I can not see whether that went through. Somebody will look into it.'),
  /** When a tool failed. */
  failed: z.string().default('I am sorry, that did not work just now. Shall I try again?'),
  /** Read back for something the caller would not give. */
  not_given: z.string().default('not given'),
  /** Asked for a person, where neither a transfer nor a message can be offered. */
  no_person: z.string().default('I am an automated assistant and cannot put you through.'),
  /** Nothing fits, and there is no task `message`. */
  not_known: z.string().default('I do not know that.'),
  /** Nothing fits again, though a message was offered: it is taken down without asking once more. */
  take_it_down: z.string().default('I do not know that either. Let me take it down.'),
  /** After some tries, before the call is ended. */
  cannot_help: z.string().default('I am sorry, I can not help you with that.'),
  /** To a goodbye while the number to call back is missing; the question follows. */
  before_you_go: z.string().default('Before you go:'),
  /** To a goodbye while the number is missing, where the call has one. */
  uses_this_number: z.string().default('I will note the number of this call.'),
  /** To "the number I am calling from", where the call has none; the question follows. */
  no_number: z.string().default('I can not see the number of this call.'),
  /** In place of `done`, when the caller could not be called back. */
  noted_without_number: z.string().default('Thank you, I have noted that, but without a number nobody can call back.'),
  /** Read back where the caller leaves the day to the agent. */
  any_day: z.string().default('any day'),
  /** Read back where the caller leaves the time to the agent. */
  any_time: z.string().default('any time'),
  /** Read back for "the number I am calling from". */
  this_number: z.string().default('the one of this call'),
});

/**
 * What the scripted responder knows: the only things it can say. Texts may hold `{{variables}}`. Anything it does not know is
 * taken down as a message, never made up. Texts may be in any language; callers are understood in English.
 */
export const scriptSchema = z.strictObject({
  /** Facts of the business: spoken verbatim when a caller asks in words like the examples. */
  facts: z
    .array(
      z.strictObject({
        /** A short name for logs and tests, unique in the file. */
        id,
        /** How callers ask: at least two phrasings. */
        examples: z.array(z.string().min(1)).min(2),
        /** The answer, spoken as it stands. */
        answer: z.string().min(1),
      }),
    )
    .default([]),
  /** Things the caller may want done: collecting what is needed, reading it back, then calling a tool. */
  tasks: z
    .array(
      z.strictObject({
        /** A short name, unique among facts and tasks. The task `message` takes what nothing else fits. */
        id,
        /** How callers ask for it. */
        examples: z.array(z.string().min(1)).min(2),
        /** Asked for in order; what the caller already said is not asked again. None: the tool is called at once. */
        slots: z.array(slotSchema).default([]),
        /** Said before the tool is called, to be confirmed with yes or no. `{{slot}}` stands for an answer. */
        confirm: z.string().min(1).optional(),
        /** Tool called once the slots are confirmed. */
        tool: z.string().optional(),
        /** The tool's arguments, as texts that may hold `{{slots}}`; the default passes the slots under their ids. */
        args: z.record(z.string(), z.string()).optional(),
        /** Said afterwards. `{{answer.field}}` stands for a part of what the tool answered. */
        done: z.string().min(1),
        /** When the server of a tool says no: that the time is taken, that there is no such order. */
        refused: z
          .strictObject({
            /** Said then. `{{answer.field}}` stands for a part of what the server answered. */
            say: z.string().min(1),
            /** The slot that `say` asks for again; without one the task is over. */
            asks: z.string().optional(),
          })
          .optional(),
        /** Starts with the first turn rather than when asked: a reminder or a survey leads the call. */
        opens: z.boolean().default(false),
        /** The call ends after `done`. */
        ends: z.boolean().default(false),
      }),
    )
    .default([]),
  /** Said when nothing fits; the message task, if there is one, is offered. */
  unknown: z.string().min(1).default('I am not sure about that, but I can pass a message on. Would you like me to?'),
  /** Said when the caller says goodbye, before the end-call tool. */
  goodbye: z.string().min(1).default('Thank you for calling. Goodbye.'),
  /** Asked after an answer when the caller says no more. */
  anything_else: z.string().min(1).default('Is there anything else I can help with?'),
  /** What is said besides facts and tasks, where the defaults do not fit. */
  phrases: phrasesSchema.prefault({}),
});

export type Script = z.output<typeof scriptSchema>;
