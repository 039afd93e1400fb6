/**
 * From a request to a paper at the issuing municipality: read the household once, see that nobody on the paper is under
 * a stop, make the content, print it. Everything is local to the one request; what comes back carries the echo of the
 * person who was printed, computed from the record itself and not from the order.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  findSupported,
  formerCodesOf,
  municipalSite,
  type ReadFailure,
  type Resident,
  readHousehold,
} from '@ishizue/registry';
import { newCertificateId } from '../certificate-id.ts';
import type { CertificatesContext } from '../certificates-context.ts';
import { kioskAccess } from '../kiosk-access.ts';
import { type RequestBody, subjectEchoOf } from '../messages.ts';
import { type PrintedPaper, type PrintFailure, printCopy } from '../paper/print-copy.ts';
import { copyOfRecord, type Issuer } from '../paper/record-copy.ts';
import { hasStop } from './stops.ts';

/** Why a municipality issues nothing; the centre shows the code to the kiosk. */
export type PaperRefusal =
  | ReadFailure
  | PrintFailure
  | 'issue-stopped'
  | 'household-without-head'
  | 'request-expired';

export interface MadePaper extends PrintedPaper {
  readonly issuedOn: string;
  readonly subjectEcho: string;
}

/** Makes the paper of one request. `tx` is scoped to the municipality. */
export async function makePaper(
  tx: Tx,
  context: CertificatesContext,
  municipality: string,
  order: RequestBody,
): Promise<Result<MadePaper, PaperRefusal>> {
  const now = context.clock.now();
  if (Date.parse(order.expiresAt) <= now)
    return fail('request-expired', 'nobody waits for the paper any more');
  const record = await readRecord(context, municipality, order);
  if (!record.ok) return record;
  const { subject, members, head } = record.value;
  const { wish } = order;
  // the head is named where relationships are
  const named = wish.withRelationship && head ? [...members, head] : members;
  const codes = [...new Set(named.map((member) => member.residentCode))];
  if (await isStopped(tx, context, municipality, order, codes)) {
    await recordStop(tx, context, municipality, order);
    return fail('issue-stopped', 'nothing is issued at kiosks of a person on the paper');
  }
  if (wish.withRelationship && !head)
    return fail('household-without-head', 'the household has no head at the moment');
  const issuedOn = dateInTokyo(now);
  const source = { certificateId: newCertificateId(), issuedOn, issuer: issuerOf(context, municipality) };
  const copy = copyOfRecord(context.municipalities, { ...source, wish, subject, members, head });
  const printed = await printCopy(context.press, copy, now);
  if (!printed.ok) return printed;
  return ok({
    ...printed.value,
    issuedOn,
    subjectEcho: subjectEchoOf(order.subjectKey, subject.residentCode),
  });
}

/** The municipality's stop of its own, under any code of the persons, and the register's support measures: either is enough. */
async function isStopped(
  tx: Tx,
  context: CertificatesContext,
  municipality: string,
  order: RequestBody,
  codes: readonly string[],
): Promise<boolean> {
  const subject = context.pseudonyms.of(municipalSite(municipality), order.residentCode);
  const access = kioskAccess(subject, order.kiosk, order.requestId);
  const former = await formerCodesOf(context.registry, municipality, access, codes);
  if (await hasStop(tx, municipality, [...codes, ...former])) return true;
  return (await findSupported(context.registry, municipality, access, codes)).size > 0;
}

interface HouseholdRecord {
  /** The record of the person who asked: the echo is computed from it. */
  readonly subject: Resident;
  /** Those who are printed, the subject among them, the head first. */
  readonly members: readonly Resident[];
  readonly head: Resident | undefined;
}

const HEAD = '世帯主';

/** The records to print; the head's name is only to be had with the household. */
async function readRecord(
  context: CertificatesContext,
  municipality: string,
  order: RequestBody,
): Promise<Result<HouseholdRecord, ReadFailure>> {
  const site = municipalSite(municipality);
  const { residentCode, wish } = order;
  const access = kioskAccess(context.pseudonyms.of(site, residentCode), order.kiosk, order.requestId);
  const extent = wish.withRelationship ? 'household' : wish.extent;
  const read = await readHousehold(context.registry, municipality, access, residentCode, extent);
  if (!read.ok) return read;
  const subject = read.value.find((member) => member.residentCode === residentCode);
  if (!subject) return fail('resident-not-found', 'the person is not in the household that was read');
  const head = read.value.find((member) => member.relationship === HEAD);
  return ok({ subject, members: wish.extent === 'person' ? [subject] : read.value, head });
}

async function recordStop(
  tx: Tx,
  context: CertificatesContext,
  municipality: string,
  order: RequestBody,
): Promise<void> {
  const site = municipalSite(municipality);
  const subject = context.pseudonyms.of(site, order.residentCode);
  await recordEntry(tx, {
    site,
    at: context.clock.now(),
    ...kioskAccess(subject, order.kiosk, order.requestId),
    subject,
    fields: ['certificate'],
    result: 'issue-stopped',
  });
}

/** Who signs a municipality's papers. */
export function issuerOf(
  context: Pick<CertificatesContext, 'municipalities' | 'mayorOf'>,
  municipality: string,
): Issuer {
  const { name } = context.municipalities.getMunicipality(municipality);
  return {
    municipality: name,
    title: `${name}長`,
    mayor: context.mayorOf(municipality),
    sealText: `${name}長之印`,
  };
}
