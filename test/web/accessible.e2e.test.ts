import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { key } from './console-double.ts';
import { faults } from './fit-for-everybody.ts';
import { chromiumPath, type Console, openConsole, startCall } from './open-console.ts';
import { hostile, markup, openFilledApi } from './view-rows.ts';

let filled: Awaited<ReturnType<typeof openFilledApi>>;
beforeAll(async () => {
  filled = await openFilledApi();
});
afterAll(() => filled?.api.close());

/** A busy machine takes its time. */
const patient = { timeout: 20_000 };

/** Each view by its address, with a text that is there once it is filled. */
const places: Record<string, string> = {
  overview: 'Answers that took up to',
  place: 'Number to call',
  campaigns: 'Reminders of May',
  agents: 'Talk to it',
  'agents/receptionist': 'You answer the phone.',
  numbers: '+14155552672',
  leads: 'ada@example.com',
  webhooks: 'hooks.example.com',
  settings: 'What the server can reach',
};

describe.skipIf(chromiumPath === undefined)(
  'the page is fit for everybody, light and dark, at a desk and on a phone',
  () => {
    let opened: Console;
    beforeAll(async () => {
      opened = await openConsole({ livekit: livekit(), samples: 8, stays: true, rest: filled.rest });
      await opened.page.getByText('Answers the phone').waitFor();
    });
    afterAll(() => opened?.close());
    /** The others stay in the page, hidden. */
    const inView = () => ({ ...opened, view: opened.page.locator('main > :visible') });

    test('before a call, with everything unfolded', async () => {
      const { page } = opened;
      await page.getByText('Why not cloud or lan?').click();
      await page.getByText('More variables').click();
      expect(await faults(page)).toEqual([]);
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
      for (let presses = 0; presses < 24 && !reached.at(-1)?.startsWith('#/calls/'); presses++) {
        await page.keyboard.press('Tab');
        reached.push(await page.locator(':focus').getAttribute('href'));
      }
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator(':focus').getAttribute('id')).toBe('detail-heading');
    });

    test('finished turns are announced politely, half-heard ones are not', async () => {
      const { page, go } = opened;
      await go('#/talk');
      const log = page.getByRole('log', { name: 'What was said' });
      expect(await log.getAttribute('aria-live')).toBe('polite');
      expect(await log.locator('[data-partial]').count()).toBe(0);
    });

    test.each(Object.entries(places))('%s, with everything unfolded, where markup is text', async (place, text) => {
      const { page, go } = opened;
      await go(`#/${place}`);
      await (place === 'agents/receptionist'
        ? expect.poll(() => page.locator('textarea.code').inputValue(), patient).toContain(text)
        : page.getByText(text).first().waitFor());
      await page.waitForLoadState('networkidle');
      for (const summary of await page.locator('main summary:visible').all()) await summary.click();
      expect({ place, faults: await faults(page) }).toEqual({ place, faults: [] });
      expect(await page.locator(markup).count()).toBe(0);
      expect(await page.title()).toMatch(/ · Parley$/);
    });

    test('what was said in a call, or given with it, stays text', async () => {
      const { page, go } = opened;
      await go(`#/calls/${filled.callId}`);
      await page.locator('#detail-body li.turn').first().waitFor();
      for (const summary of await page.locator('#detail-body summary').all()) await summary.click();
      const shown = await page.locator('#detail-body').innerText();
      expect(shown.split('<b>bold</b>').length).toBeGreaterThan(15);
      expect(await page.locator(markup).count()).toBe(0);
      expect(await faults(page)).toEqual([]);
    });

    test('what stands in a file of leads or people stays text, also before it is imported', async () => {
      const { page, go, view } = inView();
      await go('#/leads');
      if (!(await view.getByLabel('File', { exact: true }).isVisible())) await view.getByText('Import CSV').click();
      const buffer = Buffer.from(`email,name\n"${hostile.replaceAll('"', '""')}","${hostile.replaceAll('"', '""')}"\n`);
      await view
        .getByLabel('File', { exact: true })
        .setInputFiles({ name: `${hostile}.csv`, mimeType: 'text/csv', buffer });
      await view.getByRole('button', { name: 'Import 1 line' }).click();
      await view.getByText(/1 rejected/).waitFor();
      expect(await page.locator(markup).count()).toBe(0);
    });

    test('another tenant sees nothing of it in any view, and a server that begins anew goes on with the page', async () => {
      const { api, callId, campaignId } = filled;
      const server = await served(api.app);
      const page = await opened.page.context().newPage();
      const url = `http://127.0.0.1:${server.port}`;
      await page.goto(`${url}/#key=${api.otherKey}`);
      await page.getByText('test', { exact: true }).waitFor();
      const views = await page
        .locator('#nav a')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
      expect(views).toHaveLength(10);
      const seen: string[] = [];
      for (const [index, view] of [...views, `#/campaigns/${campaignId}`, `#/calls/${callId}`].entries()) {
        // Loaded anew, so that all it asks for has come when the network is idle.
        await page.goto(`${url}/?${index}${view}`, { waitUntil: 'networkidle' });
        seen.push(await page.locator('body').innerText());
      }
      expect(seen.join('\n')).not.toMatch(/bold|hacked|ada@|415555267|415555011|415555012|Reminders|hooks\.example/);
      expect(seen.slice(-2).join('\n')).toMatch(/There is no such campaign[^]*There is no such call/);

      await server.close();
      // As whoever comes back to the tab.
      const look = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
      await look();
      await page.locator('#calls-notices').getByText('The server does not answer.').waitFor();
      const again = await served(api.app, server.port);
      await look();
      await page.getByText('No calls yet.').waitFor();
      await page.locator('#calls-notices').getByText('The server does not answer.').waitFor({ state: 'detached' });
      await page.close();
      await again.close();
    });

    test('the draft of an agent is talked to in writing, saved, and what it said before is put back', async () => {
      const { page, go } = opened;
      await go('#/agents/receptionist');
      const text = page.getByRole('textbox', { name: 'File of receptionist' });
      await expect.poll(() => text.inputValue(), patient).toContain('You answer the phone.');
      const before = await text.inputValue();
      const fact = '{ id: hours, examples: [opening hours, when are you open], answer: Nine to five. }';
      await text.fill(before.replace('greeting:', `script: { unknown: I do not know., facts: [${fact}] }\ngreeting:`));
      await page.getByText('Talk to it in writing').click();
      await page.getByRole('button', { name: 'Begin' }).click();
      const said = page.getByRole('log', { name: 'The conversation' });
      await said.getByText('Hello.').waitFor();
      await page.getByRole('textbox', { name: 'What you say' }).fill('When are you open?');
      await page.keyboard.press('Enter');
      await said.getByText('Nine to five.').waitFor();
      await page.getByRole('textbox', { name: 'What you say' }).fill(hostile);
      await page.keyboard.press('Enter');
      await said.getByText(hostile).waitFor();
      await page.getByText('What it said before').click();
      expect(await page.locator(markup).count()).toBe(0);
      expect(await faults(page)).toEqual([]);
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('Saved.', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Put into the editor' }).first().click();
      await expect.poll(() => text.inputValue(), patient).toBe(before);
      const { agentFiles } = filled.api.deps;
      const meanwhile = await agentFiles.read('receptionist');
      await agentFiles.write({ name: 'receptionist', etag: meanwhile!.etag, text: `${before}By hand.\n` });
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByRole('alert').getByText('Somebody else has changed this file meanwhile.').waitFor();
      expect((await agentFiles.read('receptionist'))?.text).toContain('By hand.');
    });

    test('what a webhook was sent is sent again', async () => {
      const { page, go } = opened;
      await go('#/webhooks');
      await page
        .getByRole('button', { name: /^Send again: event/ })
        .first()
        .click();
      await page.getByText('It is sent again.').waitFor();
    });

    test('a call is checked before it is placed, and a rule that forbids it is named', async () => {
      const { page, go } = opened;
      await go('#/place');
      await page.getByLabel('Number to call').fill('+14155552671');
      await page.getByRole('button', { name: 'Check only' }).click();
      await page.getByText('Nothing forbids the call.').waitFor();
      await page.getByLabel('Number to call').fill('+14155552672');
      await page.getByRole('button', { name: 'Check only' }).click();
      await page.getByRole('alert').getByText('Rule: do not call').waitFor();
    });

    test('a campaign is made, people are put into it, and it is canceled', async () => {
      const { page, go, view } = inView();
      await go('#/campaigns');
      const form = page.getByRole('form', { name: 'New campaign' });
      if (!(await form.isVisible())) await view.getByText('New campaign', { exact: true }).click();
      await form.getByLabel('Name').fill('Reminders of June');
      await form.getByRole('button', { name: 'Create' }).click();
      await page.getByRole('heading', { name: 'Reminders of June' }).waitFor();
      await view.getByText('Import CSV').click();
      const csv = {
        name: 'people.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('phone_number\n+14155552674\nsoon\n'),
      };
      await view.getByLabel('File', { exact: true }).setInputFiles(csv);
      await page.getByRole('button', { name: 'Import 2 lines' }).click();
      await view.getByText('1 added, 0 more than once, 1 rejected.').waitFor();
      await page.getByRole('row', { name: /\+14155552674 waiting/ }).waitFor();
      expect(await faults(page)).toEqual([]);
      await page.getByRole('button', { name: 'Cancel it' }).click();
      await page.getByRole('button', { name: 'Really, for good?' }).click();
      await view.locator('.chip', { hasText: 'canceled' }).waitFor();
    });

    test('a trunk is made and deleted', async () => {
      const { page, go } = opened;
      await go('#/numbers');
      const form = page.getByRole('form', { name: 'Add a trunk' });
      if (!(await form.isVisible())) await page.getByText('Add a trunk', { exact: true }).click();
      await form.getByLabel('Name', { exact: true }).fill('Desk');
      await form.getByLabel('Numbers').fill('+14155550199');
      await form.getByRole('button', { name: 'Add the trunk' }).click();
      await page.getByRole('row', { name: /Desk.*\+14155550199/ }).waitFor();
      await page.getByRole('button', { name: 'Delete Desk' }).click();
      await page.getByRole('button', { name: 'Really delete? Desk' }).click();
      await page.getByText('Desk was deleted').waitFor();
    });

    test('a session that the server knows no more is asked for again, and what was wanted is shown', async () => {
      const { page, go } = opened;
      await page.context().clearCookies();
      await go('#/leads');
      await page.getByText('The session is over. Sign in again.').waitFor();
      await page.getByLabel('API key').fill(key);
      await page.keyboard.press('Enter');
      await page.getByText('ada@example.com').waitFor();
    });

    test('the session can be ended, and the next person is asked for a key', async () => {
      const { page } = opened;
      expect(
        await page.evaluate<string>('document.cookie + JSON.stringify({ ...sessionStorage, ...localStorage })'),
      ).not.toContain(key);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('dialog', { name: 'Sign in' }).waitFor();
      const [focused, found] = [await page.locator(':focus').getAttribute('id'), await faults(page)];
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect({ focused, found }).toEqual({ focused: 'key-input', found: [] });
    });

    test('a key that may only read is offered what it may, and is refused the rest', async () => {
      const { page, go } = opened;
      await page.route('**/session', async (route) => {
        const answer = await route.fetch();
        const signedIn = (await answer.json()) as { scopes: string[] };
        await route.fulfill({ response: answer, json: { ...signedIn, scopes: ['calls:read'] } });
      });
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('API key').fill(key);
      await page.keyboard.press('Enter');
      await page.getByText('test key').waitFor();
      await page.unroute('**/session');
      const offered = page.getByRole('navigation', { name: 'Views' }).getByRole('link');
      expect(await offered.allInnerTexts()).toEqual(['Overview', 'Calls', 'Campaigns', 'Agents', 'Keys & settings']);
      await go('#/webhooks');
      await page.getByText('This needs a key with the scope admin.').waitFor();
      expect(await faults(page)).toEqual([]);
    });

    test('nothing was complained of but what was refused', () => {
      expect(opened.complaints.filter((each) => !/status of (401|412|422)/.test(each))).toEqual([]);
    });
  },
);

/** The real API with its page, on a port of its own or on that of one before. */
async function served(app: { fetch: (request: Request) => Response | Promise<Response> }, port = 0) {
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }) as Server;
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
