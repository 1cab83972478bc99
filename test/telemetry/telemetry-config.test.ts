import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const telemetryOf = (env: Record<string, string>) => readConfig(env).telemetry;

describe('where traces go', () => {
  it('is nowhere until the operator says so', () => {
    expect(telemetryOf({})).toEqual({
      destinations: [],
      content: true,
      serviceName: 'parley',
      environment: 'production',
    });
  });

  it('is Langfuse with nothing but its two keys', () => {
    const [langfuse] = telemetryOf({ LANGFUSE_PUBLIC_KEY: 'pk-lf-1', LANGFUSE_SECRET_KEY: 'sk-lf-2' }).destinations;
    expect(langfuse).toEqual({
      url: 'https://cloud.langfuse.com/api/public/otel/v1/traces',
      headers: {
        Authorization: `Basic ${Buffer.from('pk-lf-1:sk-lf-2').toString('base64')}`,
        'x-langfuse-ingestion-version': '4',
      },
    });
    const own = { LANGFUSE_BASE_URL: 'http://langfuse:3000/', LANGFUSE_PUBLIC_KEY: 'p', LANGFUSE_SECRET_KEY: 's' };
    expect(telemetryOf(own).destinations[0]?.url).toBe('http://langfuse:3000/api/public/otel/v1/traces');
  });

  it('is a collector under the standard names, with its headers decoded', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpiPT0=, x-tenant=one',
      OTEL_SERVICE_NAME: 'voice',
      PARLEY_TELEMETRY_CONTENT: 'off',
    };
    expect(telemetryOf(env)).toMatchObject({
      destinations: [
        {
          url: 'http://collector:4318/v1/traces',
          headers: { Authorization: 'Basic YTpiPT0=', 'x-tenant': 'one' },
        },
      ],
      serviceName: 'voice',
      content: false,
    });
    const whole = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/v1/traces' };
    expect(telemetryOf(whole).destinations[0]?.url).toBe('http://collector:4318/v1/traces');
  });

  it('is both when both are named, and Langfuse is known by its address too', () => {
    const both = telemetryOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://eu.example.com/api/public/otel',
      LANGFUSE_PUBLIC_KEY: 'p',
      LANGFUSE_SECRET_KEY: 's',
    });
    expect(both.destinations).toHaveLength(2);
    expect(both.destinations[0]?.headers).toEqual({ 'x-langfuse-ingestion-version': '4' });
  });

  it.each([
    [{ LANGFUSE_PUBLIC_KEY: 'pk-lf-1' }, /LANGFUSE_SECRET_KEY is missing/],
    [{ LANGFUSE_SECRET_KEY: 'sk-lf-1' }, /LANGFUSE_PUBLIC_KEY is missing/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }, /OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317 is not valid/],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_HEADERS: 'Basic secret' },
      /OTEL_EXPORTER_OTLP_HEADERS is not valid/,
    ],
    [{ LANGFUSE_TRACING_ENVIRONMENT: 'Langfuse Prod' }, /LANGFUSE_TRACING_ENVIRONMENT=Langfuse Prod is not valid/],
  ])('is refused with a cure when it is %o', (env, message) => {
    expect(() => readConfig(env)).toThrow(ConfigError);
    expect(() => readConfig(env)).toThrow(message);
    expect(() => readConfig(env)).not.toThrow(/secret|sk-lf-1/);
  });
});
