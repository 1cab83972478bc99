import type { Command, TolerantCommand } from './command.ts';

/** Each verb is loaded when it is used, so that `parley --help` needs no WebRTC. */
export const commands: Record<string, () => Promise<Command | TolerantCommand>> = {
  up: async () => (await import('./run/up.ts')).up,
  serve: async () => (await import('./run/serve.ts')).serve,
  worker: async () => (await import('./run/worker.ts')).worker,
  dial: async () => (await import('./calls/dial.ts')).dial,
  calls: async () => (await import('./calls/calls.ts')).calls,
  campaigns: async () => (await import('./calls/campaigns.ts')).campaigns,
  keys: async () => (await import('./access/keys.ts')).keys,
  call: async () => (await import('./calls/call.ts')).call,
  test: async () => (await import('./agents/test.ts')).test,
  load: async () => (await import('./agents/load.ts')).load,
  agents: async () => (await import('./agents/agents.ts')).agents,
  doctor: async () => (await import('./run/doctor.ts')).doctor,
  check: async () => (await import('./run/check.ts')).check,
  plugin: async () => (await import('./run/plugin.ts')).plugin,
  trunk: async () => (await import('./calls/trunk.ts')).trunk,
  'do-not-call': async () => (await import('./calls/do-not-call.ts')).doNotCall,
  tenant: async () => (await import('./access/tenant.ts')).tenant,
  migrate: async () => (await import('./run/migrate.ts')).migrate,
  'after-restore': async () => (await import('./run/after-restore.ts')).afterRestore,
  prepare: async () => (await import('./run/prepare.ts')).prepare,
};
