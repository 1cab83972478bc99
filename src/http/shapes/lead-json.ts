import { z } from '@hono/zod-openapi';
import type { Lead } from '../../calls/ports.ts';

export const leadSchema = z
  .object({
    lead_id: z.string(),
    email: z.string(),
    name: z.string().nullable(),
    phone_number: z.string().nullable(),
    company: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi('Lead');

/** A lead under its public names. */
export function leadJson({ id, email, name, phoneNumber, company, data, createdAt, updatedAt }: Lead) {
  const times = { created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() };
  return { lead_id: id, email, name, phone_number: phoneNumber, company, data, ...times };
}
