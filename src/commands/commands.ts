import type { Command, TolerantCommand } from './command.ts';

/** Each verb is loaded when it is used, so that `parley --help` needs no WebRTC. */
export const commands: Record<string, () => Promise<Command | TolerantCommand>> = {
  up: async () => (await import('./up.ts')).up,
  serve: async () => (await import('./serve.ts')).serve,
  worker: async () => (await import('./worker.ts')).worker,
  dial: async () => (await import('./dial.ts')).dial,
  calls: async () => (await import('./calls.ts')).calls,
  campaigns: async () => (await import('./campaigns.ts')).campaigns,
  keys: async () => (await import('./keys.ts')).keys,
  call: async () => (await import('./call.ts')).call,
  test: async () => (await import('./test.ts')).test,
  load: async () => (await import('./load.ts')).load,
  agents: async () => (await import('./agents.ts')).agents,
  doctor: async () => (await import('./doctor.ts')).doctor,
  check: async () => (await import('./check.ts')).check,
  plugin: async () => (await import('./plugin.ts')).plugin,
  trunk: async () => (await import('./trunk.ts')).trunk,
  'do-not-call': async () => (await import('./do-not-call.ts')).doNotCall,
  tenant: async () => (await import('./tenant.ts')).tenant,
  migrate: async () => (await import('./migrate.ts')).migrate,
  'after-restore': async () => (await import('./after-restore.ts')).afterRestore,
  prepare: async () => (await import('./prepare.ts')).prepare,
};
