/** Holders with active cards in two municipalities, and what happens to them, for tests of the life of cards. */
import type { TestContext } from 'node:test';
import { dateInTokyo } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { applyForCard } from '../application/apply-for-card.ts';
import { lapseCards } from '../continuing-use/lapse-cards.ts';
import { makeCard } from '../making/make-card.ts';
import { type CardsCountry, cardsCountry, handOverCard } from '../testing/index.ts';
import type { Desk } from './counter-act.ts';
import type { CardLife } from './life-context.ts';

const DAY_MS = 86_400_000;
const NAMES = ['一子', '二子', '三子', '四子', '五子', '六子', '七子', '八子', '九子', '十子'];

const deskAt = (municipality: string): Desk => ({ access: testAccess, municipality });
export const kiyose = deskAt(KIYOSE);
export const kamakura = deskAt(KAMAKURA);

/** A result in one word. */
export const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

export interface Holder {
  readonly residentCode: string;
  readonly cardId: string;
  readonly name: string;
  /** Under which the first card was applied for. */
  readonly requestId: string;
}

export interface LifeCountry {
  readonly country: CardsCountry;
  readonly life: CardLife;
  readonly sql: Sql;
  readonly holders: readonly Holder[];
  /** The municipality of domicile of who is an overseas mover; a test fills it. */
  readonly domiciles: Map<string, string>;
  readonly today: () => string;
  readonly passDays: (days: number) => void;
  /** State and last reason of a card. */
  readonly standing: (holder: Pick<Holder, 'cardId'>) => Promise<string>;
  readonly lapse: () => Promise<number>;
  readonly leave: (holder: Holder, from: string, on?: string) => Promise<string>;
  readonly undo: (holder: Holder, at: string) => Promise<string>;
  readonly arrive: (holder: Holder, at: string, on?: string, noticedOn?: string) => Promise<string>;
  /** Another card for a person. */
  readonly issue: (residentCode: string, requestId: string) => Promise<string>;
}

export async function lifeCountry(t: TestContext, holders: number): Promise<LifeCountry> {
  const country = await cardsCountry(t, { municipalities: [KIYOSE, KAMAKURA] });
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const names = Array.from({ length: holders }, (_, index) => `清瀬　${NAMES[index] ?? `花${index}`}`);
  const codes = await country.settleIn(
    names.map((name, index) => ({ resident_number: String(index + 1), name })),
  );
  const issue = async (residentCode: string, requestId: string): Promise<string> => {
    const applied = await applyForCard(country.cards, testAccess, { requestId, residentCode });
    const { applicationId } = mustSucceed(applied, 'applying');
    const made = await makeCard(country.cards, testAccess, applicationId, country.workshop);
    const { cardId } = mustSucceed(made, 'making');
    mustSucceed(await handOverCard(country, cardId), 'handing over');
    return cardId;
  };
  const held: Holder[] = [];
  for (const [index, residentCode] of codes.entries()) {
    const requestId = `first-${index}`;
    const cardId = await issue(residentCode, requestId);
    held.push({ residentCode, requestId, name: names[index] ?? '', cardId });
  }
  const domiciles = new Map<string, string>();
  const life: CardLife = {
    cards: country.cards,
    findDomicile: (_access, residentCode) => Promise.resolve(domiciles.get(residentCode)),
    revokeSignature: (_access, cardId) => {
      for (const each of country.certification.issued.values())
        if (each.order.cardId === cardId && each.order.kind === 'signature')
          each.revoked ??= 'cessationOfOperation';
      return Promise.resolve(ok(undefined));
    },
    hasSignature: (cardId) =>
      Promise.resolve(country.certification.standingOf(cardId).includes('signature: live')),
  };
  const today = (): string => dateInTokyo(country.clock.now());
  return { country, life, sql, holders: held, domiciles, today, issue, ...actsOf(country, sql, today) };
}

function actsOf(country: CardsCountry, sql: Sql, today: () => string) {
  let events = 0;
  return {
    passDays: (days: number): void => country.clock.advance(days * DAY_MS),
    standing: async ({ cardId }: Pick<Holder, 'cardId'>): Promise<string> => {
      const [row] = await sql<{ standing: string }[]>`
        SELECT c.state || coalesce(' ' || h.reason, '') AS standing
        FROM cards.card c JOIN cards.card_change h USING (card_id, sequence) WHERE card_id = ${cardId}`;
      return row?.standing ?? 'none';
    },
    lapse: (): Promise<number> => lapseCards(country.cards, { ...testAccess, actorKind: 'system' }),
    leave: async ({ residentCode }: Holder, from: string, on = today()): Promise<string> => {
      const left = await recordEvent(country.context, from, testAccess, `event-${++events}`, {
        reason: 'move-out',
        residentCode,
        eventDate: on,
        destination: '神奈川県鎌倉市',
      });
      await country.settle();
      return codeOf(left);
    },
    undo: async ({ residentCode }: Holder, at: string): Promise<string> => {
      const [last] = await sql<{ sequence: number }[]>`
        SELECT sequence FROM registry.municipal_resident
        WHERE municipality_code = ${at} AND resident_code = ${residentCode}`;
      const undone = await recordEvent(country.context, at, testAccess, `event-${++events}`, {
        reason: 'undo',
        residentCode,
        eventDate: today(),
        undoes: last?.sequence ?? 0,
        basis: '誤記',
      });
      await country.settle();
      return codeOf(undone);
    },
    arrive: async (holder: Holder, at: string, on = today(), noticedOn?: string): Promise<string> => {
      const arrived = await recordEvent(country.context, at, testAccess, `event-${++events}`, {
        reason: 'move-in',
        residentCode: holder.residentCode,
        individualNumber: null,
        eventDate: on,
        ...(noticedOn !== undefined && { noticedOn }),
        details: { ...DETAILS, ...detailsOf(holder) },
        address: { wardCode: null, postalCode: '2480006', town: '小町一丁目', lot: '2番3号', building: null },
        previousAddress: '東京都清瀬市元町一丁目4番5号',
      });
      await country.settle();
      return codeOf(arrived);
    },
  };
}

/** The name, and what else a test says of somebody. */
const detailsOf = ({ residentCode: _code, cardId: _card, requestId: _request, ...details }: Holder) =>
  details;

/** As the rows of the test register have them. */
const DETAILS = {
  nameKana: 'キヨセ　ハナ',
  formerSurname: null,
  formerSurnameKana: null,
  alias: null,
  aliasKana: null,
  birthDate: '1980-02-17',
  sex: 2,
  nationality: 'JPN',
  residenceStatus: null,
  stayExpiresOn: null,
  domicile: '東京都清瀬市元町一丁目4番',
  familyRegisterHead: '石川　太郎',
} as const;
