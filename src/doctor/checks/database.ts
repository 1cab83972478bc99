import versions from '#root/versions.json' with { type: 'json' };
import type { Check } from '../check.ts';
import { connectionTrouble, hostAndPort } from '../connection-trouble.ts';
import { failed, type Finding, ok, skipped } from '../finding.ts';
import { unencodedPassword } from '../unencoded-password.ts';

/** Its major version; docs/database.md. */
const oldestPostgres = 15;

export const database: Check = {
  about: 'PostgreSQL: host, TLS, password and database, told apart.',
  reads: ['DATABASE_URL'],
  async run(context) {
    const { databaseUrl } = context;
    if (!databaseUrl)
      return skipped('DATABASE_URL is not set, and no `parley up` runs here with a database of its own.');
    try {
      const { rows } = await context.database().pool.query<{ server_version: string }>('SHOW server_version');
      const { hostname, port, pathname } = new URL(databaseUrl);
      if (hostname.endsWith('.pooler.supabase.com') && port === '6543')
        return failed(
          'The pooler of Supabase on port 6543 works per transaction: prepared statements, events and locks are lost between them.',
          'Use its session mode, port 5432, or the direct connection (docs/supabase.md).',
        );
      const version = rows[0]?.server_version ?? '';
      if (Number.parseInt(version) < oldestPostgres)
        return failed(
          `PostgreSQL ${version} is too old.`,
          `Use ${oldestPostgres} or newer; Parley is tested with ${versions.postgresql.tested}.`,
        );
      return ok(`PostgreSQL ${version} has the database ${pathname.slice(1)}.`);
    } catch (error) {
      return databaseTrouble(error, databaseUrl);
    }
  },
};

/** What the error of a first connection comes to. */
export function databaseTrouble(error: unknown, url: string): Finding {
  const { username, pathname, ...rest } = partsOf(url);
  const name = pathname.slice(1) || username;
  const at = rest.at;
  const special = unencodedPassword(url);
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (code === '28P01' || /SASL|password must be a string/i.test(message))
    return failed(
      `PostgreSQL at ${at} refuses the password of the user ${username}, or has no such user.`,
      special ??
        'Correct user and password in DATABASE_URL. Supabase and others have a user of another form for their pooler.',
    );
  if (code === '3D000')
    return failed(
      `PostgreSQL at ${at} has no database ${name}.`,
      `Make it: \`CREATE DATABASE ${name}\`, or correct the name at the end of DATABASE_URL.`,
    );
  if (code === '28000' && /no encryption|SSL off/i.test(message))
    return failed(`PostgreSQL at ${at} takes TLS only.`, 'Append ?sslmode=require to DATABASE_URL.');
  if (code.startsWith('28'))
    return failed(
      `PostgreSQL at ${at} does not let the user ${username} in from here.`,
      'Allow user and address in pg_hba.conf of the server, or in the network settings of its provider.',
    );
  if (/does not support SSL/i.test(message))
    return failed(`PostgreSQL at ${at} speaks no TLS.`, 'Remove sslmode from DATABASE_URL, or write sslmode=disable.');
  if (code === '53300')
    return failed(
      `PostgreSQL at ${at} has no connection left.`,
      'End clients that hold connections, raise max_connections, or use a pooler in session mode.',
    );
  if (code === '57P03')
    return failed(`PostgreSQL at ${at} is starting or stopping.`, 'Wait a moment; if it stays so, see its log.');
  const trouble = connectionTrouble(error, { who: 'PostgreSQL', at, setting: 'DATABASE_URL' });
  if (/^(DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code))
    return failed(
      trouble.message,
      'Append &sslrootcert=/path/ca.pem with the authority of your provider to DATABASE_URL, or sslmode=no-verify if the network is yours.',
    );
  // Whatever stands behind an unencoded character is taken for host and port.
  return failed(trouble.message, special ?? trouble.cure);
}

function partsOf(url: string): { username: string; pathname: string; at: string } {
  const parsed = new URL(url);
  return { username: parsed.username, pathname: parsed.pathname, at: hostAndPort(parsed) };
}
