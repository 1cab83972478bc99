import { Client } from 'pg';
import { RoomServiceClient } from 'livekit-server-sdk';
import { expect, test } from 'vitest';
import { freshDatabase, livekit } from '../setup/servers.ts';

test('the embedded PostgreSQL answers in UTC', async () => {
  const database = await freshDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const answer = await client.query('SHOW timezone');
  await client.end();
  await database.close();
  expect(answer.rows[0]).toEqual({ TimeZone: 'UTC' });
});

test('livekit-server accepts the key pair that was generated for it', async () => {
  const { url, apiKey, apiSecret } = livekit();
  const rooms = new RoomServiceClient(url.replace('ws:', 'http:'), apiKey, apiSecret);
  expect(await rooms.listRooms(['none-of-this-name'])).toEqual([]);
});
