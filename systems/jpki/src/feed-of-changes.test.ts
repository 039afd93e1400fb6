/** The feed of changes to the certification authorities (異動等情報の提供): each change to both, once, whatever is sent twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { type CounterEvent, recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { testJpki } from './testing/index.ts';

const LINK = 'national>national:jpki';

test('both certification authorities hear of every change of a holder exactly once, though all is sent a second time', async (t) => {
  const jpki = await testJpki(t);
  const { country } = jpki;
  const sql = country.database.superuser();
  t.after(() => sql.end());
  // keeps what is sent, so that it can be sent again as by a sender that never saw an acknowledgement
  await sql.unsafe(`
    CREATE TABLE link.sent (LIKE link.outbox);
    CREATE FUNCTION link.keep() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO link.sent SELECT NEW.*; RETURN NULL; END';
    ALTER FUNCTION link.keep() SECURITY DEFINER;
    CREATE TRIGGER keep AFTER INSERT ON link.outbox FOR EACH ROW EXECUTE FUNCTION link.keep()`);
  const [residentCode = '', another = ''] = await jpki.enrol([
    { resident_number: '1' },
    { resident_number: '2', household_number: '2' },
  ]);
  for (const kind of ['authentication', 'signature'] as const) await jpki.issue({ residentCode, kind });
  let events = 0;
  const happens = async (event: CounterEvent): Promise<void> => {
    const done = await recordEvent(country.context, KIYOSE, testAccess, `feed-${++events}`, event);
    mustSucceed(done, event.reason);
  };
  const eventDate = '2026-11-20';
  for (const lot of ['4番6号', '4番7号', '4番8号']) {
    await happens({ reason: 'minor-correction', residentCode, eventDate, lot });
    await happens({ reason: 'minor-correction', residentCode: another, eventDate, lot });
  }
  await happens({ reason: 'death', residentCode, eventDate });
  await country.settle();

  const heard = async (): Promise<readonly string[]> => {
    const rows = await sql<{ heard: string }[]>`
      SELECT concat_ws(' ', fields[1], fields[2], result, correlation) AS heard FROM ledger.entry
      WHERE affair = 'certificate-revocation' ORDER BY 1`;
    return rows.map((row) => row.heard);
  };
  const certificates = () => sql`SELECT * FROM jpki.certificate ORDER BY kind, serial`;
  const changes = await sql<{ seq: number; reason: string }[]>`
    SELECT s.seq, c.reason FROM registry.national_change c
    JOIN link.sent s ON s.subject = c.resident_code AND (s.body::jsonb ->> 'sequence')::int = c.sequence
    JOIN link.link l ON l.id = s.link_id AND l.name = ${LINK}
    WHERE c.resident_code = ${residentCode} AND c.reason <> 'initial-load' ORDER BY s.seq`;
  assert.deepEqual(
    changes.map(({ reason }) => reason),
    ['minor-correction', 'minor-correction', 'minor-correction', 'death'],
    'the feed has each change of the national register once',
  );
  const expected = ['authentication-certificate', 'signature-certificate'].flatMap((field) =>
    changes.map(({ seq, reason }) => {
      const result = reason === 'death' ? 'revoked' : 'not-revoked';
      return `${field} ${reason} ${result} ${LINK}/${seq}`;
    }),
  );
  assert.deepEqual(await heard(), expected.toSorted());
  const before = await certificates();

  await sql.unsafe(`
    DROP TRIGGER keep ON link.outbox;
    INSERT INTO link.outbox SELECT s.* FROM link.sent s JOIN link.link l ON l.id = s.link_id WHERE l.name = '${LINK}';
    UPDATE link.outbound SET acked_through = 0 WHERE link_id = (SELECT id FROM link.link WHERE name = '${LINK}')`);
  country.wake();
  await country.settle();
  const [left] = await sql<{ count: number }[]>`SELECT count(*) AS count FROM link.outbox`;
  assert.equal(left?.count, 0, 'what was sent again is not acknowledged');
  assert.deepEqual(await heard(), expected.toSorted());
  assert.deepEqual(await certificates(), before);
});
