import { createServer } from 'node:net';

/** Throws a sentence that names the setting when somebody else listens on the port. */
export async function requireFreePort(options: {
  port: number;
  host: string;
  purpose: string;
  setting: string;
}): Promise<void> {
  const error = await tryPort(options);
  if (error?.code === 'EADDRINUSE')
    throw new Error(
      `Port ${options.port} for ${options.purpose} is taken by another program. Stop that program, or set ${options.setting} to a free port.`,
    );
  if (error?.code === 'EACCES')
    throw new Error(
      `Port ${options.port} for ${options.purpose} needs privileges. Set ${options.setting} to a port above 1023.`,
    );
  if (error)
    throw new Error(
      `Port ${options.port} for ${options.purpose} cannot be opened on ${options.host}: ${error.message}. Set ${options.setting}, or the host.`,
    );
}

/** Listens for a moment. Resolves with what the system says against it: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL` and the like. */
export function tryPort({ port, host }: { port: number; host: string }): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
