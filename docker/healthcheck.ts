/**
 * The image's health check: `serve` and `worker` must answer `/health`, also while they drain. Which of them runs, the first
 * argument says, else the container's first process. A worker that still fetches its models has no address yet; the start
 * period of the check bears with it. The other commands have none; that they run is known without asking.
 */
import { readFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { loadConfig } from '../src/config.ts';

const command = process.argv[2] ? [process.argv[2]] : readFileSync('/proc/1/cmdline', 'utf8').split('\0');
if (command.includes('serve') || command.includes('worker')) {
  const { PARLEY_PORT, PARLEY_WORKER_PORT, PARLEY_HTTPS } = loadConfig();
  const isServe = command.includes('serve');
  const [port, secure] = isServe ? [PARLEY_PORT, PARLEY_HTTPS] : [PARLEY_WORKER_PORT, false];
  // The certificate that PARLEY_HTTPS brings is signed by itself.
  const options = { host: '127.0.0.1', port, path: '/health', timeout: 4000, rejectUnauthorized: false };
  process.exitCode = 1;
  const asked = (secure ? httpsGet : httpGet)(options, (answer) => {
    process.exitCode = answer.statusCode === 200 ? 0 : 1;
    answer.resume();
  });
  asked.on('timeout', () => asked.destroy());
  asked.on('error', () => undefined);
}
