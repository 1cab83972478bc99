import { cuesIn } from './phrases/cues.ts';
import type { Cue } from './phrases/phrases.ts';

/**
 * `screening` asks who calls and why, and fetches the person; `voicemail` takes a message; a `menu` wants a key; an
 * `announcement` of the carrier wants nothing.
 */
export type MachineKind = 'screening' | 'voicemail' | 'menu' | 'announcement';

export type MachineFound = {
  kind: MachineKind;
  /** Which rule of the table said so. */
  rule: string;
  /** What was understood of it. */
  text: string;
};

/** What is known of whoever answered. */
export type Heard = {
  /** Phrases in everything they said. */
  cues: Record<Cue, number>;
  /** Phrases in what they said first, up to the first pause. */
  firstCues: Record<Cue, number>;
  /** Milliseconds of what they said first, and whether it is over. */
  firstMs: number;
  firstOver: boolean;
  /** A beep came after this long of speech, in milliseconds. */
  beepAfterSpeechMs: number | undefined;
  /** Milliseconds since that beep in which nobody spoke. */
  quietSinceBeepMs: number;
};

/** A machine's greeting hardly pauses; a person says hello and waits. */
const longGreetingMs = 6_000;
const someSpeechMs = 3_000;
const quietAfterBeepMs = 6_000;
/** The voice detector may take the beep itself for speech. */
const hardlySpeechMs = 300;

/**
 * The decision table: the first row that holds decides, and without one it is a person. How long somebody speaks never
 * decides alone, because a person who is taken for a machine is the worst that can happen; a machine that is taken for a
 * person is only spoken to.
 */
const rules: readonly { rule: string; kind: MachineKind; holds: (heard: Heard) => boolean }[] = [
  {
    rule: 'says that it screens calls',
    kind: 'screening',
    holds: ({ cues, firstOver }) => firstOver && cues.assistant > 0,
  },
  {
    rule: 'asks who calls and why',
    kind: 'screening',
    // Only once it is over, because voicemails ask for a reason as well. Whoever fetches somebody may do so "after the tone".
    holds: ({ cues, firstOver }) =>
      firstOver &&
      cues.person === 0 &&
      (cues.fetching > 0 || (cues.screening > 0 && cues.recording + cues.greeting + cues.absence + cues.request === 0)),
  },
  {
    rule: 'asks for a message after the tone',
    kind: 'voicemail',
    holds: ({ cues, firstOver }) =>
      cues.recording > 0 && (cues.assistant + cues.screening + cues.fetching === 0 || firstOver),
  },
  {
    rule: 'says what to leave',
    kind: 'voicemail',
    // Only once it is over: "with me" may follow.
    holds: ({ cues, firstOver }) => firstOver && cues.request > 0 && cues.person === 0,
  },
  { rule: 'wants a key to be pressed', kind: 'menu', holds: ({ cues }) => cues.menu > 0 && cues.person === 0 },
  {
    rule: 'says that the number cannot be reached',
    kind: 'announcement',
    // Only once it is over: it may still ask for a message.
    holds: ({ cues, firstOver }) => firstOver && cues.announcement > 0 && cues.person + cues.hold === 0,
  },
  {
    rule: 'two phrases of a greeting in one breath',
    kind: 'voicemail',
    holds: ({ firstCues, firstOver }) =>
      firstOver &&
      firstCues.greeting > 0 &&
      firstCues.greeting + firstCues.absence > 1 &&
      firstCues.person + firstCues.hold === 0,
  },
  {
    rule: 'a phrase of a greeting, then a beep',
    kind: 'voicemail',
    holds: ({ cues, beepAfterSpeechMs }) =>
      cues.greeting + cues.absence > 0 && cues.person === 0 && beepAfterSpeechMs !== undefined,
  },
  {
    rule: 'a phrase of a greeting in a long one',
    kind: 'voicemail',
    holds: ({ firstCues, firstOver, firstMs }) =>
      firstOver && firstCues.greeting > 0 && firstCues.person + firstCues.hold === 0 && firstMs >= longGreetingMs,
  },
  {
    rule: 'a long greeting, then a beep',
    kind: 'voicemail',
    holds: ({ cues, beepAfterSpeechMs }) => (beepAfterSpeechMs ?? 0) >= someSpeechMs && cues.person === 0,
  },
  {
    rule: 'a beep, and nobody',
    kind: 'voicemail',
    holds: ({ beepAfterSpeechMs, quietSinceBeepMs }) =>
      (beepAfterSpeechMs ?? hardlySpeechMs) < hardlySpeechMs && quietSinceBeepMs >= quietAfterBeepMs,
  },
];

/** Undefined: a person, or not known yet. */
export function judgeHeard(heard: Heard): { kind: MachineKind; rule: string } | undefined {
  return rules.find(({ holds }) => holds(heard));
}

/** Whether these words, of what was taken for a machine, are those of somebody who listens. */
export function soundsLikePerson(text: string, language: string): boolean {
  const { person, ...machine } = cuesIn(text, language);
  return person > 0 && sum(machine) === 0;
}

/**
 * Who speaks after a screening assistant was told who calls: the assistant still (`screening`), a machine that takes a
 * message (`voicemail`), or somebody who came (`person`).
 */
export function afterScreening(text: string, language: string): 'screening' | 'voicemail' | 'person' {
  const { assistant, screening, fetching, hold, recording, request, greeting, absence } = cuesIn(text, language);
  if (recording + request + greeting > 0) return 'voicemail';
  return assistant + screening + fetching + hold + absence > 0 || isThanks(text) ? 'screening' : 'person';
}

/** All that an assistant says to what it was told. */
function isThanks(text: string): boolean {
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return /^(?:(?:ok|okay|got it|great|sure|alright) ?)?(?:thanks|thank you)?$/.test(words.join(' '));
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, each) => all + each, 0);

/** Silence that ends what was said first. Machines that read out a name pause for less. */
const pauseMs = 1_200;

/**
 * Listens beside a call to who answered, and delays nothing: the agent speaks as it would to a person until a machine is
 * found. Times are milliseconds since the answer, told by the caller of each method.
 */
export class AnsweringMachineDetector {
  readonly #language: string;
  #said = '';
  #saying = '';
  /** What was said first, once it is over: its length with the short pauses in it, and what was spoken by then. */
  #first: { text: string; lengthMs: number; spokenMs: number } | undefined;
  #speakingSince: number | undefined;
  #startedAt: number | undefined;
  #stoppedAt: number | undefined;
  #spokenMs = 0;
  #beep: { atMs: number; afterSpeechMs: number } | undefined;
  readonly #cues = new Map<string, Record<Cue, number>>();

  /** @param language BCP 47 of the call */
  constructor(language: string) {
    this.#language = language;
  }

  /** The voice detector heard somebody begin or stop to speak. */
  speech(speaking: boolean, atMs: number): void {
    this.#closeFirst(atMs);
    if (speaking) {
      this.#speakingSince ??= atMs;
      this.#startedAt ??= atMs;
      return;
    }
    if (this.#speakingSince === undefined) return;
    this.#spokenMs += atMs - this.#speakingSince;
    this.#speakingSince = undefined;
    this.#stoppedAt = atMs;
  }

  /** The recogniser understood something. What is not final yet is said again with the next. */
  words(text: string, { final }: { final: boolean }): void {
    this.#saying = final ? '' : text;
    if (final) this.#said = `${this.#said} ${text}`.trim();
    // The last words of a breath may come when it is over; they belong to it until somebody speaks again.
    const late = this.#first && this.#speakingSince === undefined && this.#spokenMs === this.#first.spokenMs;
    if (this.#first && final && late) this.#first.text = this.#said;
  }

  beep(atMs: number): void {
    this.#beep = { atMs, afterSpeechMs: this.#spokenSoFar(atMs) };
  }

  /** What is known by now. */
  look(atMs: number): MachineFound | undefined {
    this.#closeFirst(atMs);
    const text = `${this.#said} ${this.#saying}`.trim();
    const found = judgeHeard({
      cues: this.#cuesIn(text),
      firstCues: this.#cuesIn(this.#first?.text ?? text),
      firstMs: this.#first?.lengthMs ?? 0,
      firstOver: this.#first !== undefined,
      beepAfterSpeechMs: this.#beep?.afterSpeechMs,
      quietSinceBeepMs: this.#quietSinceBeep(atMs),
    });
    return found && { kind: found.kind, rule: found.rule, text };
  }

  /** Five looks a second see the same words again and again. */
  #cuesIn(text: string): Record<Cue, number> {
    let cues = this.#cues.get(text);
    if (!cues) {
      cues = cuesIn(text, this.#language);
      this.#cues.set(text, cues);
    }
    return cues;
  }

  #closeFirst(atMs: number): void {
    if (this.#first || this.#speakingSince !== undefined || this.#stoppedAt === undefined) return;
    if (atMs - this.#stoppedAt < pauseMs) return;
    const lengthMs = this.#stoppedAt - (this.#startedAt ?? this.#stoppedAt);
    this.#first = { text: `${this.#said} ${this.#saying}`.trim(), lengthMs, spokenMs: this.#spokenMs };
  }

  #spokenSoFar(atMs: number): number {
    return this.#spokenMs + (this.#speakingSince === undefined ? 0 : atMs - this.#speakingSince);
  }

  #quietSinceBeep(atMs: number): number {
    if (!this.#beep) return 0;
    const spokenSince = this.#spokenSoFar(atMs) - this.#beep.afterSpeechMs;
    return spokenSince > 0 ? 0 : atMs - this.#beep.atMs;
  }
}
