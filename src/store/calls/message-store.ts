import { asc, eq } from 'drizzle-orm';
import type { MessageStore } from '../../calls/ports.ts';
import type { Database } from '../connection/database.ts';
import { callMessages } from '../schema/calls.ts';
import { storable } from '../connection/storable.ts';

export function messageStore(database: Database): MessageStore {
  return {
    async insertMessage(message) {
      const { callerName, phoneNumber, text } = message;
      const values = {
        ...message,
        callerName: callerName && storable(callerName),
        phoneNumber: phoneNumber && storable(phoneNumber),
        text: storable(text),
      };
      await database.run((db) => db.insert(callMessages).values(values).onConflictDoNothing());
    },

    listMessages: (callId) =>
      database.run((db) =>
        db
          .select()
          .from(callMessages)
          .where(eq(callMessages.callId, callId))
          .orderBy(asc(callMessages.createdAt), asc(callMessages.id)),
      ),
  };
}
