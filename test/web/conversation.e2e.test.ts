import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { receptionist } from './console-samples.ts';
import { chromiumPath, type Console, loudestRms, openConsole, startCall } from './open-console.ts';

const [first, last] = receptionist.exchanges as [
  (typeof receptionist.exchanges)[0],
  (typeof receptionist.exchanges)[0],
];

describe.skipIf(chromiumPath === undefined)('a conversation on the page', () => {
  let opened: Console;
  beforeAll(async () => {
    opened = await openConsole({ livekit: livekit(), samples: 2 });
  });
  afterAll(() => opened?.close());

  test('the key is taken out of the address bar and used', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Start call' }).waitFor();
    expect(page.url()).not.toContain('key');
    expect(await page.getByLabel('Agent', { exact: true }).inputValue()).toBe('receptionist');
  });

  test('pipelines that cannot be used are offered with the reason why not', async () => {
    const { page } = opened;
    const options = page.getByLabel('Pipeline').locator('option');
    expect(await options.allTextContents()).toEqual([
      'auto (embedded)',
      'cloud (not set up)',
      'lan (not set up)',
      'embedded',
    ]);
    expect(await options.nth(1).isDisabled()).toBe(true);
    await page.getByText('Why not cloud or lan?').click();
    await page.getByText('lacks DEEPGRAM_API_KEY').waitFor();
  });

  test('an agent that needs variables asks for them before anything is placed', async () => {
    const { page, server } = opened;
    await startCall(page, 'reminder');
    await expect.poll(() => page.getByText('The agent needs this.').filter({ visible: true }).count()).toBe(2);
    expect(await page.locator(':focus').getAttribute('id')).toBe('variable-customer_name');
    expect(server.requests).toEqual([]);
  });

  test('the agent is heard, and what it says is shown while it speaks', async () => {
    const { page, server } = opened;
    await startCall(page);
    await page.locator('[data-partial=agent]:not([hidden])').waitFor();
    expect(await loudestRms(page, 1_500)).toBeGreaterThan(0.02);
    await page.locator('.turn.agent', { hasText: receptionist.greeting }).first().waitFor();
    expect(server.requests).toEqual([{ agent: 'receptionist', variables: {} }]);
    expect(await page.locator('#scripted-notice').isVisible()).toBe(true);
  });

  test('the caller’s words appear half-heard, then whole, and the agent hears the microphone', async () => {
    const { page, server } = opened;
    await page.locator('[data-partial=caller]:not([hidden])').waitFor();
    await page.locator('li.turn.caller', { hasText: first.heard }).waitFor();
    expect(await page.locator('[data-partial=caller]').isVisible()).toBe(false);
    expect(server.agents[0]?.heard().length).toBeGreaterThan(0);
  });

  test('the answer’s waterfall reaches from the end of speech to the ear, as a table', async () => {
    const { page } = opened;
    const table = page.getByRole('region', { name: 'Latest answer' }).getByRole('table');
    await table.getByRole('row', { name: /Heard after/ }).waitFor();
    const rows = await table.getByRole('row').allInnerTexts();
    expect(rows.map((row) => row.split(/[\t\n,]/)[0])).toEqual([
      'Recognition',
      'End of turn',
      'Language model',
      'Voice',
      'To your ear',
      'Heard after',
    ]);
    expect(rows[1]).toContain('420 ms');
    await page
      .locator('li.turn.agent', { hasText: first.answer })
      .getByText(/heard after/)
      .waitFor();
  });

  test('the meters follow both sides', async () => {
    const { page } = opened;
    for (const name of ['Level of your voice', 'Level of the agent’s voice']) {
      const level = async () => Number(await page.getByRole('meter', { name }).getAttribute('aria-valuenow'));
      await expect.poll(level, { interval: 40, timeout: 12_000 }).toBeGreaterThan(20);
    }
  });

  test('when the agent hangs up the page says why, and the call is in the list with its transcript', async () => {
    const { page } = opened;
    await page.getByRole('heading', { name: 'Call ended' }).waitFor({ timeout: 30_000 });
    await page.getByText('Because the agent said goodbye and hung up.').waitFor();
    expect(await page.locator('li.turn').count()).toBe(5);
    expect(await page.locator('audio').count()).toBe(0);
    await page.getByRole('link', { name: 'Whole call' }).click();
    await page.locator('#detail-body li.turn', { hasText: last.answer }).waitFor();
    expect(await page.locator('.call-row[aria-current]').innerText()).toContain('completed');
  });

  test('nothing was complained of', () => {
    expect(opened.complaints).toEqual([]);
  });
});

describe.skipIf(chromiumPath === undefined)('the keys of a call', () => {
  let opened: Console;
  beforeAll(async () => {
    opened = await openConsole({ livekit: livekit(), speechMs: 1_000, silenceMs: 500, exchanges: [], stays: true });
    await startCall(opened.page);
    await opened.page.locator('li.turn.agent').waitFor();
  });
  afterAll(() => opened?.close());

  test('Alt+M takes the microphone away from the agent, and brings it back', async () => {
    const { page, server } = opened;
    const heard = () => server.agents[0]?.heard() ?? [];
    await expect.poll(() => heard().length).toBeGreaterThan(1);
    await page.keyboard.press('Alt+m');
    await page.getByRole('button', { name: 'Unmute', pressed: true }).waitFor();
    await page.waitForTimeout(1_500);
    const before = heard().length;
    await page.waitForTimeout(3_500);
    expect(heard().length).toBe(before);
    await page.keyboard.press('Alt+m');
    await page.getByRole('button', { name: 'Mute', pressed: false }).waitFor();
    await expect.poll(() => heard().length, { timeout: 8_000 }).toBeGreaterThan(before);
  });

  test('the call goes on while the list of calls is read', async () => {
    const { page, go } = opened;
    await go('#/calls');
    await page.locator('.call-row', { hasText: 'in progress' }).waitFor();
    await page.getByRole('link', { name: 'In a call' }).click();
    expect(await page.getByRole('button', { name: 'Hang up' }).isVisible()).toBe(true);
  });

  test('Alt+H hangs up, and the caller has left the room', async () => {
    const { page, server } = opened;
    await page.keyboard.press('Alt+h');
    await page.getByText('You hung up.').waitFor();
    const room = server.calls[0]?.call.id ?? '';
    await expect
      .poll(async () => (await server.rooms.listParticipants(room)).map(({ identity }) => identity))
      .toEqual(['agent']);
    expect(await page.locator(':focus').getAttribute('id')).toBe('call-heading');
  });

  test('a second call starts clean', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'New call' }).click();
    await startCall(page);
    await page.locator('li.turn.agent').waitFor();
    expect(await page.locator('li.turn').count()).toBe(1);
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByRole('heading', { name: 'Call ended' }).waitFor();
    expect(opened.complaints).toEqual([]);
  });
});
