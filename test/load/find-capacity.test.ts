import { describe, expect, test } from 'vitest';
import { load, readOptions, verdict } from '../../src/commands/agents/load.ts';
import { reasonOf } from '../../src/load/busy.ts';
import { loadPicture } from '../../src/load/load-picture.ts';
import { aloneOf, type HeardCall, judgeLevel } from '../../src/load/promises.ts';
import { nextLevel } from '../../src/load/ramp.ts';

const promises = { greetingMs: 1000, answerMs: 2000, gapMs: 60 };
const call = (fields: Partial<HeardCall> = {}): HeardCall => ({
  greetingMs: 200,
  answersMs: [900, 1100],
  answers: [{ text: 'We are open.', ms: 3000 }],
  ...fields,
});

describe('the ramp', () => {
  /** The levels that are tried on a machine that takes so many calls. */
  const triedOn = (takes: number, most: number) => {
    const tried: { calls: number; held: boolean }[] = [];
    for (;;) {
      const next = nextLevel(tried, most);
      if ('most' in next) return { most: next.most, tried: tried.map(({ calls }) => calls) };
      tried.push({ calls: next.calls, held: next.calls <= takes });
    }
  };

  test('finds every capacity exactly', () => {
    for (let takes = 0; takes <= 40; takes++) expect(triedOn(takes, 64).most).toBe(takes);
  });

  test('doubles, then halves what is left', () => {
    expect(triedOn(23, 64)).toEqual({ most: 23, tried: [1, 2, 4, 8, 16, 32, 24, 20, 22, 23] });
  });

  test('tries no more than it may', () => {
    expect(triedOn(1000, 20)).toEqual({ most: 20, tried: [1, 2, 4, 8, 16, 20] });
  });
});

describe('a level', () => {
  const alone = aloneOf([call(), call({ answers: [{ text: 'We are open.', ms: 2990 }] })]);

  test('keeps every promise', () => {
    expect(judgeLevel([call(), call()], { promises, alone })).toMatchObject({
      calls: 2,
      dropped: 0,
      broken: [],
      greetingMs: { p95: 200 },
      answerMs: { n: 4, p95: 1100 },
      gapMs: { p95: 10 },
    });
  });

  test.for<[what: string, heard: (HeardCall | null)[], broken: string]>([
    ['a call that was not answered', [call(), null], '1 of 2 calls were not answered or broke off'],
    ['a call that broke off', [call({ greetingMs: null })], '1 of 1 calls were not answered or broke off'],
    ['a question without an answer', [call({ answersMs: [900, null] })], '1 questions got no answer'],
    ['a late greeting', [call({ greetingMs: 1500 })], 'greeting p95 1500 ms, 1000 ms are promised'],
    ['late answers', [call({ answersMs: [2500] })], 'answer p95 2500 ms, 2000 ms are promised'],
    [
      'words that stutter',
      [call({ answers: [{ text: 'We are open.', ms: 3070 }] })],
      'gap in what was said p95 80 ms, 60 ms are promised',
    ],
  ])('tells of %s', ([, heard, broken]) => {
    expect(judgeLevel(heard, { promises, alone }).broken).toEqual([broken]);
  });

  test('says nothing of gaps in words that were never heard alone', () => {
    const heard = [call({ answers: [{ text: 'Something else.', ms: 9000 }] })];
    expect(judgeLevel(heard, { promises, alone })).toMatchObject({ broken: [], gapMs: { n: 0 } });
  });
});

test('the reason is what was busy', () => {
  const engine = { name: 'the speech engine', cores: 1.7 };
  expect(reasonOf({ machine: 0.97, processes: [engine] }, 2)).toBe(
    'the 2 cores of this machine are busy (97 %); the speech engine took 1.7 of them',
  );
  expect(reasonOf({ machine: 0.33, processes: [{ name: 'call process 2', cores: 0.98 }, engine] }, 8)).toBe(
    'the JS thread of call process 2 is full (0.98 of a core)',
  );
  expect(reasonOf({ machine: 0.2, processes: [engine] }, 8)).toContain('not the processor');
  expect(reasonOf({ machine: 0.9, processes: [{ ...engine, cores: 0.6 }] }, 2)).toMatch(
    /^other programs took 1\.2 of the 2 cores/,
  );
});

test('the verdict says what broke, why, and what one more call process should bring', () => {
  const broken = ['answer p95 3100 ms, 2000 ms are promised'];
  const level = (calls: number, held: boolean, machine: number) => ({
    ...judgeLevel([call()], { promises, alone: new Map() }),
    calls,
    broken: held ? [] : broken,
    busy: {
      machine,
      processes: [
        { name: 'call process 2', cores: 0.98 },
        { name: 'livekit-server', cores: 1.9 },
      ],
    },
  });
  const said = (machine: number, cores: number) =>
    verdict(
      { most: 23, levels: [level(23, true, 0.1), level(24, false, machine)], broken },
      { tried: 64, callProcesses: 2, cores },
    );
  expect(said(0.36, 8)).toBe(
    `This machine: 23 calls at once. With 24: ${broken[0]}.
The limit: the JS thread of call process 2 is full (0.98 of a core). With PARLEY_CALL_PROCESSES=3 expect 34.`,
  );
  // The machine has room for a fifth more, not for half.
  expect(said(0.7, 4)).toContain('With PARLEY_CALL_PROCESSES=3 expect 27.');
  expect(said(0.95, 3)).not.toContain('PARLEY_CALL_PROCESSES');
  expect(verdict({ most: 64, levels: [], broken: [] }, { tried: 64, callProcesses: 2 })).toContain('at least 64 calls');
});

test('the picture has every level and the verdict', () => {
  const levels = [1, 4, 2].map((calls) => ({ ...judgeLevel([call()], { promises, alone: new Map() }), calls }));
  const picture = loadPicture(levels, { promises, most: 2 });
  expect(picture).toContain('2 calls at once keep every promise');
  expect(picture.match(/<circle/g)).toHaveLength(6);
  expect(picture).not.toContain('NaN');
});

test('hosted providers are not called without a limit', () => {
  expect(readOptions({ pipeline: 'cloud' })).toContain('Give --spend-limit');
  expect(readOptions({ pipeline: 'cloud', 'spend-limit': '2' })).toMatchObject({ pipeline: 'cloud', spendLimit: 2 });
  expect(readOptions({ pipeline: 'cluod' })).toContain('embedded, lan or cloud');
  expect(readOptions({ most: '0' })).toBe('--most is a number above 0.');
  expect(readOptions({ 'spend-limit': 'x' })).toContain('--spend-limit');
  expect(load.help).toContain('Exit codes');
});
