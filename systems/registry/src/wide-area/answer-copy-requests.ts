/**
 * The person's own municipality decides on a wide-area copy (住民基本台帳法 art. 12-4 (3)): the card is proved here again, nobody on
 * the copy may be under a support measure, and only what the law lets out is put into the answer. A request is answered
 * once, whoever sends it again. Flow: docs/flows/wide-area-copy.md.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { AddressedMessage } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import { codesOfPersons } from '../codes/retired-codes.ts';
import { formatAddress } from '../identity/address.ts';
import { proveCarried } from '../moves/card-proof.ts';
import { accessOfMessage, recordTouchedBy } from '../moves/move-entries.ts';
import type { CardRefusal, MovesContext } from '../moves/moves-context.ts';
import { type ApplyRelayed, answerEach, toNational } from '../moves/relayed.ts';
import type { Resident } from '../municipal/resident.ts';
import { findResident, listHousehold } from '../municipal/resident-store.ts';
import { municipalSite } from '../registry-context.ts';
import { flagsInForce } from '../support/find-supported.ts';
import {
  COPY_ANSWER,
  COPY_REQUEST,
  type CopiedPerson,
  type CopyContent,
  type CopyRequestBody,
  type CopyWish,
  subjectEcho,
} from './copy-messages.ts';

export type CopyRefusal =
  | CardRefusal
  | 'request-expired'
  | 'resident-not-found'
  | 'resident-not-current'
  | 'issue-stopped';

export const answerCopyRequests = (moves: MovesContext): ApplyRelayed<CopyRequestBody> =>
  answerEach((tx, municipality, request) => answerOne(tx, moves, municipality, request));

async function answerOne(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  request: CopyRequestBody,
): Promise<readonly AddressedMessage[]> {
  const { from, correlation, residentCode, wish, subjectKey } = request;
  if (!(await claim(tx, moves, municipality, request))) return [];
  const read = await readFor(tx, moves, municipality, request);
  const codes = read.ok ? read.value.map((member) => member.residentCode) : [residentCode];
  const result = read.ok ? 'ok' : read.failure.code;
  await recordTouchedBy(
    tx,
    moves.registry,
    municipality,
    codes.map((code) => ({
      access: accessOfMessage(request, COPY_REQUEST),
      residentCode: code,
      fields: ['resident-record', 'wide-area-copy'],
      result,
    })),
  );
  await tx`
    UPDATE registry.municipal_copy_answer SET result = ${result}
    WHERE municipality_code = ${municipality} AND at_municipality = ${from} AND request_id = ${correlation}`;
  const echo = { from: municipality, to: from, correlation, residentCode, extent: wish.extent };
  if (!read.ok) return [toNational(COPY_ANSWER, { ...echo, result: 'refused', code: read.failure.code })];
  const subject = read.value.find((member) => member.residentCode === residentCode);
  if (!subject) throw new Error('the person is not among those who were read');
  const members = wish.extent === 'person' ? [subject] : read.value;
  return [
    toNational(COPY_ANSWER, {
      ...echo,
      result: 'content',
      subjectEcho: subjectEcho(subjectKey, subject.residentCode),
      content: contentOf(moves, subject, members, read.value, wish),
    }),
  ];
}

/** Whether the request is new. A repetition by the other municipality gets no second answer. */
async function claim(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  { from, correlation }: CopyRequestBody,
): Promise<boolean> {
  const claimed = await tx`
    INSERT INTO registry.municipal_copy_answer
      (municipality_code, at_municipality, request_id, result, answered_at)
    VALUES (${municipality}, ${from}, ${correlation}, 'open', ${new Date(moves.registry.clock.now())})
    ON CONFLICT DO NOTHING`;
  return claimed.count === 1;
}

/** Those on the copy, and the household where the relationship is asked for: its head's name is on the copy too. */
async function readFor(
  tx: Tx,
  moves: MovesContext,
  municipality: string,
  request: CopyRequestBody,
): Promise<Result<readonly Resident[], CopyRefusal>> {
  if (Date.parse(request.expiresAt) <= moves.registry.clock.now())
    return fail('request-expired', 'nobody waits for the copy any more');
  const proved = await proveCarried(moves, request, 'wide-area-copy');
  if (!proved.ok) return proved;
  const { residentCode, wish } = request;
  const subject = await findResident(tx, municipality, residentCode);
  if (!subject) return fail('resident-not-found', 'no such resident in this municipality');
  if (subject.status !== 'resident') return fail('resident-not-current', 'the record is a deleted one');
  const isHouseholdRead = wish.extent === 'household' || wish.withRelationship;
  const household = isHouseholdRead
    ? await listHousehold(tx, municipality, subject.householdNumber)
    : [subject];
  if (!household.some((member) => member.residentCode === residentCode))
    return fail('resident-not-current', 'the record changed while it was read');
  const head = wish.withRelationship ? household.filter(({ relationship }) => relationship === '世帯主') : [];
  const shown = wish.extent === 'household' ? household : [subject, ...head];
  const codes = shown.map((member) => member.residentCode);
  const flags = await flagsInForce(tx, municipality, codes, dateInTokyo(moves.registry.clock.now()));
  // a stop stays under the code of its day
  const former = await codesOfPersons(tx, municipalSite(municipality), codes);
  if (flags.length > 0 || (await moves.isStopped(municipality, [...codes, ...former.keys()])))
    return fail('issue-stopped', 'nothing of a person on the copy is given to another municipality');
  return ok(household);
}

function contentOf(
  moves: MovesContext,
  subject: Resident,
  members: readonly Resident[],
  household: readonly Resident[],
  wish: CopyWish,
): CopyContent {
  const head = household.find(({ relationship }) => relationship === '世帯主');
  return {
    address: formatAddress(moves.registry.municipalities, subject.municipality, subject),
    head: wish.withRelationship ? (head?.name ?? null) : null,
    persons: members.map((member) => personOf(member, wish)),
  };
}

function personOf(member: Resident, wish: CopyWish): CopiedPerson {
  const hasMovedInside = member.addressFixedOn !== member.becameResidentOn;
  const { nationality, residenceStatus, stayExpiresOn } = member;
  return {
    name: member.name,
    nameKana: member.nameKana,
    formerSurname: member.formerSurname,
    alias: member.alias,
    birthDate: member.birthDate,
    sex: member.sex,
    becameResidentOn: member.becameResidentOn,
    addressFixedOn: member.addressFixedOn,
    // addresses inside the municipality are not shown elsewhere
    previousAddress: hasMovedInside ? null : member.previousAddress,
    relationship: wish.withRelationship ? member.relationship : null,
    residentCode: wish.withResidentCode ? member.residentCode : null,
    foreign:
      wish.withNationality && nationality !== 'JPN' ? { nationality, residenceStatus, stayExpiresOn } : null,
  };
}
