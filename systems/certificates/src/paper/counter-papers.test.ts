import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { MoveOutInformation, Opened, TakenCopy } from '@ishizue/registry';
import { samplePerson } from '@ishizue/registry/testing';
import { newCertificateId } from '../certificate-id.ts';
import { layOutMoveOutCertificate, moveOutPaperOf } from './lay-out-move-out-certificate.ts';
import { needsPoppler, pdfTextPages, withoutFingerprint } from './pdftotext-for-tests.ts';
import { openPress } from './press.ts';
import { printCopy, printPaper } from './print-copy.ts';
import { copyOfWideArea } from './wide-area-copy.ts';

const press = mustSucceed(await openPress(), 'the press');
const AT = Date.parse('2026-11-20T01:00:00Z');
const issuer = { municipality: '鎌倉市', title: '鎌倉市長', mayor: '棟方　信', sealText: '鎌倉市長之印' };
const source = { issuedOn: '2026-11-20', issuer };

const PERSON: TakenCopy['content']['persons'][number] = {
  name: '石川　遥',
  nameKana: 'イシカワ　ハルカ',
  formerSurname: null,
  alias: null,
  birthDate: '1980-02-17',
  sex: 2,
  becameResidentOn: '2001-04-01',
  addressFixedOn: '2010-07-09',
  previousAddress: null,
  relationship: null,
  residentCode: null,
  foreign: null,
};
const WISH: TakenCopy['wish'] = {
  extent: 'person',
  withRelationship: false,
  withResidentCode: false,
  withNationality: false,
};

async function wideArea(person: Partial<typeof PERSON>, wish: Partial<typeof WISH> = {}): Promise<string> {
  const content = {
    address: '東京都清瀬市元町一丁目4番5号',
    head: null,
    persons: [{ ...PERSON, ...person }],
  };
  const copy = copyOfWideArea(
    { ...source, certificateId: newCertificateId(), residence: '東京都清瀬市' },
    { residence: '132217', wish: { ...WISH, ...wish }, content },
  );
  return pdfTextPages(mustSucceed(await printCopy(press, copy, AT), 'the paper').bytes).join('');
}

test('a wide-area copy says whose notice it was made from, and claims nothing that it cannot show', async (t) => {
  if (!needsPoppler(t)) return;
  const text = await wideArea({});
  for (const part of [
    '（広域交付）',
    '石川遥',
    '東京都清瀬市元町一丁目4番5号',
    'この写しは、東京都清瀬市長から通知された住民票の記載事項に基づき作成したものである。',
    '鎌倉市長',
    '棟方信',
  ])
    assert.ok(text.includes(part), part);
  assert.doesNotMatch(withoutFingerprint(text), /原本と相違ない|照会できます|\d{11}/);
  assert.equal(text.split('【省略】').length - 1, 6); // head, relationship, domicile, its head, number, code
  assert.ok(
    (await wideArea({ residentCode: '24727059606' }, { withResidentCode: true })).includes('24727059606'),
  );
});

test('a move-out certificate says all that the new municipality types in, and which issue it is', async (t) => {
  if (!needsPoppler(t)) return;
  const mover: Opened<MoveOutInformation> = {
    moveId: 'paper-plan-1',
    municipality: '142042',
    residentCode: '24727059606',
    individualNumber: '123456789018',
    details: {
      ...samplePerson,
      name: '石川　遥',
      nameKana: 'イシカワ　ハルカ',
      birthDate: '1980-02-00',
      domicile: '東京都清瀬市元町一丁目4番',
      familyRegisterHead: '石川　太郎',
    },
    relationship: '妻',
    head: '石川　一郎',
    address: '神奈川県鎌倉市御成町18番10号',
    residentSince: '2001-04-01',
    destination: '東京都清瀬市中里五丁目842番地',
    plannedOn: '2026-12-01',
    benefits: {
      nationalHealthInsurance: true,
      lateElderlyMedicalCare: false,
      longTermCare: false,
      pension: { category: 1, number: '1234567890' },
      childAllowance: true,
    },
    cardId: null,
  };
  const textOf = async (issue: number): Promise<string> => {
    const paper = moveOutPaperOf({ ...source, certificateId: newCertificateId(), issue }, [
      mover,
      { ...mover, details: { ...mover.details, name: '石川　葵' } },
    ]);
    const printed = await printPaper(press, paper, (substitutes) =>
      layOutMoveOutCertificate(press, paper, substitutes, AT),
    );
    return pdfTextPages(mustSucceed(printed, 'the paper').bytes).join('');
  };
  const text = await textOf(1);
  for (const part of [
    '転出証明書',
    'paper-plan-1',
    '24727059606',
    '123456789018',
    '昭和55年2月',
    '石川一郎',
    '東京都清瀬市中里五丁目842番地',
    '令和8年12月1日',
    '第1号1234567890',
    '石川太郎',
    '上記の者が転出の届出をしたことを証明する。',
  ])
    assert.ok(text.includes(part), part);
  assert.ok(!text.includes('再交付'));
  assert.ok((await textOf(2)).includes('再交付'));
});
