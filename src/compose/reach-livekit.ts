import { environment, forgetVariables } from '../config.ts';
import { proxiesInTheWay } from '../livekit/proxies-in-the-way.ts';

/** Has LiveKit's native library reach this server as everything else does: past the proxies, where `NO_PROXY` or loopback say so. */
export function reachLivekit(url: string): void {
  forgetVariables(proxiesInTheWay(url, environment()));
}
