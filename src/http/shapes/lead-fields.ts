import { z } from '@hono/zod-openapi';
import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { LeadUpsert } from '../../calls/ports.ts';
import { strict } from '../route.ts';

const maxDataBytes = 16_384;
const text = z.string().trim().max(200);

const phoneNumber = z
  .string()
  .max(32)
  .transform((value, context) => {
    const parsed = parsePhoneNumber(value);
    if (!('problem' in parsed)) return parsed.e164;
    context.addIssue({ code: 'custom', message: parsed.message.replace(/\.$/, '') });
    return z.NEVER;
  });

/** A lead as a request gives it, in the program's terms. */
export const leadFields = strict({
  email: z
    .email({ error: 'Send an email address' })
    .max(254)
    .transform((email) => email.toLowerCase())
    .openapi({ type: 'string', format: 'email', example: 'ada@example.com' }),
  name: text.nullable().optional(),
  phone_number: phoneNumber
    .nullable()
    .optional()
    .openapi({ type: ['string', 'null'], example: '+14155552671' }),
  company: text.nullable().optional(),
  data: z
    .record(z.string().min(1).max(100), z.unknown())
    .refine((data) => Buffer.byteLength(JSON.stringify(data)) <= maxDataBytes, {
      error: `Send at most ${maxDataBytes} bytes of JSON`,
    })
    .optional()
    .describe('Anything else; merged with what is stored, key by key.'),
}).transform(({ email, name, phone_number, company, data }): LeadUpsert => ({
  email,
  ...(name !== undefined && { name }),
  ...(phone_number !== undefined && { phoneNumber: phone_number }),
  ...(company !== undefined && { company }),
  ...(data !== undefined && { data }),
}));
