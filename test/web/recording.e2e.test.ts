import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OggOpusWriter } from '../../src/worker/recording/ogg-opus.ts';
import { SideEncoder } from '../../src/worker/recording/side.ts';
import { livekit } from '../setup/servers.ts';
import { chromiumPath, type Console, openConsole } from './open-console.ts';

/** What is asked of the page's audio element. */
type Player = { currentTime: number; pause(): void };

const patient = { timeout: 10_000 };
const tone = Int16Array.from({ length: 320 }, (_, index) => 9_000 * Math.sin(index / 4));
const silence = new Int16Array(320);

/** A recording in which each side sounds while it has a turn. */
async function soundOf(turns: readonly { role: string; startedMs: number; endedMs: number }[]): Promise<Buffer> {
  const sides = { caller: await SideEncoder.create(), agent: await SideEncoder.create() };
  const ogg = new OggOpusWriter({ serial: 1, preSkip: sides.caller.preSkip });
  const pieces: Uint8Array[] = [ogg.head({}, 16_000)];
  const endMs = Math.max(...turns.map(({ endedMs }) => endedMs));
  for (let ms = 0; ms < endMs; ms += 20) {
    const speaks = (side: string) =>
      turns.some(({ role, startedMs, endedMs }) => role === side && startedMs <= ms && ms < endedMs);
    ogg.add(
      sides.caller.encode(speaks('caller') ? tone : silence),
      sides.agent.encode(speaks('agent') ? tone : silence),
    );
    if (ogg.waiting === 50) pieces.push(ogg.page());
  }
  pieces.push(ogg.page({ last: true }));
  return Buffer.concat(pieces);
}

describe.skipIf(chromiumPath === undefined)('a recording on the page', () => {
  let opened: Console;
  beforeAll(async () => {
    opened = await openConsole({ livekit: livekit(), samples: 4 });
    const kept = opened.server.calls.find(({ call }) => call.phoneNumber === '+442079460018')!;
    const sound = await soundOf(kept.turns);
    const { id: callId, tenantId, createdAt } = kept.call;
    const durationMs = Math.max(...kept.turns.map(({ endedMs }) => endedMs));
    const recording = { id: 'rec_1', callId, tenantId, startedMs: 0, durationMs, bytes: sound.length, createdAt };
    kept.recordings = [{ ...recording, state: 'kept', storage: 'folder' }];
    kept.sound = sound;
    await opened.go(`#/calls/${callId}`);
    await opened.page.getByRole('heading', { name: 'Recording' }).waitFor();
  });
  afterAll(() => opened?.close());

  test('shows both sides apart', async () => {
    const { page } = opened;
    const heights = (side: string) =>
      page.locator(`.waveform .${side}`).evaluate((path) => {
        const points = [...(path.getAttribute('d') ?? '').matchAll(/,([\d.]+)/g)].map(([, y]) =>
          Math.abs(Number(y) - 50),
        );
        return points.filter((height) => height > 10).length / points.length;
      });
    await expect.poll(() => heights('caller'), patient).toBeGreaterThan(0.05);
    expect(await heights('agent')).toBeGreaterThan(0.05);
    expect((await heights('caller')) + (await heights('agent'))).toBeLessThan(1.1);
  });

  test('a turn is heard from its time on, and marked as long as it is heard', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Hear from 0:05' }).click();
    await page.locator('li.turn.heard', { hasText: '0:05' }).waitFor(patient);
    const at = await page.locator('audio').evaluate((audio) => (audio as unknown as Player).currentTime);
    expect(at).toBeGreaterThanOrEqual(5);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  test('a word is heard from its beginning by a click on it, and the picture goes to where it is clicked', async () => {
    const { page } = opened;
    const audioMs = () =>
      page.locator('audio').evaluate((audio) => {
        (audio as unknown as Player).pause();
        return (audio as unknown as Player).currentTime * 1000;
      });
    const kept = opened.server.calls.find(({ recordings }) => recordings)!;
    const turn = kept.turns[2]!;
    const said = page.locator('li.turn').nth(2).locator('.said');
    await said.scrollIntoViewIfNeeded();
    const box = (await said.boundingBox())!;
    await page.mouse.click(box.x + 3, box.y + 8);
    await expect.poll(audioMs, patient).toBeGreaterThanOrEqual(turn.startedMs - 1);
    expect(await audioMs()).toBeLessThan(turn.endedMs);
    await page.locator('.waveform').scrollIntoViewIfNeeded();
    const picture = (await page.locator('.waveform').boundingBox())!;
    await page.mouse.click(picture.x + picture.width * 0.75, picture.y + 20);
    const wanted = kept.recordings![0]!.durationMs! * 0.75;
    await expect.poll(async () => Math.abs((await audioMs()) - wanted), patient).toBeLessThan(1_500);
  });

  test('breaks no rule of the page', () => {
    expect(opened.complaints).toEqual([]);
  });
});
