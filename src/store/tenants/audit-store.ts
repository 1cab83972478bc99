import type { AuditLog } from '../../calls/ports.ts';
import type { Database } from '../connection/database.ts';
import { auditLog } from '../schema/tenants.ts';

export function auditStore(database: Database): AuditLog {
  return {
    async record(entry) {
      await database.run((db) => db.insert(auditLog).values(entry));
    },
  };
}
