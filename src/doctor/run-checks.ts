import type { Check, DoctorContext } from './check.ts';
import { failed, type Finding, skipped } from './finding.ts';

const defaultLimitSeconds = 10;

/** All that one check found. */
export type CheckResult = { check: string; findings: Finding[]; durationMs: number };

/**
 * Runs checks side by side, each within its time. One that needs another begins after it. Never throws: a check that breaks
 * is a failure of its own, and the others go on.
 * @param only Names in `checks`; those they need are run too. All when absent.
 * @returns in the order of the table
 */
export async function runChecks(
  checks: Readonly<Record<string, Check>>,
  context: DoctorContext,
  options: { only?: readonly string[]; signal: AbortSignal },
): Promise<CheckResult[]> {
  const wanted = new Set(options.only ? withNeeds(options.only, checks) : Object.keys(checks));
  // What cannot be loaded is told by the check that needs it.
  await Promise.allSettled([...wanted].map(async (name) => checks[name]?.prepare?.()));
  const running = new Map<string, Promise<CheckResult>>();
  const wrong = new Set(context.reading.problems.map(({ name }) => name));

  const start = (name: string): Promise<CheckResult> => {
    const known = running.get(name);
    if (known) return known;
    const started = perform(name, checks[name]!);
    running.set(name, started);
    return started;
  };
  const perform = async (name: string, check: Check): Promise<CheckResult> => {
    const needed = await Promise.all((check.needs ?? []).map(start));
    const startedAtMs = performance.now();
    const findings = await (hindrance(check, needed, wrong) ?? bounded(check, context, options.signal));
    return { check: name, findings, durationMs: Math.round(performance.now() - startedAtMs) };
  };
  return Promise.all(
    Object.keys(checks)
      .filter((name) => wanted.has(name))
      .map(start),
  );
}

/** Names with all they need, directly and through others. */
function withNeeds(names: readonly string[], checks: Readonly<Record<string, Check>>): string[] {
  return names.flatMap((name) => [name, ...withNeeds(checks[name]?.needs ?? [], checks)]);
}

function hindrance(check: Check, needed: readonly CheckResult[], wrong: ReadonlySet<string>): Finding[] | undefined {
  const setting = check.reads?.find((name) => wrong.has(name));
  if (setting) return [skipped(`${setting} is wrong, see settings.`)];
  for (const { check: name, findings } of needed) {
    if (findings.some(({ status }) => status === 'failed')) return [skipped(`It needs ${name}, which failed.`)];
    const skip = findings.find(({ status }) => status === 'skipped');
    if (skip) return [skip];
  }
  return undefined;
}

async function bounded(check: Check, context: DoctorContext, signal: AbortSignal): Promise<Finding[]> {
  const limitSeconds = check.limitSeconds ?? defaultLimitSeconds;
  const over = AbortSignal.any([signal, AbortSignal.timeout(limitSeconds * 1000)]);
  const late = Promise.withResolvers<Finding>();
  const giveUp = () =>
    late.resolve(
      failed(
        signal.aborted ? 'It was stopped.' : `It was not finished after ${limitSeconds} s.`,
        'Something does not answer. Run it again; if it stays so, see the network and the load of this machine.',
      ),
    );
  over.addEventListener('abort', giveUp, { once: true });
  try {
    return [await Promise.race([check.run(context, over), late.promise])].flat();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [failed(`The check itself broke: ${said}`, 'The other checks count all the same. Please report it.')];
  } finally {
    over.removeEventListener('abort', giveUp);
  }
}
