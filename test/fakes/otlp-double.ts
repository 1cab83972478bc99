import { json, listen } from './http-double.ts';
import { asLangfuseShows, type Observation } from './langfuse-mapping.ts';
import { type OtlpSpan, readExport } from './otlp-messages.ts';

export type OtlpBehaviour = {
  /** Takes the connection and never answers. */
  hang: boolean;
  /** Answers every export with this status instead. */
  refuse?: number;
  /** `public:secret` that the Basic authorisation must hold. */
  keys?: string;
};

export type OtlpDouble = Awaited<ReturnType<typeof startOtlpDouble>>;

/** An OTLP/HTTP collector as Langfuse is one: checks type and keys, refuses a whole batch for one bad span. */
export async function startOtlpDouble(given: Partial<OtlpBehaviour> = {}) {
  const behaviour: OtlpBehaviour = { hang: false, ...given };
  const spans: OtlpSpan[] = [];
  const requests: { path: string; headers: Record<string, unknown>; status: number }[] = [];
  const server = await listen({
    request: ({ url: path = '', headers }, response, body) => {
      const answer = (status: number, message: string) => {
        requests.push({ path, headers, status });
        json(response, status, status < 300 ? {} : { message });
      };
      if (behaviour.hang) return void requests.push({ path, headers, status: 0 });
      if (behaviour.refuse) return answer(behaviour.refuse, 'Refused');
      if (!path.endsWith('/v1/traces')) return answer(404, 'Not found');
      const expected = behaviour.keys && `Basic ${Buffer.from(behaviour.keys).toString('base64')}`;
      if (expected && headers.authorization !== expected) return answer(401, 'Invalid credentials');
      const type = headers['content-type'] ?? '';
      if (!/application\/(x-protobuf|json)/.test(type)) return answer(400, `Invalid content type ${type}`);
      if (Number(headers['x-langfuse-ingestion-version'] ?? 4) > 4) return answer(400, 'Unknown ingestion version');
      try {
        spans.push(...readExport(body, { type, encoding: headers['content-encoding'] }));
      } catch (error) {
        return answer(400, String(error));
      }
      answer(200, '');
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    behaviour,
    requests,
    spans,
    /** What Langfuse would show, in the order of time. */
    observations: (): Observation[] => spans.toSorted((a, b) => a.startMs - b.startMs).map(asLangfuseShows),
    /** Total of a trace, as Langfuse adds it up, USD. */
    costOf: (traceId: string): number =>
      spans
        .filter((span) => span.traceId === traceId)
        .reduce((total, span) => total + (asLangfuseShows(span).cost ?? 0), 0),
    close: server.close,
  };
}
