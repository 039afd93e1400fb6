/** An application's next step, decided by the lifecycle. */
import { ok, type Result } from '@ishizue/outcome';
import { type ApplicationEvent, nextApplicationState } from './application-lifecycle.ts';
import type { Application, ApplicationChange } from './application-store.ts';

export function decideApplicationChange(
  application: Pick<Application, 'applicationId' | 'state' | 'sequence'>,
  event: ApplicationEvent,
  reason: string | null = null,
): Result<ApplicationChange, 'application-state-refused'> {
  const next = nextApplicationState(application.state, event);
  if (!next.ok) return next;
  const { applicationId, sequence } = application;
  return ok({ applicationId, state: next.value, sequence: sequence + 1, reason });
}
