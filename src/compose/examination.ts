import type { Config } from '../config.ts';
import type { Examination } from '../http/dependencies.ts';

/** `parley doctor` from within the server, without secrets in what it says. Its checks are loaded when somebody asks. */
export function examination(config: Config): () => Promise<Examination> {
  let running: Promise<Examination> | undefined;
  return () => {
    running ??= examine(config).finally(() => {
      running = undefined;
    });
    return running;
  };
}

async function examine(config: Config): Promise<Examination> {
  const [{ composeDoctor }, { hideSecrets }, { checks }, { runChecks }] = await Promise.all([
    import('./compose-doctor.ts'),
    import('../doctor/hide-secrets.ts'),
    import('../doctor/registry.ts'),
    import('../doctor/run-checks.ts'),
  ]);
  const { context, close } = composeDoctor({ config, problems: [], overruled: [], unknown: [] });
  try {
    const results = await runChecks(checks, context, { signal: new AbortController().signal });
    const hide = hideSecrets(config.given, [context.databaseUrl, context.livekit?.apiSecret, context.apiKey]);
    return results.map(({ findings, ...result }) => ({
      ...result,
      findings: findings.map(({ status, message, cure }) => ({
        status,
        message: hide(message),
        ...(cure !== undefined && { cure: hide(cure) }),
      })),
    }));
  } finally {
    await close();
  }
}
