/**
 * Who may call a route. Every route states it, and `mayCall` is the one decision, made before the body is read.
 * Invariants: what is not named is refused; a person or an operator never acts at a site other than their own.
 */
import type { Actor, OperatorActor, PersonActor, SiteActor } from './actor.ts';

/** Operators of the route's site: any of them, or those that hold at least one of the roles. */
export interface OperatorAccess {
  readonly operator: 'any' | readonly [string, ...string[]];
}

/** One kind of caller. */
export type CallerAccess = 'person' | 'site' | OperatorAccess;

/** What a route declares: everyone, one kind of caller, or any of several kinds. */
export type Access = 'public' | CallerAccess | { readonly anyOf: readonly [CallerAccess, ...CallerAccess[]] };

/** Operators with at least one of the roles. */
export const operatorWith = (...roles: [string, ...string[]]): OperatorAccess => ({ operator: roles });

/** Every operator of the site, whatever their roles: for what concerns themselves (signing out). */
export const anyOperator: OperatorAccess = { operator: 'any' };

/** Any of several kinds of caller. */
export const anyOf = <const Kinds extends readonly [CallerAccess, ...CallerAccess[]]>(
  ...kinds: Kinds
): { readonly anyOf: Kinds } => ({ anyOf: kinds });

/** The actors that a declaration lets through: a handler sees no other kind. */
export type ActorFor<A> = A extends 'person'
  ? PersonActor
  : A extends 'site'
    ? SiteActor
    : A extends OperatorAccess
      ? OperatorActor
      : A extends { readonly anyOf: readonly (infer Kind)[] }
        ? ActorFor<Kind>
        : Actor;

/** Whether the actor may call a route of `site` that declares `access`. A calling site may be any other site. */
export function mayCall(access: Access, actor: Actor, site: string): boolean {
  if (access === 'public') return true;
  if (access === 'person') return actor.kind === 'person' && actor.site === site;
  if (access === 'site') return actor.kind === 'site';
  if ('anyOf' in access) return access.anyOf.some((kind) => mayCall(kind, actor, site));
  if (actor.kind !== 'operator' || actor.site !== site) return false;
  return access.operator === 'any' || access.operator.some((role) => actor.roles.includes(role));
}
