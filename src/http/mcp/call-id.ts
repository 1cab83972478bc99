import { z } from '@hono/zod-openapi';

export const callId = z.string().max(64).describe('Of place_call or list_calls.');
