/** Both ends of every link agree, nothing waits, nothing is parked, no entry is held back, no conflict is open. */
import { linkStates, openTickets } from '@ishizue/link';
import { type EndOfYear, installationOf } from './end-of-year.ts';

export async function checkLinks(end: EndOfYear): Promise<readonly string[]> {
  const wrong: string[] = [];
  const sent = new Map<string, number>();
  const received = new Map<string, number>();
  for (const installation of end.installations) {
    const { superuser, sites, name } = installation;
    const counters = await superuser<{ link: string; last: number }[]>`
      SELECT l.name AS link, c.last_seq AS last FROM link.counter c JOIN link.link l ON l.id = c.link_id
      WHERE l.from_site = ANY(${[...sites]})`;
    for (const { link, last } of counters) sent.set(link, last);
    for (const state of await linkStates(superuser)) {
      const [, to = ''] = state.link.split('>');
      if (sites.includes(to.split(':')[0] ?? '')) received.set(state.link, state.receivedThrough);
      if (state.held > 0) wrong.push(`${state.link}: ${state.held} messages are held`);
    }
    for (const { link, topic, code, detail } of await openTickets(superuser, 100))
      wrong.push(`${link}: a ${topic} is parked: ${code}, ${detail}`);
    const [left] = await superuser<{ outbox: number; ahead: number }[]>`
      SELECT (SELECT count(*) FROM link.outbox) AS outbox, (SELECT count(*) FROM link.ahead) AS ahead`;
    if (left && left.outbox + left.ahead > 0)
      wrong.push(`${name}: ${left.outbox} messages unsent, ${left.ahead} ahead of a gap`);
    wrong.push(...(await heldBack(installation.name, superuser)));
  }
  for (const link of end.country.links)
    if (sent.get(link) !== received.get(link))
      wrong.push(`${link}: ${sent.get(link)} sent, ${received.get(link)} received`);
  return wrong;
}

async function heldBack(
  name: string,
  superuser: ReturnType<typeof installationOf>['superuser'],
): Promise<string[]> {
  const held = await superuser<{ line: string }[]>`
    SELECT concat_ws(' ', site, resident_code, municipality_code, sequence, code, body ->> 'reason', body ->> 'eventDate') AS line
    FROM registry.held_notice ORDER BY 1`;
  const open = await superuser<{ line: string }[]>`
    SELECT concat_ws(' ', municipality_code, at_site, resident_code, entering, sequence, holding, code) AS line
    FROM registry.municipal_conflict WHERE settled_at IS NULL ORDER BY 1`;
  return [
    ...held.map(({ line }) => `${name}: still held back: ${line}`),
    ...open.map(({ line }) => `${name}: conflict still open: ${line}`),
  ];
}
