import { type HttpTool, httpToolSchema } from '../../../src/agent-files/tools/http-tool.ts';

/** A tool as an agent file describes it. */
export function aTool(fields: Record<string, unknown> = {}): HttpTool {
  return httpToolSchema.parse({
    name: 'book',
    description: 'Books an appointment.',
    url: 'http://127.0.0.1/appointments',
    arguments: { day: 'The day.' },
    ...fields,
  });
}
