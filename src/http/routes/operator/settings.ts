import { randomBytes } from 'node:crypto';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { forOperator } from '../../door/for-operator.ts';
import { apiRoute, json } from '../../route.ts';

const fingerprintsRoute = apiRoute('admin', {
  method: 'get',
  path: '/api/settings/fingerprints',
  summary: 'What settings this process was started with, to compare and not to read',
  description:
    "For `parley doctor`, which compares them with the settings as they are now. The operator's tenant only.",
  responses: {
    200: json(
      z
        .object({
          started_at: z.iso.datetime(),
          salt: z.string().describe('The key of the hashes; another one in each answer.'),
          settings: z.record(z.string(), z.string()).describe('HMAC-SHA256 of `NAME=value`, for each that was given.'),
          secrets: z.string().describe('The same of all secrets together.'),
        })
        .openapi('SettingsFingerprints'),
      'Keyed hashes.',
    ),
  },
});

export function settingsRoutes({ operatorTenantId, settings }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(fingerprintsRoute, (c) => {
    forOperator(c.get('key'), operatorTenantId);
    const salt = randomBytes(16).toString('hex');
    return c.json({ started_at: settings.startedAt.toISOString(), salt, ...settings.fingerprints(salt) }, 200);
  });
}
