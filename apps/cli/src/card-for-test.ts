/** A card for tests that run against a server: of one of the people whom they have loaded. */
import path from 'node:path';
import { handOverAtCounter, openSoftwareCard } from '@ishizue/card';
import type { Sql } from '@ishizue/db';

/** The authentication PIN that the holder sets. */
export const PIN = '1234';

/** The card of a grown-up, made and handed over: not everybody’s name can be written in a certificate. */
export async function cardOfSomebody(
  sql: Sql,
  ask: (to: string, body: object) => Promise<Record<string, string>>,
  data: string,
): Promise<{ readonly residentCode: string; readonly applicationId: string; readonly cardId: string }> {
  const persons = await sql<{ residentCode: string }[]>`
    SELECT resident_code AS "residentCode" FROM registry.national_person
    WHERE status = 'resident' AND birth_date < '1990' AND birth_date !~ '-00' ORDER BY resident_code LIMIT 8`;
  for (const { residentCode } of persons) {
    const wish = { requestId: `r-${residentCode}`, residentCode };
    const { applicationId = '' } = await ask('/national/cards/applications', wish);
    const { cardId } = await ask(`/national/cards/applications/${applicationId}/make`, {});
    if (cardId === undefined) continue;
    const card = await openSoftwareCard(path.join(data, 'cards'), cardId);
    const pins = { authentication: PIN };
    const counter = { cardId, applicationId, municipality: '132217', terminal: 't-1', card, pins };
    await handOverAtCounter((to, body) => ask(`/national${to}`, body), counter);
    return { residentCode, applicationId, cardId };
  }
  throw new Error('no card could be made');
}
