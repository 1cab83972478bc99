/**
 * What came of one execution of a tool. Only `done` says that the effect is there; `refused` and `failed` say that it is not:
 * the far end said no, or never took it up. `waiting`: it was taken up, and the answer comes later.
 */
export const toolOutcomes = ['done', 'refused', 'failed', 'unknown', 'waiting'] as const;

export type ToolOutcome = {
  is: (typeof toolOutcomes)[number];
  /** HTTP status, where there was one. */
  status?: number;
  /** What the far end answered, as far as the model may see it. */
  answer?: unknown;
  /** For people and models: what went wrong, in a sentence. Holds neither URLs nor anything of a header. */
  note?: string;
};

/** What a model is told of an outcome, as JSON: what comes from outside cannot be taken for words of ours. */
export type ToldOutcome = { outcome: ToolOutcome['is']; status?: number; answer?: unknown; note?: string };

export function toldOutcome(
  outcome: ToolOutcome,
  told: { repeated: boolean; onError: string | undefined },
): ToldOutcome {
  const { is, status, answer, note } = outcome;
  const rule = rules[is];
  const notes = [
    told.repeated && is === 'done' ? 'This was done before in this call, and was not done again.' : '',
    note ?? '',
    rule ?? '',
    is === 'failed' || is === 'unknown' ? (told.onError ?? '') : '',
  ].filter(Boolean);
  return {
    outcome: is,
    ...(status !== undefined && is !== 'done' && { status }),
    ...(answer !== undefined && { answer }),
    ...(notes.length > 0 && { note: notes.join(' ') }),
  };
}

const rules: Partial<Record<ToolOutcome['is'], string>> = {
  refused: 'It was refused, and nothing was done.',
  failed: 'Nothing was done.',
  unknown:
    'Nobody knows whether it was done. Say that you cannot tell, neither that it was nor that it was not, and do not try again.',
  waiting: 'It is being done. You will get the answer later: say so, and go on meanwhile.',
};

/** What came of a tool, by what its model was told; undefined for other tools. */
export function outcomeIn(text: string): ToolOutcome['is'] | undefined {
  const told = /^\{"outcome":"([a-z]+)"/.exec(text)?.[1];
  return toolOutcomes.find((each) => each === told);
}

/** Whether a model should take it for an error. */
export function isFailure({ is }: ToolOutcome): boolean {
  return is !== 'done' && is !== 'waiting';
}
