import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/**
 * Headers for API and page alike: the page loads only its own files, and may speak to its own origin and to LiveKit.
 * Inline scripts and styles are refused.
 */
export function securityHeaders(options: { livekitPublicUrl?: string | undefined }): MiddlewareHandler {
  const livekit = options.livekitPublicUrl ? new URL(options.livekitPublicUrl) : undefined;
  // The client opens a WebSocket and, to explain a failure, asks the same host over HTTP.
  const others = livekit ? [`wss://${livekit.host}`, `https://${livekit.host}`, `ws://${livekit.host}`] : [];
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      connectSrc: ["'self'", ...others],
      mediaSrc: ["'self'", 'blob:', 'mediastream:'],
      workerSrc: ["'self'", 'blob:'],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { microphone: ['self'], camera: [], geolocation: [] },
    strictTransportSecurity: 'max-age=15552000',
    xFrameOptions: 'DENY',
  });
}
