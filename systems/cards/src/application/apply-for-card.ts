/**
 * An application for a card (番号法 art. 16-2). The person's identity data are looked at once here, and their digest is kept, so
 * that making the card sees whether they changed meanwhile. Who has an application on its way is refused, and who has a valid
 * card where no ground lets it stand (省令 art. 24). Terms that a counter agreed on under the application's request id are
 * what it takes. Flow: docs/flows/life.md step 5, docs/flows/card-renewal.md.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { isIdentityProved } from '@ishizue/jpki';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import {
  type Access,
  codesOfHolder,
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
import { factoryDue } from '../making/making-due.ts';
import { insertOrders } from '../making/order-store.ts';
import { newApplicationId } from './application-id.ts';
import type { ApplicationState } from './application-lifecycle.ts';
import { type Application, findApplicationByRequest, insertApplications } from './application-store.ts';
import { decideApplicationChange } from './change-application.ts';
import { type BarredCode, decideGrounds, takeTurns } from './decide-grounds.ts';

export interface CardApplication {
  /** Given by the caller: the same request is taken once. 1 to 64 characters. Terms under the same id are this application's. */
  readonly requestId: string;
  readonly residentCode: string;
  /** The end of the period of stay, from the residence card; absent for whoever has none. */
  readonly stayExpiresOn?: IsoDate | undefined;
  /**
   * Identity was proved at the application (申請時来庁方式), by these documents and this operator: the card goes to the
   * applicant by post. Absent where the applicant fetches it.
   */
  readonly visit?: { readonly documents: readonly string[]; readonly checkedBy: string } | undefined;
}

export type ApplyFailure =
  | ExpiryFailure
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
  const codes = await codesOfHolder(context.registry, code.value);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    // copies of one request, and several requests of one person, take turns; the later finds the earlier
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`card request ${application.requestId}`}, 0))`;
    await takeTurns(tx, [code.value]);
    const taken = await take(tx, context, application, { person, codes });
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
  { person, codes }: { readonly person: IdentifiedPerson | undefined; readonly codes: readonly string[] },
): Promise<Result<ApplicationReceipt, ApplyFailure>> {
  const earlier = await findApplicationByRequest(tx, wish.requestId);
  if (earlier) return sameRequest(earlier, wish);
  const now = context.clock.now();
  const today = dateInTokyo(now);
  const stayExpiresOn = wish.stayExpiresOn ?? null;
  const eligible = checkPerson(person, today, stayExpiresOn);
  if (!eligible.ok) return eligible;
  if (wish.visit && !isIdentityProved(wish.visit.documents, today))
    return fail('identity-not-proved', 'one document of the first class, or two');
  const { residentCode, requestId } = wish;
  const [decided] = await decideGrounds(
    tx,
    [{ residentCode, codes, termsId: requestId, areTermsNamed: false }],
    now,
  );
  if (!decided) throw new Error('a ground was not decided');
  if (!decided.ok) return decided;
  const { expressDueOn, ...ground } = decided.value;
  const applicationId = newApplicationId();
  const received = { applicationId, state: 'received', sequence: 1, reason: null } as const;
  const accepted = mustSucceed(decideApplicationChange(received, 'accept'), 'accepting what was received');
  const entered: Application = {
    applicationId,
    requestId,
    residentCode,
    state: accepted.state,
    sequence: accepted.sequence,
    receivedOn: today,
    stayExpiresOn,
    identityDigest: identityDigest(applicationId, eligible.value),
    ...ground,
  };
  await insertApplications(tx, [entered], [received, accepted], new Date(now));
  const order = {
    applicationId,
    isExpress: expressDueOn !== null,
    delivery: wish.visit ? ('post' as const) : ('counter' as const),
    visit: wish.visit ?? null,
    dueOn: factoryDue(today, expressDueOn),
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
