import { z } from 'zod';
import { flag, secret, type Setting, setting, text, url } from '../setting.ts';

/** The standard names of OpenTelemetry, and those of Langfuse as a shortcut. */
export const telemetrySettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    url('http', 'https').optional(),
    'OpenTelemetry collector that takes OTLP over HTTP; `/v1/traces` is appended.',
    'Use an address such as http://collector:4318; gRPC (port 4317) is not spoken.',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: secret(
    'Headers for it, as `key=value` pairs.',
    'Use key=value pairs separated by commas, with percent-encoded values: Authorization=Basic%20….',
  ),
  OTEL_SERVICE_NAME: setting(text.default('parley'), 'Name of the service in the traces.', 'Use a name.'),
  LANGFUSE_PUBLIC_KEY: setting(
    text.optional(),
    'Public key of a Langfuse project; with the secret key, traces go to Langfuse.',
    'Take it from the project settings of Langfuse, API keys; it starts with pk-lf-.',
  ),
  LANGFUSE_SECRET_KEY: secret(
    'Secret key of that project.',
    'Take it from the project settings of Langfuse, API keys; it starts with sk-lf-.',
  ),
  LANGFUSE_HOST: setting(
    url('http', 'https').default('https://cloud.langfuse.com'),
    'Langfuse server; also read from LANGFUSE_BASE_URL.',
    'Use https://cloud.langfuse.com, https://us.cloud.langfuse.com or your own, without a path.',
    { also: ['LANGFUSE_BASE_URL'] },
  ),
  LANGFUSE_TRACING_ENVIRONMENT: setting(
    z
      .string()
      .regex(/^(?!langfuse)[a-z0-9_-]{1,40}$/)
      .default('production'),
    'Environment that every span names.',
    'Use lower-case letters, digits, - and _, such as staging; it may not begin with langfuse.',
  ),
  PARLEY_TELEMETRY_CONTENT: setting(
    flag.default(true),
    'Send with the traces what was said, and phone numbers. 0 keeps all words and numbers here.',
    'Use 1 or 0.',
  ),
} as const satisfies Record<string, Setting>;
