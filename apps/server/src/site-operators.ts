/**
 * Operators of the country's sites, for whoever runs the installation. Invariant: a site or a role that does not exist
 * is refused before anything is written, for an operator with it could sign in and do nothing.
 */
import { type Operator, type OperatorCode, randomSecret } from '@ishizue/access';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Country } from './country.ts';
import { rolesAt } from './site-roles.ts';

export type SiteOperatorCode = OperatorCode | 'site-unknown' | 'role-unknown';

/** A new operator with the secret that is told once and kept nowhere. */
export interface AddedOperator extends Operator {
  readonly secret: string;
}

type Operating = Pick<Country, 'sites' | 'operators'>;

export async function addSiteOperator(
  country: Operating,
  order: { readonly site: string; readonly displayName: string; readonly roles: readonly string[] },
): Promise<Result<AddedOperator, SiteOperatorCode>> {
  const { site } = order;
  if (!isSite(country, site)) return siteUnknown(site);
  const roles = [...new Set(order.roles)];
  const known = rolesAt(site);
  const unknown = roles.find((role) => !known.includes(role));
  if (unknown !== undefined || roles.length === 0)
    return fail('role-unknown', `${unknown ?? 'no role'}: ${site} has ${known.join(', ')}`);
  const secret = randomSecret();
  const added = await country.operators.add({ ...order, roles, secret });
  return added.ok ? ok({ ...added.value, secret }) : added;
}

/** The operators of a site who may sign in. */
export async function siteOperators(
  country: Operating,
  site: string,
): Promise<Result<readonly Operator[], SiteOperatorCode>> {
  return isSite(country, site) ? ok(await country.operators.list(site)) : siteUnknown(site);
}

/** Shuts an operator out for good; sessions end with it. */
export async function closeSiteOperator(
  country: Operating,
  site: string,
  id: string,
): Promise<Result<void, SiteOperatorCode>> {
  return isSite(country, site) ? country.operators.disable(site, id) : siteUnknown(site);
}

const isSite = ({ sites }: Operating, site: string): boolean => sites.some((known) => known.site === site);

const siteUnknown = (site: string) => fail('site-unknown', `this country has no site ${site}`);
