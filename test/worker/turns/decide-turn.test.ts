import { expect, it } from 'vitest';
import { decideTurn, type TurnEvidence } from '../../../src/worker/turns/decide-turn.ts';

const limits = { minMs: 300, maxMs: 1500, patienceMs: 2500, threshold: 0.36 };
const plain: TurnEvidence = { silenceMs: 300, wordsOwed: false, reading: 'plain', model: 0.9 };

type Row = [string, Partial<TurnEvidence>, ReturnType<typeof decideTurn>];
const over = (by: 'words' | 'model' | 'silence') => ({ over: true as const, by });
const wait = (lookAgainInMs: number) => ({ over: false as const, lookAgainInMs });

it.each<Row>([
  ['the model takes it for over', {}, over('model')],
  ['not before the least silence, however sure the model is', { silenceMs: 250 }, wait(50)],
  ['exactly at the threshold', { model: 0.36 }, over('model')],
  ['the model takes it for unfinished', { model: 0.35 }, wait(1200)],
  ['so it does, for as long as it may', { model: 0, silenceMs: 1499 }, wait(1)],
  ['but not without a limit', { model: 0, silenceMs: 1500 }, over('silence')],
  ['the model has not answered yet', { model: 'asked' }, wait(1200)],
  ['the model never answers', { model: 'asked', silenceMs: 1500 }, over('silence')],
  ['there is no model', { model: 'none' }, over('silence')],
  ['there is no model, too early', { model: 'none', silenceMs: 100 }, wait(200)],
  ['what was asked for is whole', { reading: 'whole', model: 0 }, over('words')],
  ['it is whole before the model has answered', { reading: 'whole', model: 'asked' }, over('words')],
  ['it is whole and too early', { reading: 'whole', silenceMs: 260 }, wait(40)],
  ['half a number, which the model takes for a sentence', { reading: 'unfinished', model: 1 }, wait(2200)],
  ['half a number, beyond the usual silence', { reading: 'unfinished', model: 1, silenceMs: 1600 }, wait(900)],
  ['half a number, and no more comes', { reading: 'unfinished', model: 1, silenceMs: 2500 }, over('silence')],
  ['half a number without a model', { reading: 'unfinished', model: 'none' }, wait(2200)],
  ['an address, which the model takes for over', { reading: 'dictated' }, over('model')],
  ['an address, which it takes for unfinished', { reading: 'dictated', model: 0.1, silenceMs: 1500 }, wait(1000)],
  ['an address without a model', { reading: 'dictated', model: 'none', silenceMs: 500 }, wait(2000)],
  ['the recogniser owes words', { wordsOwed: true }, wait(1200)],
  ['it owes words of what seemed whole', { wordsOwed: true, reading: 'whole' }, wait(1200)],
  ['it never tells them', { wordsOwed: true, silenceMs: 1500 }, over('silence')],
  ['a clock that went back', { silenceMs: -50 }, wait(350)],
])('%s', (_, evidence, decision) => {
  expect(decideTurn({ ...plain, ...evidence }, limits)).toEqual(decision);
});

it('ends every turn, whatever is known of it, and never asks to look again in the past', () => {
  for (const reading of ['whole', 'unfinished', 'dictated', 'plain'] as const)
    for (const model of [0, 0.5, 1, Number.NaN, 'asked', 'none'] as const)
      for (const wordsOwed of [true, false])
        for (const odd of [limits, { ...limits, patienceMs: 200 }, { ...limits, minMs: 5000 }]) {
          let silenceMs = 0;
          for (let looks = 0; ; looks += 1) {
            const decision = decideTurn({ silenceMs, wordsOwed, reading, model }, odd);
            if (decision.over) break;
            expect(decision.lookAgainInMs).toBeGreaterThan(0);
            expect(looks).toBeLessThan(5);
            silenceMs += decision.lookAgainInMs;
          }
          expect(silenceMs).toBeLessThanOrEqual(Math.max(odd.minMs, odd.maxMs, odd.patienceMs));
        }
});
