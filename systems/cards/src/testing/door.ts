/** The door for whoever holds an application form, on a server of its own, with forms to show there. For tests of it and of its pages. */
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { createHttpServer, createLog, RateLimit } from '@ishizue/http';
import { mustSucceed, ok } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { printFilesInMemory } from '@ishizue/pdf/testing';
import { PhotoDesk } from '@ishizue/photo';
import { samplePicture, withExif } from '@ishizue/photo/testing';
import { type ActingBy, type CaseDesk, procedureStylesheet } from '@ishizue/procedure';
import { findAddressees, NATIONAL_SITE } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { openApplicationDesk } from '../application/application-desk.ts';
import { DOOR_PATH } from '../application-forms/door/door-pages.ts';
import { doorRoutes, doorStatuses } from '../application-forms/door/door-routes.ts';
import { makeFormAtCounter } from '../application-forms/make-form.ts';
import { CARD_CLERK } from '../card-clerk.ts';
import type { CardsContext } from '../cards-context.ts';
import type { LetterDesk } from '../letters/letter-desk.ts';

export const DOOR_ADDRESS = `https://ishizue.example${DOOR_PATH}`;
const typeface = mustSucceed(await openTypeface([]), 'the bundled face');

const CLERK: ActingBy = {
  actor: { kind: 'operator', id: 'o-clerk', roles: [CARD_CLERK] },
  terminal: 't-1',
  correlation: 'c-1',
};

export interface DoorForTest {
  readonly origin: string;
  readonly applications: CaseDesk;
  /** Of letters, whose files are kept here. */
  readonly letters: LetterDesk;
  readonly files: ReadonlyMap<string, Buffer>;
  /** One that the rules take. */
  readonly photo: Buffer;
  /** The id of a form that is made at the counter. */
  giveForm(residentCode: string, requestId?: string): Promise<string>;
  /** The office finds the background of the photograph wanting. */
  sendBack(applicationId: string): Promise<void>;
}

export async function serveDoor(
  t: Pick<TestContext, 'after'>,
  cards: CardsContext,
  triesPerMinute = 1_000,
): Promise<DoorForTest> {
  const { clock, registry } = cards;
  const photos = new PhotoDesk();
  t.after(() => photos.close());
  const applications = await openApplicationDesk(cards, photos);
  const door = { cards, applications };
  const server = createHttpServer({
    name: 'test',
    version: '0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    authenticate: () => ok({ actor: { kind: 'anonymous' } }),
  });
  const limit = (perMinute: number) => new RateLimit({ clock, burst: perMinute, perMinute });
  const limits = { pages: limit(10_000), tries: limit(triesPerMinute) };
  const site = NATIONAL_SITE;
  server.mount({ prefix: '', site, routes: doorRoutes(door, limits), statuses: doorStatuses(door) });
  server.mount({ prefix: '', site, routes: [procedureStylesheet], statuses: {} });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const { files, written } = printFilesInMemory();
  const letters: LetterDesk = {
    cards,
    typeface,
    files,
    findAddressees: (access, codes) => findAddressees(registry, access, codes),
  };
  return {
    origin,
    applications,
    letters,
    files: written,
    photo: withExif(samplePicture('portrait'), { takenAt: '2026:11:01 10:00:00' }),
    sendBack: async (applicationId) => {
      const [row] = await cards.sql<{ caseId: number }[]>`
        SELECT case_id::int AS "caseId" FROM cards.application_wish WHERE application_id = ${applicationId}`;
      const moved = await applications.move(CLERK, {
        caseId: row?.caseId ?? 0,
        move: 'return',
        request: randomUUID(),
        own: { deficiencies: ['photo-background'] },
      });
      mustSucceed(moved, 'a return');
    },
    giveForm: async (residentCode, requestId = `form of ${residentCode}`) => {
      const wish = { requestId: requestId.replaceAll(' ', '-'), residentCode, municipality: KIYOSE };
      mustSucceed(await makeFormAtCounter(letters, DOOR_ADDRESS, testAccess, wish), 'a form');
      const [row] = await cards.sql<{ id: string }[]>`
        SELECT application_id AS id FROM cards.application_form WHERE request_id = ${wish.requestId}`;
      return row?.id ?? '';
    },
  };
}
