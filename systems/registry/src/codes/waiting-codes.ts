/**
 * For which failures the registry's parked notices need nobody: what ends them comes by another link, and then they are
 * applied when they are tried again. Flow: docs/flows/code-change.md.
 */
import type { CodeChangedFailure } from './decide-code-changed.ts';

/** Codes of tickets that the server retries by itself. */
export const WAITING_TICKET_CODES: readonly CodeChangedFailure[] = ['entry-held-back'];
