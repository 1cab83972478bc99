import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { auditChanges } from './door/audit-changes.ts';
import { authenticate } from './door/authenticate.ts';
import { answerPages } from './door/browser-keys.ts';
import { checkContent } from './door/check-content.ts';
import { checkOrigin } from './door/check-origin.ts';
import type { ApiEnv, HttpDependencies } from './dependencies.ts';
import { keylessLimit } from './door/keyless-limit.ts';
import { logRequests } from './door/log-requests.ts';
import { openapiDocument } from './openapi.ts';
import { HttpError, problemOf, renderErrors } from './problem.ts';
import { rateLimit } from './door/rate-limit.ts';
import { refuseInvalid } from './door/refuse-invalid.ts';
import { requireMediaType } from './door/require-media-type.ts';
import { agentChatRoutes } from './routes/agents/agent-chats.ts';
import { agentFileRoutes } from './routes/agents/agent-file.ts';
import { agentVersionRoutes } from './routes/agents/agent-versions.ts';
import { agentRoutes } from './routes/agents/agents.ts';
import { callControlRoutes } from './routes/calls/call-control.ts';
import { callEventRoutes } from './routes/calls/call-events.ts';
import { callExportRoutes } from './routes/calls/call-export.ts';
import { callScenarioRoutes } from './routes/calls/call-scenario.ts';
import { callRoutes } from './routes/calls/calls.ts';
import { campaignRecipientRoutes } from './routes/campaigns/campaign-recipients.ts';
import { campaignRoutes } from './routes/campaigns/campaigns.ts';
import { dispatchRoutes } from './routes/calls/dispatch.ts';
import { doNotCallRoutes } from './routes/people/do-not-call.ts';
import { doctorRoutes } from './routes/operator/doctor.ts';
import { documentRoutes } from './routes/documents.ts';
import { keyRoutes } from './routes/operator/keys.ts';
import { leadRoutes } from './routes/people/leads.ts';
import { limitRoutes } from './routes/operator/limits.ts';
import { mcpRoutes } from './routes/mcp.ts';
import { operationRoutes } from './routes/operations.ts';
import { overviewRoutes } from './routes/operator/overview.ts';
import { pageRoutes } from './routes/page.ts';
import { personalDataRoutes } from './routes/people/personal-data.ts';
import { recordingRoutes } from './routes/calls/recordings.ts';
import { sessionRoutes } from './routes/operator/session.ts';
import { settingsRoutes } from './routes/operator/settings.ts';
import { superviseRoutes } from './routes/calls/supervise.ts';
import { tenantRoutes } from './routes/operator/tenants.ts';
import { toolRunRoutes } from './routes/calls/tool-runs.ts';
import { trunkRoutes } from './routes/operator/trunks.ts';
import { webCallRoutes } from './routes/calls/web-calls.ts';
import { webhookDeliveryRoutes } from './routes/webhooks/webhook-deliveries.ts';
import { webhookRoutes } from './routes/webhooks/webhooks.ts';
import { signInRoutes } from './routes/operator/sign-in.ts';
import { securityHeaders } from './door/security-headers.ts';

const maxBodyBytes = 1024 * 1024;
/** Of a list of people to call. */
const maxListBytes = 16 * maxBodyBytes;
const recipientImport = '/api/campaigns/:id/recipients/import';
const isRecipientImport = /^\/api\/campaigns\/[^/]+\/recipients\/import$/;

/** The whole HTTP surface. Middleware runs in the order of this file. */
export function createApp(deps: HttpDependencies): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: refuseInvalid });
  app.onError(renderErrors(deps));
  app.notFound((c) =>
    problemOf(new HttpError('route_not_found', 'There is nothing at this address. GET /docs lists what there is.'), c),
  );

  app.use(requestId());
  app.use(logRequests(deps));
  app.use(securityHeaders(deps));
  app.use('/api/web-calls', answerPages);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  app.use('/mcp', checkOrigin(deps.publicUrl));
  const keyless = keylessLimit();
  const limited = rateLimit(deps.rateLimit);
  const bounded = boundBody();
  // The key first: nobody without one makes us read a body.
  app.use('/api/*', authenticate(deps.keys, { keyless, sessions: deps.sessions }), limited, bounded);
  // Assistants and signing in bring the key itself.
  app.use('/mcp', authenticate(deps.keys, { keyless }), limited, bounded);
  app.post('/session', authenticate(deps.keys, { keyless }), limited, bounded, auditChanges(deps.audit));
  app.use('/tool-runs/*', bounded);
  for (const path of ['/api/*', '/tool-runs/*']) app.use(path, checkContent());
  app.use('/api/*', auditChanges(deps.audit));
  for (const path of ['/api/leads/import', '/api/do-not-call/import', recipientImport])
    app.use(path, requireMediaType('text/csv'));

  app.route('/', dispatchRoutes(deps));
  app.route('/', webCallRoutes(deps));
  // Before the calls themselves, whose ids are in the same place.
  app.route('/', callExportRoutes(deps));
  app.route('/', callRoutes(deps));
  app.route('/', callEventRoutes(deps));
  app.route('/', callScenarioRoutes(deps));
  app.route('/', recordingRoutes(deps));
  app.route('/', callControlRoutes(deps));
  app.route('/', superviseRoutes(deps));
  app.route('/', agentRoutes(deps));
  app.route('/', agentFileRoutes(deps));
  app.route('/', agentVersionRoutes(deps));
  app.route('/', agentChatRoutes(deps));
  // Before the campaigns themselves, whose commands are in the same place.
  app.route('/', campaignRecipientRoutes(deps));
  app.route('/', campaignRoutes(deps));
  app.route('/', keyRoutes(deps));
  app.route('/', leadRoutes(deps));
  app.route('/', doNotCallRoutes(deps));
  app.route('/', personalDataRoutes(deps));
  app.route('/', limitRoutes(deps));
  app.route('/', tenantRoutes(deps));
  app.route('/', trunkRoutes(deps));
  // Before the webhooks themselves, whose ids are in the same place.
  app.route('/', webhookDeliveryRoutes(deps));
  app.route('/', webhookRoutes(deps));
  app.route('/', toolRunRoutes(deps));
  app.route('/', mcpRoutes(deps));
  app.route('/', settingsRoutes(deps));
  app.route('/', doctorRoutes(deps));
  app.route('/', overviewRoutes(deps));
  app.route('/', sessionRoutes(deps));
  if (deps.signIn) app.route('/', signInRoutes(deps, { ...deps.signIn, keyless }));
  app.route('/', operationRoutes(deps));

  app.route('/', documentRoutes(openapiDocument(app, deps.version)));
  app.route('/', pageRoutes(deps));
  return app;
}

function refuseMethod(c: Context<ApiEnv>, methods: string[]): Response {
  const allowed = methods.join(', ');
  const headers = { Allow: allowed };
  // Of the 404 that this replaces, which was compressed; this body is not.
  c.res.headers.delete('Content-Encoding');
  return problemOf(new HttpError('method_not_allowed', `This address takes ${allowed}.`, { headers }), c);
}

function boundBody(): MiddlewareHandler<ApiEnv> {
  const [usual, list] = [maxBodyBytes, maxListBytes].map((maxSize) =>
    bodyLimit({
      maxSize,
      onError: () => {
        // What was not read of the body is lost with the connection; a client must not send its next request on it.
        throw new HttpError('body_too_large', `The body is larger than ${maxSize} bytes. Send it in parts.`, {
          headers: { Connection: 'close' },
        });
      },
    }),
  );
  return (c, next) => (isRecipientImport.test(c.req.path) ? list! : usual!)(c, next);
}
