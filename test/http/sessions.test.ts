import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { clearSession, isEnded, sessionOf, sessions, setSession } from '../../src/http/door/sessions.ts';

const hash = 'a'.repeat(64);
const now = new Date('2026-05-04T12:00:00Z');
const known = sessions('a shared secret');

const at = (time: string) => new Date(`2026-05-04T${time}Z`);

describe('what the cookie holds', () => {
  test('is read by every replica with the secret, until its end', () => {
    const { token, expiresAt } = known.issue(hash, { now });
    expect(expiresAt).toEqual(at('14:00:00'));
    expect(sessions('a shared secret').read(token, now)).toEqual({ keyHash: hash, since: now, expiresAt });
    expect(known.read(token, new Date(expiresAt.getTime() - 1))).not.toBeNull();
    expect(known.read(token, expiresAt)).toBeNull();
  });

  test.each([
    ['another secret', sessions('another').issue(hash, { now }).token],
    ['another key', known.issue(hash, { now }).token.replace('a', 'b')],
    [
      'a later beginning',
      known.issue(hash, { now }).token.replace(/\.(\d+)\./, (_, since) => `.${Number(since) + 1}.`),
    ],
    [
      'a later end',
      known.issue(hash, { now }).token.replace(/\.(\d+)\.(?=[^.]+$)/, (_, end) => `.${Number(end) + 1}.`),
    ],
    ['nothing', ''],
    ['a seal that is cut off', known.issue(hash, { now }).token.slice(0, -1)],
  ])('is refused under %s', (_, token) => {
    expect(known.read(token, now)).toBeNull();
  });

  test('goes on while it is used, not with every request, and twelve hours at most', () => {
    const session = known.issue(hash, { now });
    expect(known.renewed(session, at('12:09:59'))).toBeNull();
    const next = known.renewed(session, at('12:10:00'));
    expect(next).toMatchObject({ keyHash: hash, since: now, expiresAt: at('14:10:00') });
    expect(known.read(next?.token ?? '', at('14:05:00'))).not.toBeNull();
    const late = known.renewed({ ...session, expiresAt: at('23:45:00') }, at('23:40:00'));
    expect(late?.expiresAt).toEqual(new Date('2026-05-05T00:00:00Z'));
    expect(known.renewed(late!, at('23:59:00'))).toBeNull();
  });

  test('is worth nothing where the sessions of its key were ended since', () => {
    const session = known.issue(hash, { now });
    expect(isEnded(session, { sessionsFrom: null })).toBe(false);
    expect(isEnded(session, { sessionsFrom: now })).toBe(false);
    expect(isEnded(session, { sessionsFrom: at('12:00:01') })).toBe(true);
    expect(isEnded(known.renewed(session, at('13:00:00'))!, { sessionsFrom: at('12:00:01') })).toBe(true);
  });
});

describe('the cookie', () => {
  const app = new Hono()
    .post('/in', (c) => {
      setSession(c, known.issue(hash));
      return c.text('');
    })
    .delete('/in', (c) => {
      clearSession(c);
      return c.text('');
    })
    .all('/who', (c) => c.text(sessionOf(c, known)?.keyHash ?? 'nobody'));

  async function cookieFrom(url: string): Promise<string> {
    const answer = await app.request(url, { method: 'POST' });
    return answer.headers.get('set-cookie') ?? '';
  }
  const pairOf = (cookie: string) => cookie.split(';')[0]!;

  test('can be read by no script and goes with no request of another site', async () => {
    const cookie = await cookieFrom('http://127.0.0.1:8080/in');
    expect(cookie).toMatch(/^parley_session_8080=/);
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toMatch(/Secure/);
  });

  test('goes over HTTPS only where it was set over HTTPS', async () => {
    expect(await cookieFrom('https://parley.example.com/in')).toMatch(/^__Host-parley_session=.*Secure/);
  });

  const who = async (headers: Record<string, string>, method = 'GET') => {
    const Cookie = pairOf(await cookieFrom('http://127.0.0.1:8080/in'));
    const answer = await app.request('http://127.0.0.1:8080/who', { method, headers: { Cookie, ...headers } });
    return answer.text();
  };

  test('counts for a page of this origin', async () => {
    expect(await who({ 'Sec-Fetch-Site': 'same-origin' })).toBe(hash);
    expect(await who({ 'Sec-Fetch-Site': 'none' })).toBe(hash);
    expect(await who({ 'Sec-Fetch-Site': 'same-origin', 'X-Parley-Console': '1' }, 'POST')).toBe(hash);
  });

  test.each(['cross-site', 'same-site'])('does not count for what a %s page sends', async (site) => {
    expect(await who({ 'Sec-Fetch-Site': site })).toBe('nobody');
    expect(await who({ 'Sec-Fetch-Site': site, 'X-Parley-Console': '1' }, 'POST')).toBe('nobody');
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'changes nothing by %s without the header that forms cannot send',
    async (method) => {
      expect(await who({}, method)).toBe('nobody');
    },
  );

  test('is taken away by signing out', async () => {
    const answer = await app.request('http://127.0.0.1:8080/in', { method: 'DELETE' });
    expect(answer.headers.get('set-cookie')).toMatch(/^parley_session_8080=;.*Max-Age=0/);
  });
});
