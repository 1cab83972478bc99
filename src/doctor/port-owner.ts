import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export type PortOwner = { pid: number; command: string };

/**
 * The process that listens on a TCP port. Undefined where it cannot be known: without /proc (macOS), for processes of other
 * users, and from within a container for those outside.
 */
export function portOwner(port: number): PortOwner | undefined {
  const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningSockets(file, port)));
  if (sockets.size === 0) return undefined;
  for (const pid of list('/proc').filter((name) => /^\d+$/.test(name)))
    for (const descriptor of list(`/proc/${pid}/fd`))
      if (sockets.has(linkOf(`/proc/${pid}/fd/${descriptor}`))) return { pid: Number(pid), command: commandOf(pid) };
  return undefined;
}

/** Lines of /proc/net/tcp: number, local address:port in hexadecimal, remote, state (0A listens), …, inode as the tenth field. */
function listeningSockets(file: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return read(file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${wanted}`) && fields[3] === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
}

/** The first two words: `node src/main.ts` says more than `node`, and no more arguments, since those may hold secrets. */
function commandOf(pid: string): string {
  const [program = '', first] = read(`/proc/${pid}/cmdline`).split('\0');
  const name = program.split('/').at(-1) ?? '';
  return first && !first.startsWith('-') && /^(node|python\d*|java|sh|bash)/.test(name)
    ? `${name} ${first.split('/').at(-1)}`
    : name;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
