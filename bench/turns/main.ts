import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { withLineNoise } from '../../pipelines/engine/line-noise.ts';
import { askAgainAtMs, type Reading, type TurnLimits } from '../../src/worker/turns/decide-turn.ts';
import { readTurn } from '../../src/worker/turns/read-turn.ts';
import { thresholdOf } from '../../src/worker/turns/turn-rules.ts';
import { startRealEngine } from '../../test/pipelines/engine/real-engine.ts';
import { cafe } from './cafe.ts';
import { type Clip, recordedClips, spokenClips } from './clips.ts';
import { fewestCutOffs, type Known, mean, pointOf, shareOfLongerPauses } from './curves.ts';
import { dictate, dictatedNumbers, type Outcome } from './dictated.ts';
import { asHeard, heardOver, type Line, lines } from './lines.ts';

const cache = fileURLToPath(new URL('../../.parley/bench-turns/', import.meta.url));
const page = fileURLToPath(new URL('../../docs/turn-taking.md', import.meta.url));
const asksMs = [250, ...askAgainAtMs];
const limits: TurnLimits = { minMs: 300, maxMs: 1_500, patienceMs: 2_500, threshold: thresholdOf('en') };
/** Where the recogniser is asked for the words. */
const wordsLine = lines.find(({ noiseDbfs }) => noiseDbfs === -60)!;

const digest = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** What was worked out before, by the hash of the recording and what was done with it: the next run goes on from there. */
class Kept {
  readonly #path: string;
  readonly #values: Record<string, number | string>;
  constructor(name: string) {
    this.#path = join(cache, `${name}.json`);
    this.#values = existsSync(this.#path)
      ? (JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, number>)
      : {};
  }
  async get<T extends number | string>(key: string, make: () => Promise<T>): Promise<T> {
    return (this.#values[key] ??= await make()) as T;
  }
  save(): void {
    writeFileSync(this.#path, JSON.stringify(this.#values));
  }
}

type Heard = { clip: Clip; line: Line; plain: number[]; noisy: number[]; reading: Reading };

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '15' } } });
const deadlineMs = performance.now() + Number(options.minutes) * 60_000;
mkdirSync(cache, { recursive: true });
const probabilities = new Kept('probabilities');
const transcripts = new Kept('transcripts');
const engine = await startRealEngine();
const { client } = engine;

async function hear(clip: Clip, line: Line): Promise<Heard> {
  const heard: Heard = { clip, line, plain: [], noisy: [], reading: 'plain' };
  const { speech } = clip;
  const id = digest(new Uint8Array(speech.buffer, speech.byteOffset, speech.byteLength));
  for (const pauseMs of asksMs) {
    const { window, noiseFloorDbfs } = asHeard(heardOver(line, clip, pauseMs));
    const noisy = withLineNoise(window, noiseFloorDbfs);
    const ask = (sound: Int16Array) =>
      probabilities.get([id, line.name, pauseMs, sound === window ? 'plain' : 'noisy'].join(), () =>
        client.endOfTurn(sound),
      );
    const isFirst = pauseMs === asksMs[0];
    if (isFirst || !line.telephone) heard.plain.push(await ask(window));
    if (isFirst || line.telephone) heard.noisy.push(await ask(noisy));
  }
  const words = await transcripts.get(
    id,
    async () => (await client.transcribe(heardOver(wordsLine, clip, asksMs[0]!))).text,
  );
  heard.reading = readTurn(words, { kind: 'open', yesOrNo: false }, { language: 'en-US', country: 'US' });
  return heard;
}

/** As many clips over all lines as the time allows, in an order by chance that is always the same, two at a time. */
async function hearAll(clips: readonly Clip[]): Promise<Heard[]> {
  const byChance = clips.toSorted((one, other) => (digest(one.id) < digest(other.id) ? -1 : 1));
  const heard: Heard[] = [];
  let next = 0;
  const worker = async () => {
    for (let clip = byChance[next++]; clip && performance.now() < deadlineMs; clip = byChance[next++])
      for (const line of lines) if (line.telephone || clip.rateHz > 8_000) heard.push(await hear(clip, line));
  };
  await Promise.all([worker(), worker()]).finally(() => {
    probabilities.save();
    transcripts.save();
  });
  return heard;
}

/** Only telephone lines are given noise. */
const inUse = ({ line, plain, noisy }: Heard) => (line.telephone ? noisy : plain);

const systems: Record<string, (heard: Heard) => Known> = {
  'model alone': ({ clip, plain }) => ({ finished: clip.finished, answers: plain.slice(0, 1), reading: 'plain' }),
  'with noise': ({ clip, noisy }) => ({ finished: clip.finished, answers: noisy.slice(0, 1), reading: 'plain' }),
  'asked again': (heard) => ({ finished: heard.clip.finished, answers: inUse(heard), reading: 'plain' }),
  'with words': (heard) => ({ finished: heard.clip.finished, answers: inUse(heard), reading: heard.reading }),
};

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function tableOf(heard: readonly Heard[]): string[] {
  const rows = lines.flatMap((line) => {
    const onLine = heard.filter((each) => each.line === line);
    return Object.entries(systems).map(([name, known]) => {
      const all = onLine.map(known);
      const { meanDelayMs, cutOff, waiting } = pointOf(all, limits);
      const cells = [percent(fewestCutOffs(all, 300)), percent(fewestCutOffs(all, 600)), percent(cutOff)];
      return `| ${[line.name, name, ...cells, `${Math.round(meanDelayMs)} ms`, percent(waiting)].join(' | ')} |`;
    });
  });
  return [
    '| line | signals | cut off at 300 ms | at 600 ms | cut off as set | mean delay as set | wait > 1.5 s |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}

const sounds = join(cache, 'sounds');
const spoken = join(cache, 'spoken');
const dictatedCount = 100;
const cafeMinutes = 10;
const cafeBelowDb = 15;

/** Telephone numbers dictated over the telephone lines in turn. */
async function dictatedText(): Promise<string> {
  const telephones = lines.filter(({ telephone }) => telephone);
  const outcomes: Outcome[] = [];
  for (const [index, number] of dictatedNumbers(dictatedCount).entries())
    outcomes.push(
      await dictate(number, { client, cache: sounds, line: telephones[index % telephones.length]!, limits }),
    );
  const count = (holds: (outcome: Outcome) => boolean) => outcomes.filter(holds).length;
  return `Of ${dictatedCount} telephone numbers, dictated in groups with pauses of 0.5 to 1.5 s over the telephone lines in turn, ${count(({ whole }) => whole)} were one turn; of ${count(({ understood }) => understood)} the recogniser wrote every digit. After the last digit ${Math.round(mean(outcomes.map(({ endMs }) => endMs)))} ms were waited on average.`;
}

async function cafeText(): Promise<string> {
  const { open, gated } = await cafe(spoken, { minutes: cafeMinutes, belowDb: cafeBelowDb });
  return `In ${cafeMinutes} minutes of a café ${cafeBelowDb} dB below the caller, the voice detector heard speech ${percent(open.speechShare)} of the time without the gate and ${percent(gated.speechShare)} behind it, which would have interrupted the agent ${gated.bargeIns} times.`;
}

try {
  const clips = [...(await recordedClips(sounds)), ...(await spokenClips(spoken, client))];
  const heard = await hearAll(clips);
  const used = [...new Set(heard.map(({ clip }) => clip))];
  const recorded = used.filter(({ rateHz }) => rateHz === 8_000);
  const count = (of: readonly Clip[], finished: boolean) => of.filter((clip) => clip.finished === finished).length;
  const said = [
    `${count(used, true)} finished and ${count(used, false)} unfinished clips${used.length < clips.length ? ` (of ${clips.length}; \`--minutes\` allows for more)` : ''}, of which ${count(recorded, true)} and ${count(recorded, false)} are recordings of one speaker and the others two synthetic voices.`,
    `Silence alone cuts off ${percent(shareOfLongerPauses(300))} at 300 ms and ${percent(shareOfLongerPauses(600))} at 600 ms.`,
  ];
  const text = [...said, '', ...tableOf(heard), '', await dictatedText(), '', await cafeText()].join('\n');
  process.stdout.write(`${text}\n`);
  const [before, after] = ['<!-- bench-turns -->', '<!-- /bench-turns -->'];
  const old = readFileSync(page, 'utf8');
  const [head = '', rest = ''] = old.split(before);
  const tail = rest.split(after)[1];
  if (tail !== undefined) writeFileSync(page, `${head}${before}\n${text}\n${after}${tail}`);
} finally {
  await engine.close();
}
