import type { Config } from '../config.ts';
import type { ToolAllowances } from '../known-names.ts';

/** What the tools of agent files go by; JSON, for call processes. */
export type ToolSettings = ToolAllowances & {
  /** Under which servers of tools reach the API. */
  apiUrl: string;
};

export function toolSettings(config: Config): ToolSettings {
  const { PARLEY_HOST: host, PARLEY_PORT: port, PARLEY_HTTPS: https } = config;
  const near = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return {
    secrets: config.secrets,
    privateHosts: config.PARLEY_TOOL_PRIVATE_HOSTS,
    apiUrl: config.PARLEY_PUBLIC_URL?.replace(/\/$/, '') ?? `${https ? 'https' : 'http'}://${near}:${port}`,
  };
}
