/**
 * Agencies (別表第一の上欄に掲げる者) as parties of the national site: registered with their rows and the key of their signed requests
 * (RFC 9421), suspended, restored. No person's data are touched, and still each act is on the ledger. A suspended agency
 * keeps its key, so that what it goes on asking is refused by name and on the ledger.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { provisionRules } from './provision-rules.ts';

export interface NewAgency {
  /** `agency/nenkin`: the name that its requests come under. */
  readonly agency: string;
  readonly name: string;
  /** Rows of 別表第一 in force today, `77-2`. */
  readonly rows: readonly string[];
  readonly keyId: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface RegisteredAgency {
  readonly agency: string;
  readonly status: 'active' | 'suspended';
  readonly rows: readonly string[];
}

export type AgencyFailure = 'agency-invalid' | 'annex-row-unknown' | 'agency-known' | 'agency-unknown';

const AGENCY = /^(?!.*\d{10})agency\/[a-z0-9-]{1,40}$/;
const ED25519_BYTES = 32;

/** Registers an agency once; its name and its key are nobody else's. */
export async function registerAgency(
  context: RegistryContext,
  access: Access,
  order: NewAgency,
): Promise<Result<undefined, AgencyFailure>> {
  if (!AGENCY.test(order.agency) || order.name === '' || order.publicKey.length !== ED25519_BYTES)
    return fail('agency-invalid', 'an agency has a name agency/…, a title, and an Ed25519 key');
  const known = provisionRules.get(dateInTokyo(context.clock.now()));
  const isKnown = order.rows.length > 0 && order.rows.every((row) => known.has(row));
  return changeAgency(context, access, 'register-agency', async (tx) => {
    if (!isKnown) return fail('annex-row-unknown', 'a row is not one of 別表第一 in force');
    const { count } = await tx`
      INSERT INTO registry.national_agency (agency, name, annex_rows, key_id, public_key, status, changed_at)
      VALUES (${order.agency}, ${order.name}, ${[...order.rows]}, ${order.keyId}, ${order.publicKey}, 'active',
        ${new Date(context.clock.now())})
      ON CONFLICT DO NOTHING`;
    return count === 1 ? ok(undefined) : fail('agency-known', 'the agency or its key is registered already');
  });
}

/** Suspends an agency, or ends its suspension: from the next request on. */
export function setAgencyStatus(
  context: RegistryContext,
  access: Access,
  agency: string,
  status: RegisteredAgency['status'],
): Promise<Result<undefined, AgencyFailure>> {
  const act = status === 'active' ? 'restore-agency' : 'suspend-agency';
  return changeAgency(context, access, act, async (tx) => {
    const { count } = await tx`
      UPDATE registry.national_agency SET status = ${status}, changed_at = ${new Date(context.clock.now())}
      WHERE agency = ${agency}`;
    return count === 1 ? ok(undefined) : fail('agency-unknown', 'no agency of this name is registered');
  });
}

function changeAgency(
  context: RegistryContext,
  access: Access,
  affair: string,
  change: (tx: Tx) => Promise<Result<undefined, AgencyFailure>>,
): Promise<Result<undefined, AgencyFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const result = await change(tx);
    await recordEntry(tx, {
      site: NATIONAL_SITE,
      at: context.clock.now(),
      ...access,
      affair,
      subject: null,
      fields: ['agency'],
      result: result.ok ? 'ok' : result.failure.code,
    });
    return result;
  });
}

/** The agencies of some names that are registered. */
export async function findAgencies(
  tx: Tx,
  names: readonly string[],
): Promise<ReadonlyMap<string, RegisteredAgency>> {
  const rows = await tx<RegisteredAgency[]>`
    SELECT agency, status, annex_rows AS rows FROM registry.national_agency WHERE agency = ANY(${[...names]})`;
  return new Map(rows.map((row) => [row.agency, row]));
}

/** What people call the agencies; one that is not registered is not in the answer. */
export async function agencyNames(
  context: RegistryContext,
  agencies: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ agency: string; name: string }[]>`
      SELECT agency, name FROM registry.national_agency WHERE agency = ANY(${[...agencies]})`,
  );
  return new Map(rows.map(({ agency, name }) => [agency, name]));
}

/** The key of an agency by its id, as `authenticator` of @ishizue/access asks for it. */
export async function findAgencyKey(
  context: RegistryContext,
  keyId: string,
): Promise<{ readonly site: string; readonly publicKey: KeyObject } | undefined> {
  const [row] = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ agency: string; key: Buffer }[]>`
      SELECT agency, public_key AS key FROM registry.national_agency WHERE key_id = ${keyId}`,
  );
  if (!row) return undefined;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: row.key.toString('base64url') };
  return { site: row.agency, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) };
}
