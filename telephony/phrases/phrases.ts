/**
 * What the words of whoever answered show.
 * - `assistant`: an assistant of the phone says what it is.
 * - `screening`: asks who calls and why, as such an assistant does, and some voicemails.
 * - `fetching`: somebody is asked whether they want to come.
 * - `recording`: only a machine that takes a message, or tells the hours, says so.
 * - `request`: what to leave; a machine says so, or somebody who takes it down.
 * - `greeting`: the greeting of a machine; people say so in other sentences.
 * - `absence`: people say so as often as machines: "I can't take this now, I'll call you back".
 * - `menu`: a company's machine that wants a key, or a word of a list.
 * - `announcement`: the carrier says that the number cannot be reached.
 * - `hold`: somebody will come.
 * - `person`: only somebody who listens says so, or speaks so of somebody else.
 */
export const cueNames = [
  'assistant',
  'screening',
  'fetching',
  'recording',
  'request',
  'greeting',
  'absence',
  'menu',
  'announcement',
  'hold',
  'person',
] as const;
export type Cue = (typeof cueNames)[number];

/** Of one language, over words without case, accents and punctuation (`can't` is `can t`). */
export type Phrases = Partial<Record<Cue, readonly RegExp[]>>;
