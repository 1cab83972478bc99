import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import { livekit } from '../setup/servers.ts';
import { lowContrast } from './contrast.ts';
import { chromiumPath, type Console, openConsole, startCall } from './open-console.ts';

/** Roles that a person acts on or reads a value from: each needs a name. */
const named = new Set(['button', 'link', 'combobox', 'textbox', 'meter', 'timer', 'dialog', 'region', 'table', 'log']);

async function nameless(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(
      ({ ignored, role, name }) => !ignored && named.has(String(role?.value)) && !String(name?.value ?? '').trim(),
    )
    .map(({ role, backendDOMNodeId }) => `${String(role?.value)} ${backendDOMNodeId}`);
}

/** What is wrong with the page as it stands, in words. */
async function faults(page: Page): Promise<string[]> {
  const structure = await page.evaluate<string[]>(`(() => {
    const visible = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    const levels = visible('h1, h2, h3, h4').map(({ tagName }) => Number(tagName[1]));
    return [
      ...ids.filter((id, position) => ids.indexOf(id) !== position).map((id) => 'the id ' + id + ' is used twice'),
      ...levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1).map((level) => 'a heading jumps to level ' + level),
      ...(levels.filter((level) => level === 1).length === 1 ? [] : ['there is not exactly one main heading']),
      ...(visible('main').length === 1 ? [] : ['there is not exactly one main landmark']),
      ...(document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : []),
      ...visible('button, select, input, summary')
        .filter((each) => each.getBoundingClientRect().height < 24)
        .map((each) => 'too small to hit: ' + each.textContent.trim()),
    ];
  })()`);
  const names = (await nameless(page)).map((each) => `no name: ${each}`);
  const contrast = (await lowContrast(page)).map((each) => `low contrast: ${each}`);
  return [...structure, ...names, ...contrast];
}

describe.skipIf(chromiumPath === undefined).each([
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 360 },
] as const)('the page is fit for everybody, $colorScheme at $width px', ({ colorScheme, width }) => {
  let opened: Console;
  beforeAll(async () => {
    opened = await openConsole({ livekit: livekit(), samples: 8, colorScheme, width, height: 740 });
    await opened.page.getByText('Answers the phone').waitFor();
  });
  afterAll(() => opened?.close());

  test('before a call, with everything unfolded', async () => {
    const { page } = opened;
    await page.getByText('Why not cloud or lan?').click();
    await page.getByText('More variables').click();
    expect(await faults(page)).toEqual([]);
  });

  test('when it asks for a key', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'API key' }).click();
    const [focused, found] = [await page.locator(':focus').getAttribute('id'), await faults(page)];
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect({ focused, found }).toEqual({ focused: 'key-input', found: [] });
  });

  test('when something is missing', async () => {
    const { page } = opened;
    await startCall(page, 'reminder');
    await page.getByText('The agent needs this.').first().waitFor();
    expect(await faults(page)).toEqual([]);
  });

  test('during a call and after it', async () => {
    const { page } = opened;
    await startCall(page);
    const answered = page.getByText(/heard after/).first();
    await answered.waitFor();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Mute' }).click();
    expect(await faults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText('You hung up.').waitFor();
    await answered.click();
    expect(await faults(page)).toEqual([]);
  });

  test('while calls are listed and one is read', async () => {
    const { page, go } = opened;
    await go('#/calls');
    await page.locator('.call-row').first().waitFor();
    expect(await faults(page)).toEqual([]);
    await page.locator('.call-row', { hasText: '+442079460018' }).first().click();
    await page.locator('#detail-body li.turn').first().waitFor();
    for (const summary of await page.locator('#detail-body summary').all()) await summary.click();
    expect(await faults(page)).toEqual([]);
  });

  test('a call can be found and opened with the keyboard alone', async () => {
    const { page, go } = opened;
    await go('#/calls');
    await page.locator('.call-row').first().waitFor();
    await page.locator('body').focus();
    const reached: (string | null)[] = [];
    for (let presses = 0; presses < 12 && !reached.at(-1)?.startsWith('#/calls/'); presses++) {
      await page.keyboard.press('Tab');
      reached.push(await page.locator(':focus').getAttribute('href'));
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator(':focus').getAttribute('id')).toBe('detail-heading');
  });

  test('finished turns are announced politely, half-heard ones are not', async () => {
    const { page, go } = opened;
    await go('#/');
    const log = page.getByRole('log', { name: 'What was said' });
    expect(await log.getAttribute('aria-live')).toBe('polite');
    expect(await log.locator('[data-partial]').count()).toBe(0);
  });

  test('nothing was complained of', () => {
    expect(opened.complaints).toEqual([]);
  });
});
