import { afterEach, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { key } from './console-double.ts';
import { chromiumPath, type Console, openConsole, startCall } from './open-console.ts';

describe.skipIf(chromiumPath === undefined)('trouble on the page', () => {
  let opened: Console | undefined;
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  async function open(options: Partial<Parameters<typeof openConsole>[0]> = {}): Promise<Console> {
    opened = await openConsole({ livekit: livekit(), ...options });
    return opened;
  }

  test('without a key it asks for one, says when it is refused, and goes on once it is right', async () => {
    const { page, complaints } = await open({ fragment: '#/talk' });
    const dialog = page.getByRole('dialog', { name: 'Sign in' });
    await dialog.getByLabel('API key').fill('parley_wrong');
    expect(complaints).toEqual([]);
    await page.keyboard.press('Enter');
    await dialog.getByText('The server does not accept this key.').waitFor();
    await dialog.getByLabel('API key').fill(key);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Answers the phone of a dental practice.').waitFor();
    await page.reload();
    await page.getByText('Answers the phone of a dental practice.').waitFor();
  });

  test('a person who has no key is told where it goes, and is not asked again and again', async () => {
    const { page } = await open({ fragment: '#/talk' });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alert').getByText('An API key is needed.').waitFor();
    expect(await page.getByRole('button', { name: 'Start call' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'Calls' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('#calls-notices').getByText('An API key is needed.').waitFor();
    await page.waitForTimeout(9_000);
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByText('No calls yet.').waitFor();
  });

  test('a refused microphone is explained, and no call is placed', async () => {
    const { page, server, complaints } = await open({ microphone: 'refused' });
    await startCall(page);
    await page.getByRole('alert').getByText('The microphone was refused. Allow it for this page').waitFor();
    expect(await page.getByRole('button', { name: 'Start call' }).isEnabled()).toBe(true);
    expect(server.requests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('on plain http from another machine it says how to get https', async () => {
    const { page, server } = await open({ secure: false });
    await startCall(page);
    await page.getByRole('alert').getByText('Start Parley with PARLEY_HTTPS=1').waitFor();
    expect(server.requests).toEqual([]);
  });

  test('what the server refuses is shown in its words, and what was typed stays', async () => {
    const { page } = await open();
    await page.getByLabel('Agent', { exact: true }).selectOption('reminder');
    await page.getByLabel('Customer name').fill('Nobody');
    await page.getByLabel('Appointment time').fill('ten');
    await page.getByRole('button', { name: 'Start call' }).click();
    await page.getByRole('alert').getByText('All lines are busy.').waitFor();
    expect(await page.getByLabel('Customer name').inputValue()).toBe('Nobody');
  });

  test('a token that is no longer valid is told apart from a server that is away', async () => {
    const { page } = await open({ token: 'expired' });
    await startCall(page);
    await page.getByRole('alert').getByText('The pass for this call is no longer valid.').waitFor();
    await page.getByRole('button', { name: 'New call' }).click();
    expect(await page.getByRole('button', { name: 'Start call' }).isEnabled()).toBe(true);
  });

  test('a call that no agent comes to says where to look, and can be hung up', async () => {
    const { page } = await open({ agent: 'absent' });
    await startCall(page);
    await page.getByText('Waiting for the agent', { exact: true }).waitFor();
    await page.getByRole('alert').getByText('Check that a Parley worker is running').waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText('You hung up.').waitFor();
  });

  test('a lost connection is shown while it is restored, and what was said meanwhile appears', async () => {
    const { page, server } = await open({ stays: true, exchanges: [] });
    await startCall(page);
    await page.locator('li.turn.agent').waitFor();
    server.cutSignalling();
    await page.locator('#agent-state', { hasText: 'Reconnecting' }).waitFor();
    server.agents[0]?.turns.push({
      index: 1,
      role: 'agent',
      text: 'Are you still there?',
      startedMs: 20_000,
      endedMs: 21_000,
      interrupted: false,
    });
    server.restoreSignalling();
    await page.locator('#agent-state', { hasText: 'Listening' }).waitFor();
    await page.locator('li.turn.agent', { hasText: 'Are you still there?' }).waitFor();
    expect(await page.locator('li.turn').count()).toBe(2);
  });

  test('a room that the operator closes ends the call on the page', async () => {
    const { page, server, complaints } = await open({ stays: true, exchanges: [] });
    await startCall(page);
    await page.locator('li.turn.agent').waitFor();
    await server.rooms.deleteRoom(server.calls[0]?.call.id ?? '');
    await page.getByRole('heading', { name: 'Call ended' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('an agent that leaves in the middle is waited for', async () => {
    const { page, server } = await open({ stays: true, exchanges: [] });
    await startCall(page);
    await page.locator('li.turn.agent').waitFor();
    await server.agents[0]?.close();
    await page.getByText('Waiting for the agent', { exact: true }).waitFor();
  });

  test('what a caller or an agent says never becomes markup', async () => {
    const hostile = '<img src=x onerror="document.title=1"><b>bold</b>';
    const { page, server, go } = await open({ samples: 1 });
    const kept = server.calls[0];
    if (!kept?.turns[1]) throw new Error('no sample');
    kept.turns[1].text = hostile;
    kept.call = { ...kept.call, agent: hostile, variables: { name: hostile }, metadata: { note: hostile } };
    const message = { id: 'message_1', callId: kept.call.id, tenantId: 'default', createdAt: new Date() };
    kept.messages = [{ ...message, text: hostile, callerName: hostile, phoneNumber: hostile }];
    await go(`#/calls/${kept.call.id}`);
    await page.locator('li.turn.caller', { hasText: hostile }).waitFor();
    for (const summary of await page.locator('#detail-body summary').all()) await summary.click();
    await page.getByRole('row', { name: `Variable name ${hostile}` }).waitFor();
    expect(await page.locator('main img, main b').count()).toBe(0);
    expect(await page.title()).toBe('Calls · Parley');
  });
});
