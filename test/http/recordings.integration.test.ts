import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../../src/calls/call.ts';
import { newId } from '../../src/calls/new-id.ts';
import { createRecordingCleaner } from '../../src/calls/recordings/delete-unwanted.ts';
import type { RecordingStorage } from '../../src/calls/recordings/recording-ports.ts';
import { recordingStore } from '../../src/store/calls/recording-store.ts';
import { pathOf } from '../../src/store/recordings/folder.ts';
import { recordingFiles, spoolOf } from '../../src/store/recordings/recording-files.ts';
import { startS3Double } from '../fakes/s3-double.ts';
import { aCall, otherTenantId, tenantId } from '../store/open-store.ts';
import { type Api, openApi } from './open-api.ts';

const sound = randomBytes(10_000);
let api: Api;
let s3: Awaited<ReturnType<typeof startS3Double>>;
/** The same API, with recordings in a bucket. */
let inBucket: Api;

beforeAll(async () => {
  s3 = await startS3Double();
  api = await openApi();
  inBucket = await openApi({ recordingFiles: recordingFiles({ folder: '/nowhere', keys: [], bucket: s3.bucket }) });
});
afterAll(async () => {
  await api.close();
  await inBucket.close();
  await s3.close();
});
beforeEach(() => api.database.pool.query('DELETE FROM parley.calls'));

async function anEndedCall({ database: _database, deps }: Api, tenant = tenantId): Promise<Call> {
  const call = await deps.calls.insertCall(aCall({ tenantId: tenant }), { type: 'call.queued' });
  return (await deps.calls.transition({
    callId: call.id,
    to: 'ended',
    patch: { outcome: 'completed', endReason: 'agent_goodbye', hungUpBy: 'agent' },
    event: { type: 'call.ended' },
  }))!;
}

/** A kept recording of the call, with its file. */
async function aRecording(on: Api, { id: callId, tenantId: tenant }: Call, startedMs = 0) {
  const storage: RecordingStorage = on === api ? 'folder' : 's3';
  const name = { id: newId('rec'), callId, tenantId: tenant };
  const spool = spoolOf({ folder: on.recordingsFolder, keys: [], ...(on === inBucket && { bucket: s3.bucket }) });
  const file = await spool.create(name);
  await file.append(sound);
  await file.finish();
  for (const left of await spool.leftFiles()) await left.keep();
  const whole = { ...name, storage, startedMs, durationMs: 2_000, bytes: sound.length, state: 'kept' as const };
  expect(await recordingStore(on.database).settle(whole)).toBe(true);
  return { ...name, storage };
}

/** The raw answer, as bytes. */
async function get(
  on: Api,
  callId: string,
  { range, query = '', key = on.key }: { range?: string; query?: string; key?: string } = {},
) {
  const response = await on.app.request(`/api/calls/${callId}/recording${query}`, {
    headers: { 'X-API-Key': key, ...(range && { Range: range }) },
  });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

describe('a recording', () => {
  test('is heard whole, and named by its call and in the report', async () => {
    const call = await anEndedCall(api);
    const { id } = await aRecording(api, call, 120);
    const whole = await get(api, call.id);
    expect(whole.status).toBe(200);
    expect(whole.bytes.equals(sound)).toBe(true);
    expect(whole.headers.get('content-type')).toBe('audio/ogg');
    expect(whole.headers.get('cache-control')).toBe('private, no-store');
    const told = {
      recording_id: id,
      path: `/api/calls/${call.id}/recording?recording_id=${id}`,
      status: 'kept',
      started_ms: 120,
      duration_ms: 2_000,
      bytes: sound.length,
    };
    const { body } = await api.send('GET', `/api/calls/${call.id}`);
    expect(body.recordings).toEqual([told]);
    expect(body.report.recordings).toEqual([told]);
    expect((await api.app.request(told.path, { headers: { 'X-API-Key': api.key } })).status).toBe(200);
  });

  test.each([
    ['bytes=0-0', 206, 0, 1],
    ['bytes=100-199', 206, 100, 200],
    ['bytes=9000-', 206, 9_000, 10_000],
    ['bytes=-10', 206, 9_990, 10_000],
    ['bytes=9990-99999', 206, 9_990, 10_000],
    ['bytes=0-1,5-6', 200, 0, 10_000],
    ['seconds=1-2', 200, 0, 10_000],
  ])('asked for %s answers %d', async (range, status, start, end) => {
    const call = await anEndedCall(api);
    await aRecording(api, call);
    const part = await get(api, call.id, { range });
    expect(part.status).toBe(status);
    expect(part.bytes.equals(sound.subarray(start, end))).toBe(true);
    expect(part.headers.get('content-length')).toBe(String(end - start));
    expect(part.headers.get('content-range')).toBe(status === 206 ? `bytes ${start}-${end - 1}/10000` : null);
  });

  test('has no part behind its end', async () => {
    const call = await anEndedCall(api);
    await aRecording(api, call);
    const none = await get(api, call.id, { range: 'bytes=10000-' });
    expect([none.status, none.headers.get('content-range')]).toEqual([416, 'bytes */10000']);
  });

  test('is not to be heard by another tenant, nor without the scope', async () => {
    const call = await anEndedCall(api);
    await aRecording(api, call);
    expect((await get(api, call.id, { key: api.otherKey })).status).toBe(404);
    expect((await get(api, call.id, { key: await api.keyOf(tenantId, ['calls:write']) })).status).toBe(403);
    const theirs = await anEndedCall(api, otherTenantId);
    const { id } = await aRecording(api, theirs);
    expect((await get(api, call.id, { query: `?recording_id=${id}` })).status).toBe(404);
  });

  test('that there is none, or not yet, is said', async () => {
    const call = await anEndedCall(api);
    expect((await api.send('GET', `/api/calls/${call.id}/recording`)).body.code).toBe('recording_not_found');
    const begun = { id: newId('rec'), callId: call.id, tenantId, startedMs: 0, storage: 'folder' as const };
    await recordingStore(api.database).begin(begun);
    expect((await api.send('GET', `/api/calls/${call.id}/recording`)).body.code).toBe('recording_not_ready');
  });

  test('in a bucket is answered with a link that needs no key, or with its bytes', async () => {
    const call = await anEndedCall(inBucket);
    await aRecording(inBucket, call);
    const { status, headers } = await get(inBucket, call.id);
    expect(status).toBe(302);
    const followed = await fetch(headers.get('location')!, { headers: { Range: 'bytes=5-9' } });
    expect([followed.status, Buffer.from(await followed.arrayBuffer())]).toEqual([206, sound.subarray(5, 10)]);
    const direct = await get(inBucket, call.id, { query: '?redirect=false', range: 'bytes=5-9' });
    expect([direct.status, direct.bytes]).toEqual([206, sound.subarray(5, 10)]);
    s3.goAway();
    expect((await inBucket.send('GET', `/api/calls/${call.id}/recording`)).body.code).toBe('recording_unavailable');
    s3.comeBack();
  });
});

describe('a recording goes', () => {
  const exists = (file: Parameters<typeof pathOf>[1]) =>
    access(pathOf(api.recordingsFolder, file)).then(
      () => true,
      () => false,
    );
  const clean = (files = api.deps.recordingFiles, onFailure: (error: unknown) => void = () => undefined) =>
    createRecordingCleaner({ store: recordingStore(api.database), files, onFailure })();
  const rows = async () => (await api.database.pool.query('SELECT id FROM parley.recordings')).rows.length;

  test('with its call, and cannot be heard from that moment on', async () => {
    const call = await anEndedCall(api);
    const file = await aRecording(api, call);
    expect((await api.send('DELETE', `/api/calls/${call.id}`)).body.done).toBe('erased');
    expect((await get(api, call.id)).status).toBe(404);
    await clean();
    expect([await exists(file), await rows()]).toEqual([false, 0]);
    // What a worker brings later is not taken.
    const late = { ...file, startedMs: 0, durationMs: 1, bytes: 1, state: 'kept' as const };
    expect(await recordingStore(api.database).settle(late)).toBe(false);
  });

  test('when its days are over, before the words do', async () => {
    const [old, young] = [await anEndedCall(api), await anEndedCall(api)];
    const [oldFile, youngFile] = [await aRecording(api, old), await aRecording(api, young)];
    const days = { audio_days: 7, words_days: 30, calls_days: 60 };
    expect((await api.send('PUT', '/api/retention', { body: days })).body).toMatchObject(days);
    await api.database.pool.query(`UPDATE parley.calls SET ended_at = now() - interval '8 days' WHERE id = $1`, [
      old.id,
    ]);
    expect(await api.deps.personalData.deleteDue(500)).toEqual([
      { tenantId, recordingsDeleted: 1, wordsErased: 0, callsDeleted: 0, leadsDeleted: 0 },
    ]);
    await clean();
    expect([await exists(oldFile), await exists(youngFile)]).toEqual([false, true]);
    expect((await api.send('GET', '/api/retention')).body.runs[0]).toMatchObject({ recordings_deleted: 1 });
    await api.database.pool.query(`UPDATE parley.calls SET ended_at = now() - interval '61 days' WHERE id = $1`, [
      young.id,
    ]);
    expect(await api.deps.personalData.deleteDue(500)).toMatchObject([{ callsDeleted: 1 }]);
    await clean();
    expect([await exists(youngFile), await rows()]).toEqual([false, 0]);
    await api.send('PUT', '/api/retention', { body: { audio_days: null, words_days: null, calls_days: null } });
  });

  test('later, when it cannot be deleted now; until then it is not forgotten', async () => {
    const call = await anEndedCall(api);
    await aRecording(api, call);
    await api.send('DELETE', `/api/calls/${call.id}`);
    const failures: unknown[] = [];
    const files = { ...api.deps.recordingFiles, delete: () => Promise.reject(new Error('away')) };
    await clean(files, (error) => void failures.push(error));
    expect([failures.length, await rows()]).toEqual([1, 1]);
    await clean();
    expect(await rows()).toBe(0);
  });
});
