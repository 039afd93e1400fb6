/**
 * A visit at the door: whoever shows a form's id and the birth date of its person has half an hour. Unknown, not agreeing, over, tried too
 * often: the answer is the same, and each look is on the ledger, in the transaction that counts it.
 * Flow: docs/flows/application-forms.md step 4.
 */
import { createHash, randomBytes } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { findPersons, NATIONAL_SITE } from '@ishizue/registry';
import { parseApplicationId } from '../../application/application-id.ts';
import { findForms, type PaperForm } from '../form-store.ts';
import { type DoorDesk, doorAccess } from './door-desk.ts';

const VISIT_MS = 30 * 60_000;
/** Birth dates that do not agree, of one form in one day; then it opens to nobody until the next. */
export const WRONG_TRIES_MAX = 10;
/** Files of one visit. */
const UPLOADS_MAX = 20;
const DELETED_AT_ONCE = 1_000;

export interface Visit {
  readonly form: PaperForm;
  /** SHA-256 of the files that were sent, by field. */
  readonly files: Readonly<Record<string, string>>;
}

export type VisitFailure = 'application-id-malformed' | 'form-not-found';

/**
 * Lets somebody in; the answer is the visit's token.
 * @param birthDate `1990-04-01`, with zeros where a part is unknown, as the register has it
 */
export async function openVisit(
  { cards }: Pick<DoorDesk, 'cards'>,
  correlation: string,
  shown: { readonly formId: string; readonly birthDate: string },
): Promise<Result<string, VisitFailure>> {
  const id = parseApplicationId(shown.formId);
  if (!id.ok) return id;
  const { sql, registry, clock } = cards;
  const site = NATIONAL_SITE;
  const access = doorAccess(correlation);
  const known = await inTransaction(sql, { site }, (tx) => findForms(tx, [id.value], 'unlocked'));
  const residentCode = known.get(id.value)?.residentCode;
  const looks = residentCode === undefined ? [] : [{ access, residentCode }];
  const persons = await findPersons(registry, looks);
  const birthDate = persons.get(residentCode ?? '')?.birthDate;
  return inTransaction(sql, { site }, async (tx): Promise<Result<string, VisitFailure>> => {
    const now = clock.now();
    // the tries of one form take turns
    const form = (await findForms(tx, [id.value], 'locked')).get(id.value);
    const isIn = form !== undefined && (await judge(tx, form, birthDate === shown.birthDate, now));
    await recordEntry(tx, {
      site,
      at: now,
      ...access,
      subject: form ? cards.pseudonyms.of(site, form.residentCode) : null,
      fields: ['application-form', 'birth-date'],
      result: isIn ? 'ok' : 'form-not-found',
    });
    return isIn
      ? ok(await begin(tx, form, now))
      : fail('form-not-found', 'no such form, or not of this birth date');
  });
}

/** Counts what does not agree. After too many of a day nothing agrees. */
async function judge(tx: Tx, form: PaperForm, agrees: boolean, now: number): Promise<boolean> {
  const today = dateInTokyo(now);
  const [row] = await tx<{ tries: number }[]>`
    SELECT CASE WHEN tried_on = ${today} THEN wrong_tries ELSE 0 END AS tries
    FROM cards.application_form WHERE form_number = ${form.formNumber}`;
  const tries = row?.tries ?? 0;
  if (tries >= WRONG_TRIES_MAX) return false;
  if (agrees) return isGood(tx, form);
  await tx`
    UPDATE cards.application_form SET wrong_tries = ${tries + 1}, tried_on = ${today}
    WHERE form_number = ${form.formNumber}`;
  return false;
}

/** Open, or of an application that is still kept. */
async function isGood(tx: Tx, { state, applicationId }: PaperForm): Promise<boolean> {
  if (state !== 'used') return state === 'open';
  const kept = await tx`SELECT FROM cards.application WHERE application_id = ${applicationId}`;
  return kept.count === 1;
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

async function begin(tx: Tx, { formNumber }: PaperForm, now: number): Promise<string> {
  const token = randomBytes(24).toString('base64url');
  await tx`
    DELETE FROM cards.door_visit WHERE token_sha256 IN (
      SELECT token_sha256 FROM cards.door_visit WHERE expires_at <= ${new Date(now)} LIMIT ${DELETED_AT_ONCE})`;
  await tx`
    INSERT INTO cards.door_visit (token_sha256, form_number, expires_at)
    VALUES (${digestOf(token)}, ${formNumber}, ${new Date(now + VISIT_MS)})`;
  return token;
}

/** The visit of a token, while it lasts and its form is good for something. Each look is on the person's ledger. */
export function findVisit(
  { cards }: Pick<DoorDesk, 'cards'>,
  correlation: string,
  token: string,
): Promise<Result<Visit, 'visit-over'>> {
  const site = NATIONAL_SITE;
  return inTransaction(cards.sql, { site }, async (tx): Promise<Result<Visit, 'visit-over'>> => {
    const now = cards.clock.now();
    const [row] = await tx<{ applicationId: string; files: Record<string, string> }[]>`
      SELECT f.application_id AS "applicationId", v.files
      FROM cards.door_visit v JOIN cards.application_form f USING (form_number)
      WHERE v.token_sha256 = ${digestOf(token)} AND v.expires_at > ${new Date(now)}`;
    const form = row && (await findForms(tx, [row.applicationId], 'unlocked')).get(row.applicationId);
    const isOver = form === undefined || !(await isGood(tx, form));
    await recordEntry(tx, {
      site,
      at: now,
      ...doorAccess(correlation),
      subject: form ? cards.pseudonyms.of(site, form.residentCode) : null,
      fields: ['application-form', 'application-state'],
      result: isOver ? 'visit-over' : 'ok',
    });
    return row && form && !isOver ? ok({ form, files: row.files }) : fail('visit-over', 'the visit is over');
  });
}

/** Makes room for one file more; false where the visit has sent too many. */
export const countUpload = ({ cards }: Pick<DoorDesk, 'cards'>, token: string): Promise<boolean> =>
  inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    const counted = await tx`
      UPDATE cards.door_visit SET uploads = uploads + 1
      WHERE token_sha256 = ${digestOf(token)} AND uploads < ${UPLOADS_MAX}`;
    return counted.count === 1;
  });

/** Keeps of a file that it was sent for a field. */
export const keepFile = (
  { cards }: Pick<DoorDesk, 'cards'>,
  token: string,
  field: string,
  sha256: string,
): Promise<void> =>
  inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`
      UPDATE cards.door_visit SET files = files || ${tx.json({ [field]: sha256 })}
      WHERE token_sha256 = ${digestOf(token)}`;
  });
