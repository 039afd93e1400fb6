import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { DOMICILE, houseWith, movesWithin, other, ticketsOf } from '../house-for-test.ts';
import { takePaperNotices } from './paper-notices.ts';

test('a foreigner never appears; a domicile without a link goes by paper; an unclear one waits under a ticket', async (t) => {
  const foreigner = other(2, { nationality: 'BRA', residence_status: '永住者', domicile: DOMICILE });
  const osaka = other(3, { domicile: '大阪府大阪市北区梅田一丁目1番' });
  const unclear = other(4, { domicile: '北海道泊村大字茅沼村711番地' });
  const former = other(5, { domicile: '東京都田無市本町一丁目1番' });
  const none = other(6, { domicile: '' });
  const unloaded = other(7, { domicile: DOMICILE });
  const residents = [foreigner, osaka, unclear, former, none, unloaded];
  const house = await houseWith(t, residents);
  for (const resident of residents) await house.record(KIYOSE, movesWithin(resident));
  assert.deepEqual(await ticketsOf(house), [
    'municipal/132217>municipal/132217:overseas domicile-ambiguous',
    'municipal/132217>municipal/132217:overseas domicile-missing',
    'municipal/132217>municipal/132217:overseas domicile-unresolved',
    'national>municipal/142042:overseas entry-unknown',
  ]);
  const papers = await house.sql`SELECT domicile_code, resident_code FROM overseas.municipal_paper_notice`;
  assert.deepEqual(
    papers.map((row) => ({ ...row })),
    [{ domicile_code: '271004', resident_code: osaka['resident_code'] }],
  );
  const [entries] = await house.sql`SELECT count(*) AS count FROM overseas.municipal_entry`;
  assert.equal(entries?.['count'], 1, 'only the loaded one');
  const taken = await takePaperNotices(house.context, KIYOSE, testAccess, 10);
  assert.deepEqual(
    taken.map(({ domicile, notice }) => [domicile, notice.kind, notice.residentCode]),
    [['271004', 'residence', osaka['resident_code']]],
  );
  assert.deepEqual(await takePaperNotices(house.context, KIYOSE, testAccess, 10), [], 'taken once');
  assert.deepEqual(await takePaperNotices(house.context, KAMAKURA, testAccess, 10), []);
  const [sent] = await house.sql`SELECT count(*) AS count FROM ledger.entry WHERE result = 'sent-by-paper'`;
  assert.equal(sent?.['count'], 1);
});
