/** A refusal of the API, or no answer at all (`status` 0). `message` is fit to be shown. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {any} [body]
   */
  constructor(status, code, message, body) {
    super(message);
    this.status = status;
    this.code = code;
    /** What else the refusal says, such as `field` and `rule`. */
    this.body = body ?? {};
  }
}

/**
 * @typedef {object} Request
 * @property {unknown} [body] Sent as JSON.
 * @property {string} [csv] Sent as CSV instead.
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/**
 * The HTTP API, as the page uses it. Every function rejects with `ApiError`.
 *
 * @param {import('./session.js').Session} session Asked to sign in whenever the server knows nobody.
 */
export function createApi(session) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {Request & { read?: (response: Response) => Promise<any> }} [options]
   * @returns {Promise<any>}
   */
  async function request(method, path, { read = answerOf, ...options } = {}) {
    await session.ready;
    let isGood = session.current() !== null || (await session.ask());
    while (isGood) {
      const asked = session.generation();
      const response = await send(method, path, options);
      if (response.status !== 401) return read(response);
      // Another request may have signed in again in the meantime.
      if (session.generation() !== asked) continue;
      session.lost();
      isGood = await session.ask('The session is over. Sign in again.');
    }
    throw new ApiError(401, 'no_key', 'An API key is needed. Choose “Sign in” above and paste one.');
  }

  /**
   * @param {string} path
   * @param {AbortSignal} [signal]
   */
  const get = (path, signal) => request('GET', path, signal ? { signal } : {});

  return {
    get,
    request,
    /** @returns {Promise<import('../talk/setup.js').Choices>} */
    choices: () => get('/api/agents'),
    /** @param {{ agent: string, pipeline?: string, variables: Record<string, string> }} body */
    startWebCall: (body) => request('POST', '/api/web-calls', { body }),
    /** @param {{ limit: number, cursor?: string | null, filters?: Record<string, string>, signal?: AbortSignal }} query */
    calls({ limit, cursor, filters = {}, signal }) {
      const query = new URLSearchParams({ ...filters, limit: String(limit) });
      if (cursor) query.set('cursor', cursor);
      return get(`/api/calls?${query}`, signal);
    },
    /**
     * @param {string} id
     * @param {AbortSignal} [signal]
     */
    call: (id, signal) => get(`/api/calls/${encodeURIComponent(id)}`, signal),
    /**
     * @param {string} id
     * @param {'hang-up' | 'say' | 'whisper' | 'dtmf' | 'transfer' | 'supervise' | 'hand-back' | 'analyze'} verb
     * @param {Record<string, unknown>} [body]
     */
    control: (id, verb, body) =>
      request('POST', `/api/calls/${encodeURIComponent(id)}/${verb}`, { ...(body && { body }) }),
    /**
     * @param {string} path Of a recording, as its call tells it.
     * @returns {Promise<Blob>}
     */
    sound: (path) =>
      // The page may fetch from its own origin only, so the server fetches what is in a bucket.
      request('GET', `${path}&redirect=false`, {
        read: (response) => (response.ok ? response.blob() : answerOf(response)),
      }),
    /**
     * @param {string} id
     * @param {AbortSignal} [signal]
     */
    events: (id, signal) => get(`/api/calls/${encodeURIComponent(id)}/events`, signal),
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */

/**
 * @param {string} method
 * @param {string} path
 * @param {Request} options
 */
async function send(method, path, { body, csv, headers, signal }) {
  const type = csv !== undefined ? 'text/csv; charset=utf-8' : body !== undefined ? 'application/json' : null;
  try {
    return await fetch(path, {
      method,
      // What only a page of this origin can send: it goes with the cookie of the session.
      headers: {
        'X-Parley-Console': '1',
        Accept: 'application/json',
        ...(type !== null && { 'Content-Type': type }),
        ...headers,
      },
      signal: signal ?? null,
      ...(type === null ? {} : { body: csv ?? JSON.stringify(body) }),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, 'no_answer', 'The server does not answer. Check that Parley is running.');
  }
}

/** @param {Response} response */
async function answerOf(response) {
  const body = await response.json().catch(() => null);
  if (response.ok) return body;
  const message = body?.detail ?? body?.title ?? `The server answered ${response.status}.`;
  throw new ApiError(response.status, body?.code ?? 'unknown', message, body);
}
