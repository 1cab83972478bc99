import type {
  IDataObject,
  IExecuteFunctions,
  IHookFunctions,
  IHttpRequestMethods,
  ILoadOptionsFunctions,
  JsonObject,
} from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

type Caller = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions;

type Request = { body?: IDataObject; qs?: IDataObject; headers?: IDataObject };

/** What Parley tells about a refusal: problem+json, RFC 9457. */
type Problem = { detail?: string; code?: string; field?: string; errors?: { field?: string; message?: string }[] };

/** One request to Parley's API with the node's credential. @throws NodeApiError that says what Parley said, with its `code` */
export async function parleyRequest(
  caller: Caller,
  method: IHttpRequestMethods,
  path: string,
  { body, qs, headers }: Request = {},
  itemIndex?: number,
): Promise<IDataObject> {
  const { baseUrl } = await caller.getCredentials<{ baseUrl: string }>('parleyApi');
  try {
    return (await caller.helpers.httpRequestWithAuthentication.call(caller, 'parleyApi', {
      method,
      url: `${baseUrl.replace(/(?<!\/)\/+$/, '')}${path}`,
      json: true,
      ...(body && { body }),
      ...(qs && { qs }),
      ...(headers && { headers }),
    })) as IDataObject;
  } catch (error) {
    const problem = problemOf(error);
    throw new NodeApiError(caller.getNode(), error as JsonObject, {
      ...(itemIndex !== undefined && { itemIndex }),
      ...(problem?.detail && { message: problem.detail, description: describe(problem) }),
      ...(statusOf(error) !== undefined && { httpCode: String(statusOf(error)) }),
    });
  }
}

/** The HTTP status of a failed request; undefined when no answer came. */
export function statusOf(error: unknown): number | undefined {
  const { httpCode, response, status } = error as {
    httpCode?: string | null;
    response?: { status?: number };
    status?: number;
  };
  const found = Number(httpCode ?? response?.status ?? status);
  return Number.isInteger(found) && found > 0 ? found : undefined;
}

function problemOf(error: unknown): Problem | undefined {
  const { response, context } = error as { response?: { data?: unknown }; context?: { data?: unknown } };
  const data = response?.data ?? context?.data;
  if (typeof data === 'object' && data !== null) return data as Problem;
  if (typeof data !== 'string' || !data.startsWith('{')) return undefined;
  try {
    return JSON.parse(data) as Problem;
  } catch {
    // A proxy's own page: n8n's message about the status says more.
    return undefined;
  }
}

function describe({ code, field, errors = [] }: Problem): string {
  const faults = errors.map((fault) => `${fault.field ?? ''}: ${fault.message ?? ''}`);
  return [code && `Code ${code}`, field && `field ${field}`, ...(faults.length > 1 ? faults : [])]
    .filter(Boolean)
    .join(', ');
}
