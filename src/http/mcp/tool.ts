import { z } from '@hono/zod-openapi';
import type { Tool as ToolDefinition, ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import type { ApiKey, KeyScope } from '../../calls/ports.ts';
import { checkStorable } from '../door/check-content.ts';
import type { HttpDependencies } from '../dependencies.ts';
import { invalidRequest } from '../door/refuse-invalid.ts';

/** What a tool has of the request it runs in. */
export type ToolContext = {
  deps: HttpDependencies;
  key: ApiKey;
  /** Address under which others reach the API. */
  origin: string;
  /** W3C trace context of the request. */
  traceparent: string | undefined;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Tells a client that asked for it how far the tool is; `step` must rise. */
  progress: (step: number, message: string) => void;
};

/** What a tool answers. `changed` is what the audit log names as changed; without it nothing is written there. */
export type ToolAnswer<Result> = { result: Result; changed?: string | null };

/** A tool as the server has it: what clients are told of it, the scope it needs, and how it is run. */
export type Tool = {
  definition: ToolDefinition;
  scope: KeyScope;
  /** @throws CallError `invalid_request` for arguments that are not valid, and what the tool itself refuses */
  run(args: unknown, context: ToolContext): Promise<ToolAnswer<Record<string, unknown>>>;
};

/** A tool from the schemas that check what it is given and describe what it gives. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(tool: {
  name: string;
  title: string;
  description: string;
  scope: KeyScope;
  annotations: Required<Omit<ToolAnnotations, 'title'>>;
  input: Input;
  output: Output;
  run: (args: z.output<Input>, context: ToolContext) => Promise<ToolAnswer<z.output<Output>>>;
}): Tool {
  const { name, title, description, scope, annotations, input, output } = tool;
  return {
    definition: {
      name,
      title,
      description,
      annotations: { title, ...annotations },
      inputSchema: jsonSchema(input, 'input'),
      outputSchema: jsonSchema(output, 'output'),
    },
    scope,
    async run(args, context) {
      checkStorable(args);
      const parsed = input.safeParse(args);
      if (!parsed.success) throw invalidRequest(parsed.error);
      return tool.run(parsed.data, context);
    },
  };
}

/** Draft 7 is what clients check with. A pattern beside a format says the same again, at a length that assistants have to read. */
function jsonSchema(schema: z.ZodObject, io: 'input' | 'output') {
  return z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema: part }) => {
      if (part.format) delete part.pattern;
    },
  }) as ToolDefinition['inputSchema'];
}
