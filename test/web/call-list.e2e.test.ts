import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { sampleCalls } from './console-samples.ts';
import { chromiumPath, type Console, openConsole } from './open-console.ts';

/** Running calls are asked for every 2 s. */
const patient = { timeout: 10_000 };

describe.skipIf(chromiumPath === undefined)('the list of calls on the page', () => {
  let opened: Console;
  beforeAll(async () => {
    opened = await openConsole({ livekit: livekit(), samples: 60 });
    await opened.page.getByRole('link', { name: 'Calls' }).click();
  });
  afterAll(() => opened?.close());

  test('older calls are fetched as the list is scrolled, until there are no more', async () => {
    const { page } = opened;
    const rows = page.locator('.call-row');
    await rows.first().waitFor();
    await expect.poll(() => rows.count(), patient).toBe(50);
    await rows.last().scrollIntoViewIfNeeded();
    await expect.poll(() => rows.count(), patient).toBe(60);
    expect(await page.getByRole('button', { name: 'Older calls' }).isVisible()).toBe(false);
  });

  test('calls are found by what they are and by what was said, also after the page was left', async () => {
    const { page, go } = opened;
    const rows = page.locator('.call-row');
    await page.getByText('Filter', { exact: true }).click();
    await page.getByLabel('Outcome').selectOption('failed');
    await expect.poll(() => rows.count()).toBe(15);
    await page.getByLabel('Words that were said').fill('pizza');
    await page.keyboard.press('Enter');
    await page.getByText('No call is like that.').waitFor();
    expect(new URL(page.url()).hash).toBe('#/calls?q=pizza&outcome=failed');
    await page.getByLabel('Words that were said').fill('Saturdays');
    await page.keyboard.press('Enter');
    await expect.poll(() => rows.count()).toBe(15);
    await go('#/talk');
    await go('#/calls');
    await page.getByText('Filter: 2').waitFor();
  });

  test('what the list is filtered by is kept under a name, in this browser and for this key', async () => {
    const { page } = opened;
    const rows = page.locator('.call-row');
    await page.getByLabel('Name of the view').fill('Failed on <b>Saturdays</b>');
    await page.keyboard.press('Enter');
    const view = page.getByRole('list', { name: 'Saved views' }).getByRole('link');
    expect(await view.getAttribute('aria-current')).toBe('true');
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => rows.count()).toBeGreaterThanOrEqual(50);
    await page.reload();
    await page.getByRole('link', { name: 'Failed on <b>Saturdays</b>' }).click();
    await expect.poll(() => rows.count()).toBe(15);
    const kept = await page.evaluate<string[]>('Object.keys(localStorage)');
    expect(kept).toContain('parley.call-views.key_test');
    await page.getByRole('button', { name: 'Forget Failed on <b>Saturdays</b>' }).click();
    await expect.poll(() => view.count()).toBe(0);
    await page.getByText('Filter: 2').click();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('Filter', { exact: true }).click();
  });

  test('a call shows what was said and when, its answer times, its cost lines, its messages and its events', async () => {
    const { page } = opened;
    await page.locator('.call-row', { hasText: '+442079460018' }).first().click();
    const detail = page.getByRole('region', { name: 'receptionist from +442079460018' });
    await detail.getByText('the person on the line hung up').waitFor();
    expect(await detail.getByText('median 750 ms, 95 % within 1.40 s (2 answers)').isVisible()).toBe(true);
    expect(await detail.getByText('Please call back about the invoice.').isVisible()).toBe(true);
    const turns = await detail.locator('li.turn .who').allInnerTexts();
    expect(turns).toEqual(['Agent 0:00', 'Caller 0:05', 'Agent 0:08', 'Caller 0:14', 'Agent 0:16']);
    await detail.getByText('Somebody asked about their insurance.').waitFor();
    const result = await detail.locator('dl[aria-label=Result]').innerText();
    expect(result).toMatch(
      /Success\s+Yes\s+The question was answered\.\s+Mood\s+neutral\s+insurance\s+Yes\s+“Do you take my insurance\?”\s+day\s+Not said/,
    );
    await detail.getByText('cut off').waitFor();
    await detail.getByText('Cost:').click();
    await detail.getByRole('row', { name: /llm openrouter-llm · mistral-small 1,842 token \$0.00018/ }).waitFor();
    await detail.getByText('Events: 3').click();
    await detail.getByRole('row', { name: /The agent used end-call/ }).waitFor();
    await detail.getByText('answered after 1.40 s').click();
    await detail.getByRole('row', { name: /Language model 830 ms/ }).waitFor();
  });

  test('a running call grows while it is read, and what was opened stays open', async () => {
    const { page, server, go } = opened;
    const [kept] = sampleCalls(1);
    if (!kept) throw new Error('no sample');
    const lateTurns = kept.turns.splice(1);
    kept.call = { ...kept.call, id: 'call_running', state: 'in_progress', answeredAt: new Date(), endedAt: null };
    kept.call = { ...kept.call, outcome: null, endReason: null, hungUpBy: null };
    server.calls.unshift(kept);
    await go('#/talk');
    await go('#/calls');
    const row = page.locator('.call-row', { hasText: 'in progress' });
    await row.click();
    await page.locator('#detail-body li.turn').waitFor();
    await page.getByText('Events: 3').click();
    kept.turns.push(...lateTurns);
    await expect.poll(() => page.locator('#detail-body li.turn').count(), patient).toBe(5);
    expect(await page.locator('details[data-part=events]').getAttribute('open')).not.toBeNull();
    kept.call = { ...kept.call, state: 'ended', outcome: 'completed', endedAt: new Date(), endReason: 'silence' };
    await page.getByText('nobody spoke, even after being asked').waitFor();
    await expect.poll(() => row.count(), patient).toBe(0);
  });

  test('a call that does not exist is said so, in the server’s words', async () => {
    const { page, go } = opened;
    await go('#/calls/call_nowhere');
    await page.getByRole('alert').getByText('There is no such call.').waitFor();
  });
});
