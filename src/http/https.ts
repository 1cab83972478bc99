import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const dayMs = 86_400_000;
/** Browsers refuse certificates that last longer than 398 days. */
const validDays = 397;
const renewDays = 30;

export type Certificate = { key: string; cert: string };

/**
 * A self-signed certificate for every name and address of this machine, PEM. Kept in `<dataDir>/https` so that a browser is
 * asked to trust it once; made anew when it nears its end or the machine has another address.
 */
export async function selfSignedCertificate(dataDir: string): Promise<Certificate> {
  const folder = join(dataDir, 'https');
  const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  const names = localNames();
  if (existsSync(files.key) && existsSync(files.cert)) {
    const stored = { key: await readFile(files.key, 'utf8'), cert: await readFile(files.cert, 'utf8') };
    if (serves(stored.cert, names)) return stored;
  }
  const made = await make(names);
  await mkdir(folder, { recursive: true });
  await writeFile(files.key, made.key, { mode: 0o600 });
  await writeFile(files.cert, made.cert);
  return made;
}

function localNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  // Link-local IPv6 addresses carry a zone, which a certificate cannot.
  return [...new Set(['localhost', hostname(), ...addresses.filter((address) => !address.startsWith('fe80:'))])];
}

function serves(pem: string, names: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const endsLater = Date.parse(certificate.validTo) - Date.now() > renewDays * dayMs;
    return endsLater && names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)));
  } catch {
    return false;
  }
}

async function make(names: readonly string[]): Promise<Certificate> {
  const now = Date.now();
  const pems = await generate([{ name: 'commonName', value: 'Parley' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - dayMs),
    notAfterDate: new Date(now + (validDays - 1) * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}
