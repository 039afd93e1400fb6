/** Application forms as a kind of letter: to those heard of who have no card, no application on its way, and no open form. */
import type { Tx } from '@ishizue/db';
import type { ClaimedLetter, LetterBook, ReturnsBook } from '../letters/letter-book.ts';
import { type FormOnPaper, formPaper } from './form-paper.ts';
import { insertForms } from './form-store.ts';

/** Whoever waits longest first. */
async function takeDue(tx: Tx, municipality: string, letters_max: number): Promise<readonly string[]> {
  for (;;) {
    const taken = await tx<{ residentCode: string; isNeeded: boolean }[]>`
      DELETE FROM cards.form_due d USING (
        SELECT resident_code FROM cards.form_due WHERE municipality = ${municipality}
        ORDER BY since, resident_code LIMIT ${letters_max} FOR UPDATE SKIP LOCKED) first
      WHERE d.resident_code = first.resident_code
      RETURNING d.resident_code AS "residentCode", NOT EXISTS (
          SELECT FROM cards.card c WHERE c.resident_code = d.resident_code AND c.state <> 'void')
        AND NOT EXISTS (SELECT FROM cards.application a WHERE a.resident_code = d.resident_code
          AND a.state NOT IN ('handed-over', 'undelivered', 'refused'))
        AND NOT EXISTS (SELECT FROM cards.application_form f WHERE f.resident_code = d.resident_code AND f.state = 'open')
        AS "isNeeded"`;
    const needed = taken.filter(({ isNeeded }) => isNeeded).map(({ residentCode }) => residentCode);
    if (needed.length > 0 || taken.length === 0) return needed;
  }
}

export interface FormLetter extends ClaimedLetter, FormOnPaper {}

/** What comes back is taken by `takeReturns` with this book. */
export const FORM_RETURNS: ReturnsBook = {
  letter: 'A',
  table: 'cards.form_letter',
  field: 'application-form',
};

/** @param doorAddress where the QR code leads: `https://…/cards/apply` */
export const formBook = (doorAddress: string): LetterBook<FormLetter> => ({
  ...FORM_RETURNS,
  paper: formPaper(doorAddress),
  enter: async (tx, { runId, municipality }, on, letters_max) => {
    const codes = await takeDue(tx, municipality, letters_max);
    const forms = await insertForms(
      tx,
      codes.map((residentCode) => ({ residentCode, municipality })),
      on,
    );
    await tx`
      INSERT INTO cards.form_letter (run_id, form_number, resident_code, municipality, state, state_on)
      SELECT ${runId}, f.number, f.code, ${municipality}, 'claimed', ${on}::date
      FROM unnest(${forms.map(({ formNumber }) => formNumber)}::int[],
        ${forms.map(({ residentCode }) => residentCode)}::text[]) AS f(number, code)`;
    return codes;
  },
  claimed: async (tx, runId) => tx<FormLetter[]>`
    SELECT n.notice_id AS "noticeId", n.resident_code AS "residentCode", n.state_on AS "stateOn",
      f.application_id AS "applicationId"
    FROM cards.form_letter n JOIN cards.application_form f USING (form_number)
    WHERE n.run_id = ${runId} AND n.state = 'claimed' ORDER BY n.notice_id`,
  left: async (tx, noticeIds, on) => {
    // nobody has the paper: it opens nothing
    await tx`
      UPDATE cards.application_form f SET state = 'withdrawn', reason = 'not-printed', state_on = ${on}
      FROM cards.form_letter n
      WHERE n.form_number = f.form_number AND n.notice_id = ANY(${[...noticeIds]}) AND f.state = 'open'`;
  },
});
