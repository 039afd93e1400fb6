/** A software card that was made, handed over and given its PINs, with the cards and the citizen PKI that made it. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { cardApplicationsSchema, freeAreaKeys } from '@ishizue/card-applications';
import {
  applyForCard,
  type CardRenewals,
  cardsSchema,
  cardsTopics,
  handOverInHouse,
  jpkiCertification,
  makeCard,
} from '@ishizue/cards';
import { testPress } from '@ishizue/cards/testing';
import { testJpki } from '@ishizue/jpki/testing';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { cardInReader } from '../card-in-reader.ts';
import { openSoftwareCard, softwareWorkshop } from '../software-workshop.ts';

const CARDS_LINK = 'national>national:cards';
export const PIN = '1234';
export const PASSWORD = 'KIYOSE2026';

/** A card in its holder’s hands, with both PINs set.
 * @param stayExpiresOn of the holder, where there is one */
export async function openDesk(t: TestContext, stayExpiresOn?: string) {
  const country = {
    schemas: [cardsSchema, cardApplicationsSchema],
    links: [CARDS_LINK],
    changeLinks: [CARDS_LINK],
  };
  const jpki = await testJpki(t, { country });
  const { country: there, context } = jpki;
  const cards = {
    sql: there.database.pool('cards'),
    clock: there.clock,
    pseudonyms: there.pseudonyms,
    registry: there.context,
    certification: jpkiCertification(context),
    press: await testPress(),
  };
  there.register('cards', cardsTopics(cards));
  const unblockKeyOf = (card: string): Promise<Uint8Array> =>
    Promise.resolve(createHash('sha256').update(`the issuer’s secret ${card}`).digest());
  const derive = (label: string): Promise<Uint8Array> =>
    Promise.resolve(createHash('sha256').update(`keys of applications ${label}`).digest());
  const freeAreaKeysOf = (card: string) => freeAreaKeys(derive, card);
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-renewal-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [residentCode = ''] = await jpki.enrol([{ resident_number: '1' }]);
  const wish = { requestId: 'r-1', residentCode, ...(stayExpiresOn !== undefined && { stayExpiresOn }) };
  const { applicationId } = mustSucceed(await applyForCard(cards, testAccess, wish), 'applying');
  const { cardId } = mustSucceed(
    await makeCard(
      cards,
      testAccess,
      applicationId,
      softwareWorkshop(folder, { unblockKeyOf, freeAreaKeysOf }),
    ),
    'making',
  );
  const held = await openSoftwareCard(folder, cardId);
  const inReader = cardInReader(held, { authentication: PIN, signature: PASSWORD });
  mustSucceed(await handOverInHouse(cards, testAccess, { cardId, inReader }), 'handing over');
  const renewals: CardRenewals = { cards, jpki: context };
  return { jpki, cards, renewals, cardId, held, residentCode, unblockKeyOf, derive };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;
