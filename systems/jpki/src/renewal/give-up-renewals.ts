/**
 * Renewals that nobody finished within their hour: each serial number that was reserved for them is accounted for, revoked
 * as destroyed before hand-over ("unspecified"), whether the card got the certificate or not. The wiring calls this from
 * time to time. Flow: docs/flows/renewal.md step 7.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { lockPersons } from '../issue/issue-store.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { recordAccess } from '../record-access.ts';
import { storeRevocations } from '../revoke-certificates.ts';
import { storeGivenUp } from './renewal-store.ts';

interface OverdueRenewal {
  readonly requestId: string;
  readonly residentCode: string;
  readonly kind: CertificateKind;
  readonly isOpen: boolean;
  /** Of what is still pending. */
  readonly serial: number | null;
}

const AT_ONCE_MAX = 500;

/** Gives up what is overdue, at most 500 a call; answers how many. */
export function giveUpRenewals(context: JpkiContext, access: Access): Promise<number> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const now = context.clock.now();
    const candidates = await readOverdue(tx, now);
    if (candidates.length === 0) return 0;
    await lockPersons(
      tx,
      candidates.map(({ residentCode }) => residentCode),
    );
    const locked = new Set(candidates.map(({ requestId }) => requestId));
    // read again under the locks: what was confirmed meanwhile is not given up
    const overdue = (await readOverdue(tx, now)).filter(({ requestId }) => locked.has(requestId));
    const pending = overdue.flatMap(({ kind, serial }) => (serial === null ? [] : [{ kind, serial }]));
    await storeRevocations(tx, now, pending, 'unspecified');
    const open = overdue.filter(({ isOpen }) => isOpen).map(({ requestId }) => requestId);
    await storeGivenUp(tx, open, 'renewal-expired', now);
    await recordAccess(
      tx,
      context,
      overdue.map(({ residentCode, kind }) => ({ access, residentCode, kind, result: 'renewal-expired' })),
    );
    return overdue.length;
  });
}

/** Open ones, and ended ones for which a certificate was reserved after their end. */
function readOverdue(tx: Tx, now: number): Promise<readonly OverdueRenewal[]> {
  return tx<OverdueRenewal[]>`
    SELECT r.request_id AS "requestId", r.resident_code AS "residentCode", r.kind, true AS "isOpen", c.serial
    FROM jpki.renewal r LEFT JOIN jpki.certificate c ON c.request_id = 'renewal/' || r.request_id
      AND c.signature IS NULL AND c.revoked_at IS NULL
    WHERE r.state IN ('begun', 'offered') AND r.ends_at <= ${new Date(now)}
    UNION ALL
    SELECT r.request_id, r.resident_code, r.kind, false, c.serial
    FROM jpki.certificate c JOIN jpki.renewal r ON c.request_id = 'renewal/' || r.request_id
    WHERE c.signature IS NULL AND c.revoked_at IS NULL AND r.state = 'given-up'
    LIMIT ${AT_ONCE_MAX}`;
}
