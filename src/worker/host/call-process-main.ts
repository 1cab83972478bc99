/** A call process: forked by the host, told its configuration and its calls over IPC. `--no-race-shim` leaves Promise.race alone. */
import { installRaceShim } from './race-shim.ts';

// Before anything else is loaded: no module may hold on to the built-in one.
if (!process.argv.includes('--no-race-shim')) installRaceShim();
const { serveHost } = await import('./serve-host.ts');
const { composeCallProcess } = await import('../../compose/compose-call-process.ts');
await serveHost(composeCallProcess);
process.exit(0);
