/** A refusal of the API, or no answer at all (`status` 0). `message` is fit to be shown. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * The HTTP API, as the page uses it. Every function rejects with `ApiError`.
 *
 * @param {import('./key.js').Keyring} keyring Asked for another key whenever the server refuses the one in use.
 */
export function createApi(keyring) {
  /**
   * @param {string} path
   * @param {{ method?: string, body?: unknown, signal?: AbortSignal, read?: (response: Response) => Promise<any> }} [options]
   * @returns {Promise<any>}
   */
  async function request(path, { method = 'GET', body, signal, read = answerOf } = {}) {
    let key = keyring.current() ?? (await keyring.ask());
    while (key !== null) {
      const response = await send(path, { method, body, signal, key });
      if (response.status !== 401) return read(response);
      // Another request may have brought a new key in the meantime.
      const current = keyring.current();
      key = current !== key ? current : await keyring.ask('The server does not accept this key.');
    }
    throw new ApiError(401, 'no_key', 'An API key is needed. Choose “API key” above and paste one.');
  }

  return {
    /** @returns {Promise<import('./setup.js').Choices>} */
    choices: () => request('/api/agents'),
    /** @param {{ agent: string, pipeline?: string, variables: Record<string, string> }} body */
    startWebCall: (body) => request('/api/web-calls', { method: 'POST', body }),
    /** @param {{ limit: number, cursor?: string | null, filters?: Record<string, string>, signal?: AbortSignal }} query */
    calls({ limit, cursor, filters = {}, signal }) {
      const query = new URLSearchParams({ ...filters, limit: String(limit) });
      if (cursor) query.set('cursor', cursor);
      return request(`/api/calls?${query}`, signal ? { signal } : {});
    },
    /**
     * @param {string} id
     * @param {AbortSignal} [signal]
     */
    call: (id, signal) => request(`/api/calls/${encodeURIComponent(id)}`, signal ? { signal } : {}),
    /**
     * @param {string} id
     * @param {'hang-up' | 'say' | 'whisper' | 'dtmf' | 'transfer' | 'supervise' | 'hand-back'} verb
     * @param {Record<string, unknown>} [body]
     */
    control: (id, verb, body) =>
      request(`/api/calls/${encodeURIComponent(id)}/${verb}`, { method: 'POST', ...(body && { body }) }),
    /**
     * @param {string} path Of a recording, as its call tells it.
     * @returns {Promise<Blob>}
     */
    sound: (path) =>
      // The page may fetch from its own origin only, so the server fetches what is in a bucket.
      request(`${path}&redirect=false`, { read: (response) => (response.ok ? response.blob() : answerOf(response)) }),
    /**
     * @param {string} id
     * @param {AbortSignal} [signal]
     */
    events: (id, signal) => request(`/api/calls/${encodeURIComponent(id)}/events`, signal ? { signal } : {}),
  };
}

/** @typedef {ReturnType<typeof createApi>} Api */

/**
 * @param {string} path
 * @param {{ method: string, body: unknown, signal: AbortSignal | undefined, key: string }} options
 */
async function send(path, { method, body, signal, key }) {
  /** @type {Record<string, string>} */
  const headers = { 'X-API-Key': key, Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(path, {
      method,
      headers,
      signal: signal ?? null,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
  throw new ApiError(response.status, body?.code ?? 'unknown', message);
}
