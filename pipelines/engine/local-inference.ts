import type * as LocalInference from '@livekit/local-inference';
import { createRequire } from 'node:module';

/**
 * The native models of the LiveKit Agents SDK: voice activity and end of turn. Their licence ties them to that SDK. The
 * package is CommonJS whose exports an ES module does not see.
 * @throws Error on a machine for which it has no build
 */
export function loadLocalInference(): typeof LocalInference {
  return createRequire(import.meta.url)('@livekit/local-inference') as typeof LocalInference;
}
