import { dispose } from '@livekit/rtc-node';
import { runCallProcess } from './call-process.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import type { FromCallProcess, ToCallProcess } from './ipc.ts';

/**
 * Connects this process to the host that forked it, and runs its calls until there are no more. Signals are the host's
 * business: a Ctrl-C reaches the whole process group, and the calls are to be drained.
 *
 * A rejection nobody handled is logged and concerns one call. An exception nobody caught may have left anything half
 * done: the calls that run go on, no new ones come, and the host starts a fresh process.
 */
export async function serveHost(compose: (config: unknown) => Promise<CallProcessDependencies>): Promise<void> {
  const send = (message: FromCallProcess) => void (process.connected && process.send?.(message));
  let deps: CallProcessDependencies | undefined;
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('unhandledRejection', (error) => deps?.log('error', 'a rejection was not handled', { error }));
  process.on('uncaughtException', (error) => {
    deps?.log('error', 'an exception was not caught; this process takes no more calls', { error });
    if (!deps) throw error;
    send({ type: 'retiring' });
  });
  await runCallProcess({
    port: {
      send,
      onMessage: (listener) => void process.on('message', (message) => listener(message as ToCallProcess)),
      onDisconnect: (listener) => void process.on('disconnect', listener),
    },
    compose: async (config) => (deps = await compose(config)),
  });
  await dispose();
}
