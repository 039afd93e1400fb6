/**
 * Who may load what: an owner by its legal basis (a municipality by its ordinance, a private body after the ministers’ check), and
 * its applications. The same registration again changes nothing; another one under the same name is refused. No
 * personal data: the ledger has no entry of these.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { CardApplicationsContext } from '../card-applications-context.ts';

export interface Owner {
  /** `kiyose-library` */
  readonly owner: string;
  readonly name: string;
  /** Of a municipality, six digits; null of a private body. */
  readonly municipality: string | null;
  /** The ordinance, or the ministers’ check, by name and number. */
  readonly basisReference: string;
}

export interface RegisteredApplication {
  /** Hexadecimal, capitals, 5 to 16 octets. */
  readonly aid: string;
  readonly owner: string;
  readonly version: number;
  readonly areaBytes: number;
  readonly keyVersion: number;
}

export type RegisterFailure =
  | 'owner-malformed'
  | 'owner-unknown'
  | 'owner-known-otherwise'
  | 'application-malformed'
  | 'application-known-otherwise';

type Context = Pick<CardApplicationsContext, 'sql' | 'clock'>;

export async function registerOwner(context: Context, wish: Owner): Promise<Result<Owner, RegisterFailure>> {
  if (!isOwner(wish)) return fail('owner-malformed', 'name, code or legal basis is not of its form');
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`
      INSERT INTO card_applications.owner (owner, name, municipality_code, basis, basis_reference, registered_at)
      VALUES (${wish.owner}, ${wish.name}, ${wish.municipality},
        ${wish.municipality === null ? 'ministers-check' : 'ordinance'}, ${wish.basisReference},
        ${new Date(context.clock.now())})
      ON CONFLICT DO NOTHING`;
    const [kept] = await tx<Owner[]>`
      SELECT owner, name, municipality_code AS municipality, basis_reference AS "basisReference"
      FROM card_applications.owner WHERE owner = ${wish.owner}`;
    return kept && isSame(kept, wish)
      ? ok(wish)
      : fail('owner-known-otherwise', 'an owner of that name was registered with other data');
  });
}

export async function registerApplication(
  context: Context,
  wish: RegisteredApplication,
): Promise<Result<RegisteredApplication, RegisterFailure>> {
  if (!isApplication(wish)) return fail('application-malformed', 'AID, size or version is not of its form');
  const at = new Date(context.clock.now());
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [owner] = await tx`SELECT 1 FROM card_applications.owner WHERE owner = ${wish.owner}`;
    if (!owner) return fail('owner-unknown', 'no such owner is registered');
    await tx`
      INSERT INTO card_applications.application
        (aid, owner, version, area_bytes, key_version, state, registered_at, changed_at)
      VALUES (${wish.aid}, ${wish.owner}, ${wish.version}, ${wish.areaBytes}, ${wish.keyVersion}, 'registered',
        ${at}, ${at})
      ON CONFLICT DO NOTHING`;
    const kept = await findApplication(tx, wish.aid);
    return kept && isSame(kept, wish)
      ? ok(wish)
      : fail('application-known-otherwise', 'this AID was registered with other data, or has ended');
  });
}

/** One that may be loaded. */
export async function findApplication(tx: Tx, aid: string): Promise<RegisteredApplication | undefined> {
  const [row] = await tx<RegisteredApplication[]>`
    SELECT aid, owner, version, area_bytes AS "areaBytes", key_version AS "keyVersion"
    FROM card_applications.application WHERE aid = ${aid} AND state = 'registered'`;
  return row;
}

/** No more of it is loaded; what is on cards stays. */
export async function endApplication(
  context: Context,
  aid: string,
): Promise<Result<undefined, 'application-unknown'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const ended = await tx`
      UPDATE card_applications.application SET state = 'ended', changed_at = ${new Date(context.clock.now())}
      WHERE aid = ${aid} AND state = 'registered'`;
    return ended.count === 1 ? ok(undefined) : fail('application-unknown', 'none of this AID may be loaded');
  });
}

/** Whether what is kept says the same in every field of the wish. */
const isSame = (kept: object, wish: object): boolean => {
  const fields = new Map(Object.entries(kept));
  return Object.entries(wish).every(([field, value]) => fields.get(field) === value);
};

const isOwner = ({ owner, name, municipality, basisReference }: Owner): boolean =>
  /^[a-z][a-z0-9-]{0,39}$/.test(owner) &&
  (municipality === null || /^\d{6}$/.test(municipality)) &&
  isText(name, 100) &&
  isText(basisReference, 200);

const isText = (text: string, max: number): boolean => text.trim().length > 0 && text.length <= max;

const isApplication = ({ aid, version, areaBytes, keyVersion }: RegisteredApplication): boolean =>
  /^(?:[0-9A-F]{2}){5,16}$/.test(aid) &&
  isWithin(version, 0, 0xffff) &&
  isWithin(areaBytes, 1, 0xffff) &&
  isWithin(keyVersion, 1, 0x7f);

const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;
