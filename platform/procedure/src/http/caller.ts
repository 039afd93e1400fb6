/** Who calls, as the desk knows actors. What somebody may do is the desk's to decide: routes let in whoever is signed in. */
import { anyOf, anyOperator, type OperatorActor, type PersonActor, type SiteActor } from '@ishizue/http';
import type { ActingBy } from '../desk/acting.ts';

export const SIGNED_IN = anyOf('person', 'site', anyOperator);
export const AT_A_SCREEN = anyOf('person', anyOperator);

interface Calling {
  readonly actor: PersonActor | OperatorActor | SiteActor;
  readonly correlation: string;
}

export function actingBy({ actor, correlation }: Calling): ActingBy {
  switch (actor.kind) {
    case 'person':
      return { actor: { kind: 'person', id: actor.holder }, terminal: '', correlation };
    case 'operator':
      return {
        actor: { kind: 'operator', id: actor.operator, roles: actor.roles },
        terminal: '',
        correlation,
      };
    case 'site':
      return { actor: { kind: 'site', id: actor.site }, terminal: '', correlation };
  }
}
