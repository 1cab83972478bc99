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
  /** From now on nothing more is heard on the connections that are open, and nobody is told; new ones work. */
  freeze: () => void;
  /** Every statement reaches the server so much later; connections are made at once. */
  slowDown: (milliseconds: number) => void;
  close: () => void;
}> {
  const target = new URL(url);
  const open = new Set<{ near: Socket; far: Socket; frozen: boolean }>();
  let slowMs = 0;
  let down = false;
  let losing = false;
  const server = createServer((near) => {
    if (down) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far, frozen: false };
    open.add(pair);
    const end = () => {
      open.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.on('data', (data: Buffer) => {
      if (pair.frozen) return;
      if (slowMs === 0 || !isStatement(data)) far.write(data);
      else setTimeout(() => far.write(data), slowMs);
    });
    far.on('data', (data) => {
      if (pair.frozen) return;
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
    freeze: () => {
      for (const pair of open) pair.frozen = true;
    },
    slowDown: (milliseconds) => {
      slowMs = milliseconds;
    },
    close: () => {
      cutAll();
      server.close();
    },
  };
}

/** Begins with a message of the simple or the extended query protocol (Query, Parse, Bind, Close, Sync), unlike a login. */
function isStatement(data: Buffer): boolean {
  return 'QPBCS'.includes(String.fromCharCode(data[0] ?? 0));
}
