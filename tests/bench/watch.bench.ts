/**
 * `watch`: one round of the network watch over the whole country: 1,800 municipalities, their links (three each, and those
 * of a small country besides), a million messages waiting, comparisons of all, then the same with an alarm on a third of
 * the links, raised and standing. The limit is a count of the outbox by link, which any answer from the messages
 * themselves would cost at least: the watch reads the links' own rows and one message each.
 */
import { systemClock } from '@ishizue/clock';
import { countAlarms } from '@ishizue/registry';
import { watchNetwork } from '@ishizue/server';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { median } from './measure.ts';
import { peakMiB } from './peak-memory.ts';

const MUNICIPALITIES = 1_800;
const LINKS_EACH = 3;
const MESSAGES = 1_000_000;
const ROUNDS = 9;
/** The watch goes round every 15 s; more than a fifteenth of that is too much. */
const ROUND_MS_MAX = 1_000;

export const benchmark: Benchmark = (place) =>
  withCountry(place, ['132217'], (bench) => measure(place, bench));

async function measure(place: Workplace, bench: BenchCountry): Promise<readonly Figure[]> {
  place.say(`${MUNICIPALITIES * LINKS_EACH} links, ${MESSAGES} messages`);
  await plantCountry(bench);
  const figures = [await measureRounds(place, bench, 'watch', 'nothing is alarming')];
  place.say('the messages of a third of the links become a day old');
  await bench.superuser`
    UPDATE link.outbox SET created_at = now() - interval '1 day'
    WHERE link_id % 3 = 0 AND seq = 1 AND link_id IN (SELECT id FROM link.link WHERE from_site LIKE 'municipal/9%')`;
  await bench.superuser.unsafe('VACUUM ANALYZE link.outbox');
  const raised_ms = await milliseconds(() => watchNetwork(bench.country));
  const standing = (await countAlarms(bench.country.systems.registry)).reduce(
    (sum, one) => sum + one.standing,
    0,
  );
  if (standing < (MUNICIPALITIES * LINKS_EACH) / 3) throw new Error(`only ${standing} alarms stand`);
  const note = `${standing} alarms stand; raising them took ${raised_ms.toFixed(0)} ms`;
  return [...figures, await measureRounds(place, bench, 'watch-alarmed', note)];
}

async function measureRounds(
  place: Workplace,
  bench: BenchCountry,
  name: string,
  note: string,
): Promise<Figure> {
  place.say(`${ROUNDS} rounds of ${name}`);
  const rounds: number[] = [];
  const counts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    counts.push(await milliseconds(() => countMessages(bench)));
    rounds.push(
      await milliseconds(async () => {
        const { links } = await watchNetwork(bench.country);
        const waiting = links.reduce((sum, link) => sum + link.unacknowledged, 0);
        if (waiting < MESSAGES) throw new Error(`of ${MESSAGES} messages ${waiting} were seen`);
      }),
    );
  }
  const round_ms = median(rounds);
  return {
    bench: name,
    value: 1_000 / round_ms,
    unit: 'rounds/s',
    limit: 1_000 / median(counts),
    limitName: 'a count of the outbox by link, the same PostgreSQL',
    peakMiB: peakMiB(),
    note: `a round ${round_ms.toFixed(0)} ms (${Math.min(...rounds).toFixed(0)}–${Math.max(...rounds).toFixed(0)}), of 15 s; ${note}`,
    postgresql: bench.postgresql,
    ...(round_ms > ROUND_MS_MAX && { broken: `a round takes more than ${ROUND_MS_MAX} ms` }),
  };
}

async function countMessages({ superuser }: BenchCountry): Promise<void> {
  const rows = await superuser<{ messages: number }[]>`
    SELECT link_id, count(*) AS messages, min(created_at) FROM link.outbox GROUP BY link_id`;
  if (rows.reduce((sum, { messages }) => sum + messages, 0) < MESSAGES) throw new Error('messages are gone');
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = systemClock.now();
  await work();
  return systemClock.now() - started;
}

/** Links from sites of which no dispatcher runs here, so that what waits on them stays; and comparisons of a year. */
async function plantCountry({ superuser }: BenchCountry): Promise<void> {
  await superuser.unsafe(`
    INSERT INTO link.site (site, name, public_key)
    SELECT 'municipal/9' || lpad(i::text, 5, '0'), 'invented', sha256(i::text::bytea)
    FROM generate_series(1, ${MUNICIPALITIES}) AS i;
    INSERT INTO link.link (from_site, to_site, system)
    SELECT s.site, 'national', 'system_' || n
    FROM link.site s, unnest(ARRAY['a', 'b', 'c']) AS n WHERE s.site LIKE 'municipal/9%';
    INSERT INTO link.counter (link_id, last_seq)
    SELECT id, ${Math.ceil(MESSAGES / (MUNICIPALITIES * LINKS_EACH))} FROM link.link WHERE from_site LIKE 'municipal/9%';
    INSERT INTO link.outbound (link_id, last_ack_at) SELECT id, now() FROM link.link WHERE from_site LIKE 'municipal/9%';
    INSERT INTO link.inbound (link_id) SELECT id FROM link.link WHERE from_site LIKE 'municipal/9%';
    INSERT INTO link.outbox (link_id, seq, subject, topic, body)
    SELECT c.link_id, s, md5(c.link_id || ' ' || s), 'identity-changed', repeat('x', 500)
    FROM link.counter c JOIN link.link l ON l.id = c.link_id, generate_series(1, c.last_seq) AS s
    WHERE l.from_site LIKE 'municipal/9%';
    INSERT INTO registry.national_comparison_plan (site, municipality_code, planned_since)
    SELECT site, right(site, 6), now() - interval '1 year' FROM link.site WHERE site LIKE 'municipal/9%'
    UNION ALL SELECT 'prefectural/99', right(site, 6), now() - interval '1 year'
    FROM link.site WHERE site LIKE 'municipal/9%';
    INSERT INTO registry.reconcile_run (site, run_id, municipality_code, upper_site, phase, stored_length, round,
      persons, started_at, finished_at)
    SELECT site, site || municipality_code || week, municipality_code, 'national', 'done', 3, 5, 70000,
      now() - week * interval '7 days', now() - week * interval '7 days' + interval '5 minutes'
    FROM registry.national_comparison_plan, generate_series(0, 51) AS week WHERE municipality_code LIKE '9%';`);
  for (const table of ['link.outbox', 'link.counter', 'link.outbound', 'link.link', 'registry.reconcile_run'])
    await superuser.unsafe(`VACUUM ANALYZE ${table}`);
}
