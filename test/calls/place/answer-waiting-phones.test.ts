import { expect, test } from 'vitest';
import { createPhoneAnswerer } from '../../../src/calls/place/answer-waiting-phones.ts';

test('a phone that cannot be offered keeps no other one waiting, and is told of', async () => {
  const offered: string[] = [];
  const answerWaitingPhones = createPhoneAnswerer(
    {
      calls: { findCall: async () => null },
      rooms: {
        dispatchAgent: async ({ room }) => {
          if (room === 'sick') throw new Error('the room cannot be reached');
          offered.push(room);
        },
      },
      waitingPhones: async () =>
        ['first', 'sick', 'last'].map((room) => ({ room, createdAt: new Date(0), metadata: { agent: 'notice' } })),
    },
    { everySeconds: 5 },
  );
  await expect(answerWaitingPhones()).rejects.toThrow('the room cannot be reached');
  expect(offered).toEqual(['first', 'last']);
});
