/** The centre's standing work: lists of revoked certificates, revocations that are due, what is over with the time. */
import { noticeVoidCards } from '@ishizue/card-applications';
import { lapseCards, revokeDueCertificates } from '@ishizue/cards';
import { expireRequests } from '@ishizue/certificates';
import type { Log } from '@ishizue/http';
import { ensureResponders, giveUpRenewals, publishDueCrls } from '@ishizue/jpki';
import { publishLists } from '@ishizue/key-server';
import { reviewWaiting } from '@ishizue/numbering';
import { mustSucceed } from '@ishizue/outcome';
import { type Access, carryOutPlannedMoves, WAITING_TICKET_CODES } from '@ishizue/registry';
import type { Country } from './country.ts';
import { passDisclosureDeadlines } from './disclosures.ts';
import { destroyWhatIsOver } from './keeping.ts';
import { deliverProcedureNotices } from './procedure-notices.ts';
import { renewKeys } from './renew-keys.ts';
import { Repeating } from './repeating.ts';

const PUBLISH_EVERY_MS = 15 * 60_000;
const RESPONDERS_EVERY_MS = 3_600_000; // their certificates live 90 days and are renewed 30 days before the end
const REVOKE_DUE_EVERY_MS = 1_000;
const LAPSE_EVERY_MS = 60_000; // what is over since midnight, 1,000 cards of each kind at a time
const OWNERS_TOLD_EVERY_MS = 60_000;
const GIVE_UP_EVERY_MS = 60_000;
const EXPIRE_EVERY_MS = 5_000;
const REVIEW_EVERY_MS = 30_000;
const DEADLINES_EVERY_MS = 600_000; // they pass by the day
const NOTICES_EVERY_MS = 10_000;
const RENEWAL_EVERY_MS = 3_600_000;
const DESTROY_EVERY_MS = 3_600_000; // days pass by the day; each run goes on until nothing is over
const RETRY_EVERY_MS = 30_000;
const NODE_LISTS_EVERY_MS = 3_600_000;
const MOVES_EVERY_MS = 60_000;

export function centreWork(country: Country, log: Log): readonly Repeating[] {
  const { numbering, jpki, cards, cardApplications, certificates, moves } = country.systems;
  const due: Access = {
    actorKind: 'system',
    actor: 'card-revocation',
    terminal: '',
    article: '公的個人認証法 第12条',
    affair: 'card-void',
    correlation: 'background',
  };
  const every = (ms: number, event: string, work: () => Promise<unknown>): Repeating =>
    new Repeating(
      ms,
      async () => void (await work()),
      (error) => log.error(event, {}, error),
    );
  let retried = 0; // the last ticket that was tried
  return [
    every(RESPONDERS_EVERY_MS, 'responders-failed', async () =>
      mustSucceed(await ensureResponders(jpki), 'the OCSP responders'),
    ),
    every(PUBLISH_EVERY_MS, 'publishing-failed', async () => {
      const { failures } = await publishDueCrls(jpki);
      const [first] = failures;
      if (first) log.warn('lists-not-published', { lists: failures.length, code: first.failure.code });
    }),
    every(REVOKE_DUE_EVERY_MS, 'revoking-failed', () => revokeDueCertificates(cards, due)),
    every(LAPSE_EVERY_MS, 'lapsing-failed', () =>
      lapseCards(cards, { ...due, actor: 'card-lapse', correlation: 'background' }),
    ),
    every(DEADLINES_EVERY_MS, 'deadlines-failed', () => country.systems.applicationDesk.passDeadlines()),
    every(OWNERS_TOLD_EVERY_MS, 'telling-owners-failed', () =>
      noticeVoidCards(cardApplications, {
        ...due,
        actor: 'card-application-sweep',
        article: '番号法 第18条',
        affair: 'card-application',
      }),
    ),
    every(GIVE_UP_EVERY_MS, 'giving-up-failed', () =>
      giveUpRenewals(jpki, { ...due, actor: 'renewal-sweep', affair: 'certificate-renewal' }),
    ),
    every(NODE_LISTS_EVERY_MS, 'node-lists-failed', () => publishLists(country.keyServer)),
    every(RENEWAL_EVERY_MS, 'key-renewal-failed', () => renewKeys(country.keyServer, log)),
    every(EXPIRE_EVERY_MS, 'expiring-failed', () => expireRequests(certificates)),
    every(DEADLINES_EVERY_MS, 'deadlines-failed', () => passDisclosureDeadlines(country.systems.disclosures)),
    every(DESTROY_EVERY_MS, 'destroying-failed', () => destroyWhatIsOver(country)),
    every(NOTICES_EVERY_MS, 'notices-failed', () => deliverProcedureNotices(country)),
    every(REVIEW_EVERY_MS, 'reviewing-failed', () => reviewWaiting(numbering)),
    every(RETRY_EVERY_MS, 'retrying-failed', async () => {
      retried = (await country.receivers.retryWaiting(WAITING_TICKET_CODES, retried)).last;
    }),
    every(MOVES_EVERY_MS, 'moves-failed', async () => {
      for (const municipality of country.municipalities)
        await carryOutPlannedMoves(moves, municipality, 'background');
    }),
  ];
}
