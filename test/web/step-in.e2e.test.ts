import { type RemoteParticipant, Room, RoomEvent } from '@livekit/rtc-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { livekit } from '../setup/servers.ts';
import { key } from './console-double.ts';
import { chromiumPath, type Console, loudestRms, openConsole } from './open-console.ts';

const patient = { timeout: 15_000 };

describe.skipIf(chromiumPath === undefined)('stepping into a call on the page', () => {
  let opened: Console;
  const caller = new Room();
  const speakers: string[] = [];
  beforeAll(async () => {
    opened = await openConsole({ livekit: livekit(), stays: true });
    const { server, page, go } = opened;
    const placed = await fetch(`${server.url}/api/web-calls`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-API-Key': key },
      body: JSON.stringify({ agent: 'receptionist', variables: {} }),
    });
    const { call_id: callId, token } = (await placed.json()) as { call_id: string; token: string };
    caller.on(RoomEvent.TrackSubscribed, (_track, _publication, { identity }: RemoteParticipant) =>
      speakers.push(identity),
    );
    await caller.connect(livekit().url, token, { autoSubscribe: true, dynacast: false });
    await go(`#/calls/${callId}`);
    await page.getByRole('group', { name: 'The call that runs' }).waitFor();
  });
  afterAll(async () => {
    await caller.disconnect();
    await opened?.close();
  });

  test('who listens hears the agent, and the caller sees nobody', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Listen' }).click();
    await page.getByText('You hear the call; nobody knows.').waitFor(patient);
    await page.locator('audio').first().waitFor({ state: 'attached' });
    await expect.poll(() => loudestRms(page, 1_000), patient).toBeGreaterThan(0);
    expect([...caller.remoteParticipants.keys()].filter((identity) => identity.startsWith('supervisor'))).toEqual([]);
    await page.getByRole('button', { name: 'Stop listening' }).click();
    await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
  });

  test('who takes over is heard by the caller, until they give the call back', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByText('You have the call').waitFor(patient);
    await expect.poll(() => speakers, patient).toContain('supervisor-take_over');
    await page.getByRole('button', { name: 'Give back' }).click();
    await page.getByText('The agent has the call again.').waitFor();
    await expect.poll(() => [...caller.remoteParticipants.keys()], patient).not.toContain('supervisor-take_over');
  });

  test('words go to the caller or to the model, and a call is hung up after a second thought', async () => {
    const { page, server } = opened;
    const words = page.getByLabel('Words for the call');
    await words.fill('One moment.');
    await words.press('Enter');
    await page.getByText('The agent was told to say it.').waitFor();
    await words.fill('Offer ten per cent.');
    await page.getByRole('button', { name: 'Whisper' }).click();
    await page.getByText('The message was sent to the agent’s model.').waitFor();
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByRole('button', { name: 'Really hang up?' }).click();
    await page.getByText('The agent hangs up.').waitFor();
    expect(server.controls).toEqual([
      { verb: 'say', body: { text: 'One moment.' } },
      { verb: 'whisper', body: { text: 'Offer ten per cent.' } },
      { verb: 'hang-up', body: null },
    ]);
    // A browser has no keys to press and no line to be handed over.
    expect(await page.getByRole('button', { name: 'Transfer' }).count()).toBe(0);
  });

  test('breaks no rule of the page', () => {
    expect(opened.complaints).toEqual([]);
  });
});
