import { OpenAPIHono, z } from '@hono/zod-openapi';
import { stream } from 'hono/streaming';
import { exportCalls } from '../../../calls/export-calls.ts';
import { callFilters, callQuery, statusFilter } from '../../shapes/call-query.ts';
import type { ApiEnv, HttpDependencies } from '../../dependencies.ts';
import { apiRoute, strict } from '../../route.ts';

const exportRoute = apiRoute('calls:read', {
  method: 'get',
  path: '/api/calls/export',
  summary: 'Calls as CSV, newest first',
  description: 'Takes the filters of the list. What a spreadsheet would take for a formula is told to be text.',
  request: { query: strict({ status: statusFilter, ...callFilters }) },
  responses: { 200: { description: 'One line per call.', content: { 'text/csv': { schema: z.string() } } } },
});

export function callExportRoutes({ calls }: HttpDependencies) {
  return new OpenAPIHono<ApiEnv>().openapi(exportRoute, (c) => {
    const query = callQuery({ ...c.req.valid('query'), limit: 200 }, c.get('key').tenantId);
    c.header('Content-Type', 'text/csv; charset=utf-8');
    c.header('Content-Disposition', 'attachment; filename="calls.csv"');
    return stream(c, async (out) => {
      for await (const part of exportCalls(query, calls)) {
        if (out.aborted) return;
        await out.write(part);
      }
    });
  });
}
