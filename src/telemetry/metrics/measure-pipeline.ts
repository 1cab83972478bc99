import type { BuildContext } from '../../../pipelines/index.ts';
import type { Measurements } from './metric-table.ts';

type Callbacks = Required<Pick<BuildContext, 'onFailure'>>;

/** The callbacks of a pipeline, with the requests they report counted on the way. */
export function measuredPipeline<C extends Callbacks>(
  callbacks: C,
  measurements: Measurements,
): C & Required<Pick<BuildContext, 'onSuccess' | 'onHedged'>> {
  return {
    ...callbacks,
    onSuccess: ({ provider, role: kind }) => {
      measurements.count('parley_provider_requests_total', { provider, kind, status: 'ok' });
      // So that the first failure is seen as a rise.
      measurements.count('parley_provider_requests_total', { provider, kind, status: 'error' }, 0);
    },
    onFailure: (failure) => {
      const { provider, role: kind, error } = failure;
      measurements.count('parley_provider_requests_total', { provider, kind, status: 'error' });
      measurements.count('parley_provider_errors_total', { provider, kind, reason: error.code });
      callbacks.onFailure(failure);
    },
    onHedged: ({ provider, role: kind, result }) =>
      measurements.count('parley_hedged_requests_total', { provider, kind, result }),
  };
}
