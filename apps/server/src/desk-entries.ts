/** What an officer finds at the desk of a site: the screens of its procedures and its counters, each with the roles that it asks for. */
import type { DeskEntry } from '@ishizue/access';
import { CARD_CLERK, HAND_OVER_PATH, PARCELS_PATH, SET_UP_PATH } from '@ishizue/cards';
import {
  ANSWER_RATE_PATH,
  CALL_LEAD,
  CALL_OPERATOR,
  CALLS_PATH,
  TICKET_CLERK,
  TICKETS_PATH,
} from '@ishizue/help-desk';
import type { CaseDesk } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';

export async function deskEntries({ systems }: Country, site: string): Promise<readonly DeskEntry[]> {
  const disclosures = systems.disclosures.get(site);
  const ofDisclosures = disclosures ? [inboxOf(disclosures.cases, `/${site}/pages/disclosures`)] : [];
  if (site !== NATIONAL_SITE) return ofDisclosures;
  return [
    inboxOf(systems.applicationDesk, `/${site}/pages/card-applications`),
    ...COUNTERS,
    inboxOf(await systems.jpki.registration(), `/${site}/pages/verifier-registration`),
    ...ofDisclosures,
  ];
}

const inboxOf = ({ definition: { title, roles } }: CaseDesk, path: `/${string}`): DeskEntry => ({
  href: `${path}/inbox`,
  title,
  note: { ja: '一覧・審査・決定', en: 'Inbox, review, decision' },
  roles: Object.keys(roles),
});

const COUNTERS: readonly DeskEntry[] = [
  {
    href: PARCELS_PATH,
    title: { ja: '届いたカード', en: 'Cards that arrived' },
    note: { ja: '荷物のカードを読み取り、締める', en: 'Scan what a parcel brought, and close it' },
    roles: [CARD_CLERK],
  },
  {
    href: SET_UP_PATH,
    title: { ja: '交付前設定', en: 'Set-up before the hand-over' },
    note: { ja: 'カードと本人の今の情報を照合する', en: 'The card is compared with its person once more' },
    roles: [CARD_CLERK],
  },
  {
    href: HAND_OVER_PATH,
    title: { ja: 'カードの交付', en: 'Hand a card over' },
    note: { ja: '窓口で本人を確認し、カードを渡す', en: 'At the counter, to whom it belongs' },
    roles: [CARD_CLERK],
  },
  {
    href: CALLS_PATH,
    title: { ja: '電話を受ける', en: 'Take a call' },
    note: { ja: '本人確認、一時停止、よくある質問', en: 'Identity questions, stopping a card, FAQ' },
    roles: [CALL_OPERATOR],
  },
  {
    href: TICKETS_PATH,
    title: { ja: '問合せ票', en: 'Tickets' },
    note: { ja: '後で答える問合せ', en: 'Questions that are answered later' },
    roles: [TICKET_CLERK],
  },
  {
    href: ANSWER_RATE_PATH,
    title: { ja: '応答率', en: 'Answer rate' },
    note: { ja: 'コールセンターの年度の数字', en: 'The call centre’s year in figures' },
    roles: [CALL_LEAD],
  },
];
