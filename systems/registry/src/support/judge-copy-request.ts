/**
 * Whether a copy may be given to who asks at the counter or by letter (住民基本台帳法 art. 12 (6), 12-2, 12-3; 事務処理要領 第5の10):
 * of a record, current or deleted, that shows somebody under a support measure only to that person, proved by a document with
 * a photograph, and to a public body that the officer has made sure of. The abuser gets nothing, whoever is asked for them.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { nameKey } from '@ishizue/text';
import type { Access } from '../access.ts';
import type { ReadExtent } from '../municipal/read-household.ts';
import type { Resident } from '../municipal/resident.ts';
import { findResident, listHousehold } from '../municipal/resident-store.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { type FlagInForce, flagsInForce } from './find-supported.ts';

/** Who asks. `self` is the person whose record it is; whoever sends somebody is not that person. */
export type Requester =
  | { readonly kind: 'self'; readonly isProvedByPhotograph: boolean }
  | { readonly kind: 'public-body'; readonly isVerified: boolean }
  | { readonly kind: 'other'; readonly name: string; readonly birthDate: string | null };

export type CopyRefusal =
  | 'resident-not-found'
  | 'requester-is-abuser'
  | 'requester-not-proved'
  | 'body-not-verified'
  | 'support-measure-in-force';

/** Judges a request; the answer `ok` says how many persons the copy would show. */
export function judgeCopyRequest(
  context: RegistryContext,
  municipality: string,
  access: Access,
  asked: { readonly residentCode: string; readonly extent: ReadExtent; readonly requester: Requester },
): Promise<Result<{ readonly persons: number }, CopyRefusal>> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site, isSnapshot: true }, async (tx) => {
    const now = context.clock.now();
    const shown = await personsShown(tx, municipality, asked.residentCode, asked.extent);
    const codes = shown.map(({ residentCode }) => residentCode);
    const flags = await flagsInForce(tx, municipality, codes, dateInTokyo(now));
    const judged = shown.length === 0 ? notFound() : judge(flags, asked.residentCode, asked.requester);
    const subjects = shown.length === 0 ? [asked.residentCode] : codes;
    await recordEntries(
      tx,
      subjects.map((code) => ({
        site,
        at: now,
        ...access,
        subject: context.pseudonyms.of(site, code),
        fields: ['support-measure', 'copy-request', asked.requester.kind],
        result: judged.ok ? 'ok' : judged.failure.code,
      })),
    );
    return judged.ok ? ok({ persons: shown.length }) : judged;
  });
}

const notFound = () => fail('resident-not-found', 'no such record in this municipality');

/** The record asked for, deleted or not; of a household the current members. */
async function personsShown(
  tx: Tx,
  municipality: string,
  residentCode: string,
  extent: ReadExtent,
): Promise<readonly Resident[]> {
  const resident = await findResident(tx, municipality, residentCode);
  if (!resident) return [];
  if (extent === 'person' || resident.status !== 'resident') return [resident];
  return listHousehold(tx, municipality, resident.householdNumber);
}

function judge(
  flags: readonly FlagInForce[],
  residentCode: string,
  requester: Requester,
): Result<undefined, CopyRefusal> {
  if (flags.length === 0) return ok(undefined);
  switch (requester.kind) {
    case 'public-body':
      return requester.isVerified ? ok(undefined) : fail('body-not-verified', 'make sure of the body first');
    case 'self': {
      const own = new Set(
        flags.filter((flag) => flag.residentCode === residentCode).map(({ measureId }) => measureId),
      );
      // of a household that shows somebody else’s protection, one’s own proof is not enough
      if (!flags.every(({ measureId }) => own.has(measureId))) return inForce();
      return requester.isProvedByPhotograph
        ? ok(undefined)
        : fail('requester-not-proved', 'a document with a photograph is needed');
    }
    case 'other':
      return flags.some(({ abusers }) => abusers.some((one) => isPerson(requester, one)))
        ? fail('requester-is-abuser', 'the measure is against this person')
        : inForce();
  }
}

const inForce = () => fail('support-measure-in-force', 'a person on the copy is under a support measure');

/** The name but for its spelling, and the birth date where both are known: in doubt it is the person. */
function isPerson(
  one: { readonly name: string; readonly birthDate: string | null },
  other: { readonly name: string; readonly birthDate: string | null },
): boolean {
  if (nameKey(one.name) !== nameKey(other.name)) return false;
  return one.birthDate === null || other.birthDate === null || one.birthDate === other.birthDate;
}
