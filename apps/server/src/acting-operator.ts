/**
 * Operators at the command line: they sign in there too, so that two persons of one act are two sign-ins and not two
 * names. The session ends with the verb.
 */
import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';

export type ActingCode = 'sign-in-refused' | 'sign-in-busy' | 'role-missing';

/** An operator who has signed in for a role. */
export interface ActingOperator {
  readonly operator: string;
  readonly role: string;
  readonly purpose: string;
  readonly terminal: string;
  readonly correlation: string;
}

/** The operator with this id and secret, acting in the role. */
export async function actingOperator(
  { operators, sessions }: Pick<Country, 'operators' | 'sessions'>,
  order: {
    /** The operator's; the national one where absent. */
    readonly site?: string;
    readonly operator: string;
    readonly secret: string;
    readonly role: string;
    readonly purpose: string;
  },
): Promise<Result<ActingOperator, ActingCode>> {
  const { site = NATIONAL_SITE, operator, role, purpose } = order;
  const opened = await operators.signIn(site, operator, order.secret);
  if (!opened.ok)
    return fail(
      opened.failure.code === 'sign-in-busy' ? 'sign-in-busy' : 'sign-in-refused',
      opened.failure.detail,
    );
  const actor = await sessions.find(opened.value.token);
  await sessions.revoke(opened.value.id);
  if (actor?.kind !== 'operator' || !actor.roles.includes(role))
    return fail('role-missing', `the act needs an operator with the role ${role}`);
  return ok({ operator, role, purpose, terminal: 'command-line', correlation: randomUUID() });
}
