import { expect, test } from 'vitest';
import { readPrivatePlaces, resolveToolTarget, toolUrlProblem } from '../../../src/calls/tools/tool-address.ts';

const resolveHost = async (host: string) => {
  const known: Record<string, { address: string; family: number }[]> = {
    'api.example.com': [{ address: '8.8.8.8', family: 4 }],
    'orders.internal': [{ address: '10.9.9.9', family: 4 }],
    'rebound.example.com': [
      { address: '8.8.8.8', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ],
  };
  return known[host] ?? [];
};
const target = (url: string, list: string[] = []) =>
  resolveToolTarget(new URL(url), { places: readPrivatePlaces(list), resolveHost });

test('public addresses are resolved once, for the connection', async () => {
  expect(await target('https://api.example.com/x')).toEqual([{ address: '8.8.8.8', family: 4 }]);
});

test('a private address is refused unless the operator lists it', async () => {
  await expect(target('http://orders.internal/x')).rejects.toThrow(/orders\.internal leads to 10\.9\.9\.9/);
  await expect(target('http://rebound.example.com/')).rejects.toThrow(/169\.254\.169\.254/);
  await expect(target('http://[::1]:80/')).rejects.toThrow(/::1/);
  await expect(target('http://[::ffff:127.0.0.1]/')).rejects.toThrow(/not on the open internet/);
  await expect(target('http://gone.example.com/')).rejects.toThrow(/cannot be resolved/);
  for (const entry of ['orders.internal', 'orders.internal:80', '10.9.0.0/16', '10.0.0.0/8'])
    expect(await target('http://orders.internal/x', [entry]), entry).toHaveLength(1);
  expect(await target('http://[::1]:80/', ['::1'])).toHaveLength(1);
});

test('a listed port is that port alone', async () => {
  await expect(target('http://127.0.0.1:5432/', ['127.0.0.1:4010'])).rejects.toThrow(
    /not in PARLEY_TOOL_PRIVATE_HOSTS/,
  );
  expect(await target('http://127.0.0.1:4010/', ['127.0.0.1:4010'])).toHaveLength(1);
  expect(toolUrlProblem('http://localhost:8080/', readPrivatePlaces(['127.0.0.1']))).toMatch(/localhost:8080/);
  expect(toolUrlProblem('http://localhost:8080/', readPrivatePlaces(['localhost']))).toBeUndefined();
});

test.each(['10.0.0.0/33', 'x/8', 'http://a', 'a b', ''])('%j is no place', (entry) => {
  expect(() => readPrivatePlaces([entry])).toThrow(/is not a (host|network)/);
});
