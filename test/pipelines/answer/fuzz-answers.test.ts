import { expect, test } from 'vitest';
import { fuzzAnswers } from './fuzz-answers.ts';

test(
  'of a hundred and fifty answers that no model should send, nothing is spoken that is no speech',
  { timeout: 120_000 },
  async () => {
    const { spoken, calls } = await fuzzAnswers({ seed: 1, isOver: (cases) => cases >= 150 });
    expect(spoken).toBeGreaterThan(1_000);
    expect(calls).toBeGreaterThan(20);
  },
);
