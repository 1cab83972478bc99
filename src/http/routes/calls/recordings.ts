import { OpenAPIHono, z } from '@hono/zod-openapi';
import { findRecording } from '../../../calls/recordings/find-recording.ts';
import { byteRange } from '../../byte-range.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { HttpError } from '../../problem.ts';
import { apiRoute, conflict, idParam, notFound, problem, strict } from '../../route.ts';

const sound = (description: string) => ({
  description,
  content: { 'audio/ogg': { schema: z.string().openapi({ type: 'string', format: 'binary' }) } },
});

const recordingRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/{id}/recording',
  summary: 'What was said, as sound',
  description:
    'Ogg Opus, the caller on the left and the agent on the right; its beginning is `started_ms` of the transcript. One stretch may be asked for with `Range`. What is kept in a bucket is answered with a link that works for five minutes.',
  request: {
    params: idParam,
    query: strict({
      recording_id: z.string().max(64).optional().describe('One of `recordings` of the call; else the first.'),
      redirect: z
        .enum(['true', 'false'])
        .default('true')
        .describe('`false`: the bytes themselves, also where they are in a bucket.'),
    }),
  },
  responses: {
    200: sound('The whole file.'),
    206: sound('The stretch that `Range` asked for.'),
    302: { description: 'Where it is kept; the link needs no key.' },
    416: problem('The file is shorter than `Range` says.'),
    ...notFound,
    ...conflict,
  },
});

export function recordingRoutes(deps: HttpDependencies) {
  const { calls, recordings, recordingFiles: files } = deps;
  return new OpenAPIHono<ApiEnv>().openapi(recordingRoute, async (c) => {
    const { recording_id: recordingId, redirect } = c.req.valid('query');
    const { tenantId } = c.get('key');
    const which = { callId: c.req.valid('param').id, tenantId, recordingId };
    const { recording, bytes } = await findRecording(which, { calls, recordings, files });
    const link = redirect === 'true' ? await files.link(recording) : undefined;
    // What somebody said may not lie about in caches.
    c.header('Cache-Control', 'private, no-store');
    if (link !== undefined) return c.redirect(link, 302);
    const range = byteRange(c.req.header('range'), bytes);
    if (range === 'none')
      throw new HttpError('range_not_satisfiable', `The file has ${bytes} bytes.`, {
        headers: { 'Content-Range': `bytes */${bytes}` },
      });
    const { start, end } = range ?? { start: 0, end: bytes };
    c.header('Content-Type', 'audio/ogg');
    c.header('Accept-Ranges', 'bytes');
    c.header('Content-Length', String(end - start));
    c.header('Content-Disposition', `inline; filename="${recording.id}.ogg"`);
    if (range) c.header('Content-Range', `bytes ${start}-${end - 1}/${bytes}`);
    const body = await files.read(recording, { start, end });
    return range ? c.body(body, 206) : c.body(body, 200);
  });
}
