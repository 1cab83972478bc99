import { networkFailure, type Where } from '../failure.ts';

/** `fetch`, whose failures name the setting. @throws ProviderError, or the reason of the signal */
export async function request(
  address: URL | string,
  where: Where,
  init: RequestInit & { signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    init.signal.throwIfAborted();
    throw networkFailure(error, where);
  }
}
