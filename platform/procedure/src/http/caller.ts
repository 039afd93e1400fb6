/** Who calls, as the desk knows actors. What somebody may do is the desk's to decide: routes let in whoever is signed in. */
import { anyOf, anyOperator, type OperatorActor, type PersonActor, type SiteActor } from '@ishizue/http';
import { TERMINAL } from '@ishizue/pages';
import type { ActingBy } from '../desk/acting.ts';

export const SIGNED_IN = anyOf('person', 'site', anyOperator);
export const AT_A_SCREEN = anyOf('person', anyOperator);

interface Calling {
  readonly actor: PersonActor | OperatorActor | SiteActor;
  readonly correlation: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export function actingBy({ actor, correlation, headers }: Calling): ActingBy {
  switch (actor.kind) {
    case 'person':
      return { actor: { kind: 'person', id: actor.holder }, terminal: '', correlation };
    case 'operator':
      return {
        actor: { kind: 'operator', id: actor.operator, roles: actor.roles },
        terminal: TERMINAL.read(headers['cookie']?.toString()) ?? '',
        correlation,
      };
    case 'site':
      return { actor: { kind: 'site', id: actor.site }, terminal: '', correlation };
  }
}
