import { expect, test } from 'vitest';
import { ToolArgumentError, toolRequest } from '../../../src/calls/tools/tool-request.ts';
import { aTool } from './a-tool.ts';

const request = (tool: Record<string, unknown>, given: Record<string, unknown>) =>
  toolRequest(aTool({ arguments: { day: 'Day.', people: { type: 'integer', optional: true } }, ...tool }), {
    arguments: given,
    variables: { clinic: 'harbour & co', caller: '+1415\r\nX-Evil: 1' },
    secrets: { KEY: 's3cret/+' },
  });

test('arguments go into the query of GET and into the JSON of POST', () => {
  const get = request({ method: 'GET' }, { day: 'a b&c', people: 2 });
  expect([get.url.search, get.body]).toEqual(['?day=a+b%26c&people=2', undefined]);
  const post = request({}, { day: 'a', people: 2 });
  expect([post.url.search, JSON.parse(post.body!)]).toEqual(['', { day: 'a', people: 2 }]);
});

test('what stands in the URL is encoded there, and sent nowhere else', () => {
  const { url, body } = request(
    { url: 'https://a.example.com/{{clinic}}/{{day}}?key={{secret.KEY}}' },
    { day: '../../admin?x=/' },
  );
  expect(url.href).toBe('https://a.example.com/harbour%20%26%20co/..%2F..%2Fadmin%3Fx%3D%2F?key=s3cret%2F%2B');
  expect(body).toBe('{}');
  expect(() => request({ url: 'https://a.example.com/orders/{{day}}/x' }, { day: '..' })).toThrow(ToolArgumentError);
});

test('a body of its own is filled; what stands alone keeps its kind, and what was left out is left out', () => {
  const tool = { body: { d: 'on {{day}}', n: '{{people}}', at: ['{{clinic}}', 3], key: '{{secret.KEY}}' } };
  const whole = { d: 'on 5', n: 2, at: ['harbour & co', 3], key: 's3cret/+' };
  expect(JSON.parse(request(tool, { day: '5', people: 2 }).body!)).toEqual(whole);
  const { n: _n, ...without } = whole;
  expect(JSON.parse(request(tool, { day: '5' }).body!)).toEqual(without);
  // Braces in what the model says are no names.
  expect(JSON.parse(request(tool, { day: '{{secret.KEY}}' }).body!)).toMatchObject({ d: 'on {{secret.KEY}}' });
});

test('no line break of a variable begins a header', () => {
  expect(
    request({ headers: { 'X-Caller': '{{caller}}', Authorization: 'Bearer {{secret.KEY}}' } }, { day: 'a' }).headers,
  ).toMatchObject({
    'X-Caller': '+1415 X-Evil: 1',
    Authorization: 'Bearer s3cret/+',
  });
});
