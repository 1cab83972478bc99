import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A bucket of an S3 service: signatures of version 4 in the header and in the query are checked, as are the times of both, ranges
 * are served, and it can be away.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function startS3Double(
  account = { accessKeyId: 'AKIATEST', secretAccessKey: 'top-secret', region: 'eu-test-1' },
) {
  const objects = new Map<string, Buffer>();
  const requests: string[] = [];
  let away = false;
  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray());
      requests.push(`${request.method} ${request.url}`);
      const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
      if (away) return refuse(response, 503, 'ServiceUnavailable');
      if (!isSigned(request, url, account)) return refuse(response, 403, 'SignatureDoesNotMatch');
      answer({ request, response, key: decodeURIComponent(url.pathname), body, objects });
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    bucket: { url: `http://127.0.0.1:${port}/calls/eu`, ...account },
    objects,
    requests,
    goAway: () => (away = true),
    comeBack: () => (away = false),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

function answer({
  request,
  response,
  key,
  body,
  objects,
}: {
  request: IncomingMessage;
  response: ServerResponse;
  key: string;
  body: Buffer;
  objects: Map<string, Buffer>;
}): void {
  if (request.method === 'PUT') {
    objects.set(key, body);
    response.writeHead(200, { ETag: '"0"' }).end();
    return;
  }
  if (request.method === 'DELETE') {
    objects.delete(key);
    response.writeHead(204).end();
    return;
  }
  const object = objects.get(key);
  if (!object) return refuse(response, 404, 'NoSuchKey');
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined) {
    response.writeHead(200, { 'Content-Length': object.length, 'Content-Type': 'audio/ogg' });
    response.end(request.method === 'HEAD' ? undefined : object);
    return;
  }
  const part = object.subarray(Number(first), last ? Number(last) + 1 : undefined);
  response.writeHead(206, { 'Content-Length': part.length, 'Content-Range': `bytes ${first}-/${object.length}` });
  response.end(part);
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

type Account = { accessKeyId: string; secretAccessKey: string; region: string };

function isSigned(request: IncomingMessage, url: URL, account: Account): boolean {
  const fromQuery = url.searchParams.get('X-Amz-Signature');
  const parts = fromQuery ? ofQuery(url, fromQuery) : ofHeader(request);
  if (!parts) return false;
  const { credential, signedHeaders, signature, date, expiresSeconds } = parts;
  const [keyId, day, region, service] = credential.split('/');
  const age = (Date.now() - Date.parse(date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))) / 1000;
  if (keyId !== account.accessKeyId || region !== account.region || !(Math.abs(age) < expiresSeconds)) return false;
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .toSorted()
    .join('&');
  const headers = signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const payload = fromQuery ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256']);
  const canonical = [request.method, url.pathname, query, headers.join(''), signedHeaders, payload].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signing = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (key, part) => createHmac('sha256', key).update(part!).digest(),
    `AWS4${account.secretAccessKey}`,
  );
  const expected = createHmac('sha256', signing).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash}`).digest('hex');
  return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
}

function ofHeader(request: IncomingMessage) {
  const [, credential, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      request.headers.authorization ?? '',
    ) ?? [];
  if (!credential || !signedHeaders || !signature) return undefined;
  return { credential, signedHeaders, signature, date: String(request.headers['x-amz-date']), expiresSeconds: 900 };
}

function ofQuery({ searchParams }: URL, signature: string) {
  const of = (name: string) => searchParams.get(`X-Amz-${name}`) ?? '';
  return {
    credential: of('Credential'),
    signedHeaders: of('SignedHeaders'),
    signature,
    date: of('Date'),
    expiresSeconds: Number(of('Expires')),
  };
}

function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
