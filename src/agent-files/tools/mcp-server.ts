import { z } from 'zod';
import { executionFields, toolName } from './http-tool.ts';

const text = z.string().min(1);

/** A server of the Model Context Protocol whose tools an agent may use. */
export const mcpServerSchema = z.strictObject({
  mcp: toolName.describe('What the server is called in logs: lower-case letters, digits and hyphens.'),
  url: text.optional().describe('Address of a server that speaks streamable HTTP.'),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Headers of its requests; `{{secret.NAME}}` stands for a secret.'),
  command: z
    .array(text)
    .min(1)
    .optional()
    .describe('Program that is the server and speaks over stdio, with its arguments.'),
  env: z
    .record(z.string(), z.string())
    .default({})
    .describe('Environment of that program; `{{secret.NAME}}` stands for a secret.'),
  only: z.array(text).min(1).optional().describe('The tools the agent may use; all of the server when absent.'),
  ...executionFields,
});

export type McpServer = z.output<typeof mcpServerSchema>;
