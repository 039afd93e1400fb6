/**
 * One application form, made at a counter for a resident of the municipality; an open one that they had is replaced. The same
 * request makes the same form, and its paper again. Flow: docs/flows/application-forms.md step 3.
 */
import { dateInTokyo, startOfDateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type PdfCode, renderDocument } from '@ishizue/pdf';
import {
  type Access,
  type Addressee,
  codesOfHolder,
  NATIONAL_SITE,
  parseResidentCode,
} from '@ishizue/registry';
import { type BarredCode, decideGrounds, takeTurns } from '../application/decide-grounds.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { LetterDesk } from '../letters/letter-desk.ts';
import { formPaper } from './form-paper.ts';
import { findFormByRequest, insertForms, type PaperForm } from './form-store.ts';

export interface FormWish {
  /** Given by the caller: the same request makes one form. 1 to 64 characters. */
  readonly requestId: string;
  readonly residentCode: string;
  /** Of the counter. */
  readonly municipality: string;
}

export type MakeFormFailure =
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'person-unknown'
  | 'person-not-resident'
  | 'request-id-reused'
  /** The form that this request made is good for nothing any more. */
  | 'form-over'
  | FormBarred
  | PdfCode;

/** Nobody needs a form who may not apply at all; terms can still be agreed on, and be named in the application. */
type FormBarred = Extract<BarredCode, 'application-already-open' | 'card-already-valid'>;

/** Answers the paper as PDF. */
export async function makeFormAtCounter(
  desk: Omit<LetterDesk, 'files'>,
  doorAddress: string,
  access: Access,
  wish: FormWish,
): Promise<Result<Uint8Array, MakeFormFailure>> {
  const { cards } = desk;
  const code = parseResidentCode(wish.residentCode);
  if (!code.ok) return code;
  const addressee = (await desk.findAddressees(access, [code.value])).get(code.value);
  const codes = await codesOfHolder(cards.registry, code.value);
  const form = await inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`form request ${wish.requestId}`}, 0))`;
    await takeTurns(tx, [code.value]);
    const made = await make(tx, cards.clock.now(), wish, { addressee, codes });
    await recordCardEntry(tx, cards, access, {
      residentCode: code.value,
      fields: ['application-form'],
      result: made.ok ? 'ok' : made.failure.code,
    });
    return made;
  });
  if (!form.ok) return form;
  if (!addressee) throw new Error('a form of nobody');
  const { applicationId, formNumber, madeOn } = form.value;
  const page = {
    row: { applicationId },
    number: '',
    name: addressee.name,
    address: addressee.isSupported ? null : addressee.address,
    municipality: cards.registry.municipalities.fullName(wish.municipality),
  };
  const paper = formPaper(doorAddress)(`form-${formNumber}`, [page], startOfDateInTokyo(madeOn));
  const rendered = await renderDocument(desk.typeface, paper);
  return rendered.ok ? ok(rendered.value.bytes) : rendered;
}

async function make(
  tx: Tx,
  now: number,
  { requestId, residentCode, municipality }: FormWish,
  { addressee, codes }: { readonly addressee: Addressee | undefined; readonly codes: readonly string[] },
): Promise<Result<PaperForm, MakeFormFailure>> {
  const earlier = await findFormByRequest(tx, requestId);
  if (earlier) {
    if (earlier.residentCode !== residentCode || earlier.municipality !== municipality)
      return fail('request-id-reused', 'this request id was used for another form');
    return earlier.state === 'open'
      ? ok(earlier)
      : fail('form-over', `the form of this request is ${earlier.state}`);
  }
  if (!addressee) return fail('person-unknown', 'nobody has this resident code');
  if (addressee.status !== 'resident' || addressee.municipality !== municipality)
    return fail('person-not-resident', 'not a resident of this municipality');
  const [decided] = await decideGrounds(tx, [{ residentCode, codes, areTermsNamed: false }], now);
  if (decided && !decided.ok) {
    const { code, detail } = decided.failure;
    if (code === 'application-already-open' || code === 'card-already-valid') return fail(code, detail);
  }
  const [form] = await insertForms(tx, [{ residentCode, municipality }], dateInTokyo(now), requestId);
  if (!form) throw new Error('a form was not stored');
  return ok(form);
}
