/** What all routes of the key server's operators share: the purpose that each act takes, and who acts. */
import { z } from 'zod';
import type { KeyOperator } from './act.ts';

export const purpose = z.string().min(1).max(500).meta({ description: 'Why; no personal data' });

/** Milliseconds since the epoch as a date and time in UTC. */
export const instant = (ms: number): string => new Date(ms).toISOString();

interface Caller {
  readonly actor: { readonly operator: string };
  readonly correlation: string;
}

/** The operator who calls, in the role that the route asks for. */
export const callerOf = ({ actor, correlation }: Caller, role: string, why: string): KeyOperator => ({
  operator: actor.operator,
  role,
  purpose: why,
  terminal: '',
  correlation,
});
