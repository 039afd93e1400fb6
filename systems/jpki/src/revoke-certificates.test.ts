import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { HOLDER_REASONS, revokeCertificates, revokeForCard } from './revoke-certificates.ts';
import { testJpki } from './testing/index.ts';

test('a revocation is final: no second reason, no lifting of a hold, not even in the database', async (t) => {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  const { serial } = await jpki.issue({ residentCode });
  const revoke = (reason: Parameters<typeof revokeCertificates>[3]) =>
    revokeCertificates(jpki.context, testAccess, [{ kind: 'authentication', serial }], reason);
  assert.deepEqual(await revoke('certificateHold'), { ok: true, value: { revoked: 1, alreadyRevoked: 0 } });
  assert.deepEqual(await revoke('keyCompromise'), { ok: true, value: { revoked: 0, alreadyRevoked: 1 } });
  const lifted = await revoke('removeFromCRL');
  assert.equal(lifted.ok ? 'ok' : lifted.failure.code, 'reason-not-allowed');
  const { sql } = jpki.context;
  const [row] = await sql<{ reason: string }[]>`SELECT reason FROM jpki.certificate`;
  assert.equal(row?.reason, 'certificateHold');
  await assert.rejects(
    sql`UPDATE jpki.certificate SET revoked_at = NULL, reason = NULL`,
    /a revocation is final/,
  );
  await assert.rejects(sql`DELETE FROM jpki.certificate`, /permission denied/);
  await assert.rejects(sql`UPDATE jpki.certificate SET serial = serial + 1`, /permission denied/);
});

test('of certificates of which one was never issued none is revoked', async (t) => {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  const { serial } = await jpki.issue({ residentCode });
  const other = serial === '7fffffff' ? '7ffffffe' : '7fffffff';
  const codeOf = async (serials: string[]) => {
    const names = serials.map((each) => ({ kind: 'authentication' as const, serial: each }));
    const result = await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise');
    return result.ok ? result.value : result.failure.code;
  };
  assert.equal(await codeOf([serial, other]), 'certificate-unknown');
  assert.equal(await codeOf(['12']), 'serial-malformed');
  assert.equal(await codeOf(Array.from({ length: 1_001 }, () => serial)), 'too-many-certificates');
  const [row] = await jpki.context.sql<{ reason: string | null }[]>`SELECT reason FROM jpki.certificate`;
  assert.equal(row?.reason, null);
  assert.deepEqual(await codeOf([serial, serial]), { revoked: 1, alreadyRevoked: 0 });
});

test('all that a card has is revoked, again without effect, and nothing of another card', async (t) => {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  await jpki.issue({ residentCode, cardId: 'card-a' });
  await jpki.issue({ residentCode, cardId: 'card-a', kind: 'signature' });
  await jpki.issue({ residentCode, cardId: 'card-b' });
  const revoke = async () => {
    const result = await revokeForCard(jpki.context, testAccess, 'card-a', 'cessationOfOperation');
    return result.ok && result.value.revoked;
  };
  assert.equal(await revoke(), 2);
  assert.equal(await revoke(), 0);
  const rows = await jpki.context.sql<{ card: string; reason: string | null }[]>`
    SELECT DISTINCT card_id AS card, reason FROM jpki.certificate ORDER BY card_id`;
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [
      { card: 'card-a', reason: 'cessationOfOperation' },
      { card: 'card-b', reason: null },
    ],
  );
});

test('whatever is issued, renewed and revoked in whatever order, a card has at most one live certificate of a kind, and no revocation changes', async (t) => {
  const jpki = await testJpki(t);
  const [residentCode] = await jpki.enrol([{}]);
  assert.ok(residentCode);
  const { sql } = jpki.context;
  const state = async () => {
    const rows = await sql<{ serial: number; card: string; kind: string; reason: string | null }[]>`
      SELECT serial, card_id AS card, kind, reason FROM jpki.certificate ORDER BY serial, kind`;
    return rows;
  };
  const acts = fc.array(
    fc.record({
      act: fc.constantFrom('issue', 'revoke-card'),
      card: fc.constantFrom('card-a', 'card-b'),
      kind: fc.constantFrom('authentication', 'signature'),
      reason: fc.constantFrom(...HOLDER_REASONS),
    }),
    { minLength: 3, maxLength: 8 },
  );
  let before = await state();
  await fc.assert(
    fc.asyncProperty(acts, async (sequence) => {
      for (const { act, card, kind, reason } of sequence) {
        if (act === 'issue') await jpki.issue({ residentCode, cardId: card, kind });
        else await revokeForCard(jpki.context, testAccess, card, reason);
        const now = await state();
        const live = now.filter((row) => row.reason === null).map((row) => `${row.card} ${row.kind}`);
        assert.equal(new Set(live).size, live.length);
        for (const old of before.filter((row) => row.reason !== null))
          assert.ok(
            now.some(
              (row) => row.serial === old.serial && row.kind === old.kind && row.reason === old.reason,
            ),
          );
        before = now;
      }
    }),
    { numRuns: 8 },
  );
});
