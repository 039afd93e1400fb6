/**
 * An application for a card (番号法 art. 16-2). The person's identity data are looked at once here, and their digest is kept, so
 * that making the card sees whether they changed meanwhile. Who has a valid card, or an application on its way, is refused
 * (省令 art. 24). Flow: docs/flows/life.md step 5.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { isIdentityProved } from '@ishizue/jpki';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import {
  type Access,
  findPerson,
  type IdentifiedPerson,
  NATIONAL_SITE,
  parseResidentCode,
} from '@ishizue/registry';
import { isIsoDate } from '@ishizue/text';
import { cardExpiry, type ExpiryFailure } from '../card/card-expiry.ts';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { identityDigest } from '../identity-digest.ts';
import { type DueFailure, type ExpressWish, makingDue } from '../making/making-due.ts';
import { insertOrders } from '../making/order-store.ts';
import { newApplicationId } from './application-id.ts';
import type { ApplicationState } from './application-lifecycle.ts';
import { type Application, findApplicationByRequest, insertApplications } from './application-store.ts';
import { decideApplicationChange } from './change-application.ts';
import { BARRED, type BarredCode, findBarred, takeTurns } from './find-barred.ts';

export interface CardApplication {
  /** Given by the caller: the same request is taken once. 1 to 64 characters. */
  readonly requestId: string;
  readonly residentCode: string;
  /** The end of the period of stay, from the residence card; absent for whoever has none. */
  readonly stayExpiresOn?: IsoDate | undefined;
  /** Absent for an ordinary card. */
  readonly express?: ExpressWish | undefined;
  /**
   * Identity was proved at the application (申請時来庁方式), by these documents and this operator: the card goes to the
   * applicant by post. Absent where the applicant fetches it.
   */
  readonly visit?: { readonly documents: readonly string[]; readonly checkedBy: string } | undefined;
}

export type ApplyFailure =
  | ExpiryFailure
  | DueFailure
  | 'identity-not-proved'
  | 'resident-code-malformed'
  | 'resident-code-check-digit'
  | 'stay-date-invalid'
  | 'request-id-reused'
  | 'person-unknown'
  | 'person-not-resident'
  | BarredCode;

/** What the applicant is told. */
export interface ApplicationReceipt {
  readonly applicationId: string;
  readonly state: ApplicationState;
}

export async function applyForCard(
  context: CardsContext,
  access: Access,
  application: CardApplication,
): Promise<Result<ApplicationReceipt, ApplyFailure>> {
  const code = parseResidentCode(application.residentCode);
  if (!code.ok) return code;
  if (application.stayExpiresOn !== undefined && !isIsoDate(application.stayExpiresOn))
    return fail('stay-date-invalid', 'the end of the period of stay is no date');
  const person = await findPerson(context.registry, access, code.value);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    // copies of one request, and several requests of one person, take turns; the later finds the earlier
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`card request ${application.requestId}`}, 0))`;
    await takeTurns(tx, [code.value]);
    const taken = await take(tx, context, application, person);
    await recordCardEntry(tx, context, access, {
      residentCode: code.value,
      fields: ['card-application'],
      result: taken.ok ? 'ok' : taken.failure.code,
    });
    return taken;
  });
}

async function take(
  tx: Tx,
  context: CardsContext,
  wish: CardApplication,
  person: IdentifiedPerson | undefined,
): Promise<Result<ApplicationReceipt, ApplyFailure>> {
  const earlier = await findApplicationByRequest(tx, wish.requestId);
  if (earlier) return sameRequest(earlier, wish);
  const now = context.clock.now();
  const today = dateInTokyo(now);
  const stayExpiresOn = wish.stayExpiresOn ?? null;
  const eligible = checkPerson(person, today, stayExpiresOn);
  if (!eligible.ok) return eligible;
  const dueOn = makingDue(today, wish.express);
  if (!dueOn.ok) return dueOn;
  if (wish.visit && !isIdentityProved(wish.visit.documents, today))
    return fail('identity-not-proved', 'one document of the first class, or two');
  const barred = (await findBarred(tx, [wish.residentCode], now)).get(wish.residentCode);
  if (barred) return fail(barred, BARRED[barred]);
  const applicationId = newApplicationId();
  const received = { applicationId, state: 'received', sequence: 1, reason: null } as const;
  const accepted = mustSucceed(decideApplicationChange(received, 'accept'), 'accepting what was received');
  const entered: Application = {
    applicationId,
    requestId: wish.requestId,
    residentCode: wish.residentCode,
    state: accepted.state,
    sequence: accepted.sequence,
    receivedOn: today,
    stayExpiresOn,
    identityDigest: identityDigest(applicationId, eligible.value),
  };
  await insertApplications(tx, [entered], [received, accepted], new Date(now));
  const order = {
    applicationId,
    isExpress: wish.express !== undefined,
    delivery: wish.visit ? ('post' as const) : ('counter' as const),
    visit: wish.visit ?? null,
    dueOn: dueOn.value,
  };
  await insertOrders(tx, [order]);
  return ok({ applicationId, state: accepted.state });
}

function sameRequest(
  earlier: Application,
  wish: CardApplication,
): Result<ApplicationReceipt, 'request-id-reused'> {
  const isSame =
    earlier.residentCode === wish.residentCode && earlier.stayExpiresOn === (wish.stayExpiresOn ?? null);
  return isSame
    ? ok({ applicationId: earlier.applicationId, state: earlier.state })
    : fail('request-id-reused', 'this request id was used for another application');
}

function checkPerson(
  person: IdentifiedPerson | undefined,
  today: IsoDate,
  stayExpiresOn: IsoDate | null,
): Result<IdentifiedPerson, ApplyFailure> {
  if (!person) return fail('person-unknown', 'nobody has this resident code');
  if (person.status !== 'resident') return fail('person-not-resident', `the person is ${person.status}`);
  const { birthDate } = person;
  const expiry = cardExpiry({ birthDate, receivedOn: today, issuedOn: today, stayExpiresOn });
  return expiry.ok ? ok(person) : expiry;
}
