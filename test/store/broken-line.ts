import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP line to PostgreSQL that can be cut in the ways that real ones are. */
export async function brokenLine(url: string): Promise<{
  url: string;
  /** Cuts every connection and refuses new ones until `restore`. */
  cut: () => void;
  restore: () => void;
  /** Lets the next statement through on each open connection, and cuts the connection instead of passing the answer on. */
  loseNextAnswer: () => void;
  close: () => void;
}> {
  const target = new URL(url);
  const open = new Set<{ near: Socket; far: Socket }>();
  let down = false;
  let losing = false;
  const server = createServer((near) => {
    if (down) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far };
    open.add(pair);
    const end = () => {
      open.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => {
      if (!losing) return void near.write(data);
      losing = false;
      end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutAll = () => {
    for (const { near } of open) near.destroy();
  };
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String((server.address() as { port: number }).port);
  return {
    url: proxied.href,
    cut: () => {
      down = true;
      cutAll();
    },
    restore: () => {
      down = false;
    },
    loseNextAnswer: () => {
      losing = true;
    },
    close: () => {
      cutAll();
      server.close();
    },
  };
}
