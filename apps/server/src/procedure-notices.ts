/**
 * Notices of every procedure that is mounted reach whom they are for (docs/flows/procedure-notices.md): on the pages of their cases, by the
 * post of card applications, or through the office. Bounded: so many rounds a run.
 */
import { postOfApplications, spoolMails } from '@ishizue/cards';
import type { CaseDesk, NoticePost } from '@ishizue/procedure';
import type { Country } from './country.ts';

const ROUNDS_MAX = 20;

export async function deliverProcedureNotices({ systems }: Pick<Country, 'systems'>): Promise<void> {
  await deliverAll(systems.applicationDesk, postOfApplications(systems.cards));
  await deliverAll(await systems.jpki.registration());
  for (const { cases } of systems.disclosures.values()) await deliverAll(cases);
  await repeated(() => spoolMails(systems.noticeMails));
}

const deliverAll = (desk: CaseDesk, post?: NoticePost): Promise<void> =>
  repeated(() => desk.deliverNotices(post));

/** Until nothing waits, or it is somebody else's turn. */
async function repeated(work: () => Promise<number>): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) if ((await work()) === 0) return;
}
