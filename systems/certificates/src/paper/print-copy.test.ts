import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import { openTypeface, renderDocument } from '@ishizue/pdf';
import type { Resident } from '@ishizue/registry';
import { sealed } from '@ishizue/registry/testing';
import type { CertificateWish } from '../certificate-class.ts';
import { newCertificateId } from '../certificate-id.ts';
import { layOutCopy } from './lay-out-copy.ts';
import { needsPoppler, pdfTextPages, withoutFingerprint } from './pdftotext-for-tests.ts';
import { openPress, type Press } from './press.ts';
import { checkPaper, printCopy } from './print-copy.ts';
import { readBack } from './read-back.ts';
import { copyOfRecord, type RecordCopy } from './record-copy.ts';

const press = mustSucceed(await openPress(), 'the press');
/** The bundled face alone, as on a machine without IPAmj Mincho. */
const plainPress: Press = { ...press, typeface: mustSucceed(await openTypeface([]), 'the bundled face') };
const municipalities = new MunicipalityDirectory(bundledReference());
const AT = Date.parse('2026-11-20T01:00:00Z');

const RESIDENT: Resident = {
  municipality: '132217',
  residentNumber: '1',
  residentCode: '24727059606',
  individualNumber: sealed('123456789018'),
  status: 'resident',
  householdNumber: '1',
  relationship: '世帯主',
  name: '石川　遥',
  nameKana: 'イシカワ　ハルカ',
  formerSurname: null,
  formerSurnameKana: null,
  alias: null,
  aliasKana: null,
  birthDate: '1980-02-17',
  sex: 2,
  nationality: 'JPN',
  residenceStatus: null,
  stayExpiresOn: null,
  wardCode: null,
  postalCode: '2040021',
  town: '元町一丁目',
  lot: '4番5号',
  building: 'メゾン清瀬　1203号室',
  domicile: '東京都清瀬市元町一丁目4番',
  familyRegisterHead: '石川　太郎',
  becameResidentOn: '2001-04-01',
  addressFixedOn: '2010-07-09',
  previousAddress: '神奈川県鎌倉市御成町18番10号',
  endedOn: null,
  movedTo: null,
  sequence: 1,
};

function copyOf(members: readonly Resident[], wish: Partial<CertificateWish> = {}): RecordCopy {
  const [subject = RESIDENT] = members;
  return copyOfRecord(municipalities, {
    certificateId: newCertificateId(),
    issuedOn: '2026-11-20',
    issuer: { municipality: '清瀬市', title: '清瀬市長', mayor: '澁谷　桂司', sealText: '清瀬市長之印' },
    wish: {
      class: 'resident-record',
      extent: members.length > 1 ? 'household' : 'person',
      withRelationship: true,
      withDomicile: true,
      ...wish,
    },
    subject,
    members,
    head: subject,
  });
}

const textOf = async (copy: RecordCopy, on = press): Promise<string> =>
  pdfTextPages(mustSucceed(await printCopy(on, copy, AT), 'the paper').bytes).join('');

suite('the copy of the resident record', () => {
  test('says what the record says, in Japanese eras, and never a code or number', async (t) => {
    if (!needsPoppler(t)) return;
    const text = await textOf(copyOf([RESIDENT]));
    for (const part of [
      '住民票の写し',
      '東京都清瀬市元町一丁目4番5号',
      'メゾン清瀬1203号室',
      '石川遥',
      'イシカワハルカ',
      '昭和55年2月17日',
      '女',
      '世帯主',
      '平成13年4月1日',
      '平成22年7月9日',
      '神奈川県鎌倉市御成町18番10号',
      '東京都清瀬市元町一丁目4番',
      '石川太郎',
      'この写しは、住民票の原本と相違ないことを証明する。',
      '令和8年11月20日',
      '清瀬市長',
      '澁谷桂司',
      '以下余白',
    ])
      assert.ok(text.includes(part), part);
    assert.doesNotMatch(withoutFingerprint(text), /24727059606|123456789018|\d{11}/);
    assert.ok(!text.includes(sealed('123456789018')), 'nor the sealed one');
  });

  test('leaves out what was not asked for', async (t) => {
    if (!needsPoppler(t)) return;
    const son: Resident = { ...RESIDENT, name: '石川　光', relationship: '子' };
    const copy = copyOf([son], { withRelationship: false, withDomicile: false });
    assert.equal(copy.headOfHousehold, null);
    const text = await textOf(copy);
    for (const part of ['石川太郎', '東京都清瀬市元町一丁目4番【', '子'])
      assert.ok(!text.replaceAll('電子', '').includes(part), part);
    assert.equal(text.split('【省略】').length - 1, 6);
  });

  test('shows a foreign resident’s alias, nationality and status, and a birth date that is known in part', async (t) => {
    if (!needsPoppler(t)) return;
    const text = await textOf(
      copyOf([
        {
          ...RESIDENT,
          name: 'NGUYEN VAN AN',
          alias: '阮　安',
          nationality: 'VNM',
          residenceStatus: '技術・人文知識・国際業務',
          stayExpiresOn: '2028-03-31',
          birthDate: '1990-05-00',
        },
      ]),
    );
    for (const part of [
      'NGUYENVANAN',
      '阮安',
      'ベトナム',
      '技術・人文知識・国際業務',
      '令和10年3月31日',
      '平成2年5月日不詳',
    ])
      assert.ok(text.includes(part), part);
  });

  test('has its number once on every page, in a household of twelve too', async (t) => {
    if (!needsPoppler(t)) return;
    const copy = copyOf(
      Array.from({ length: 12 }, (_, index) => ({
        ...RESIDENT,
        name: `石川　${'甲乙丙丁戊己庚辛壬癸子丑'[index]}`,
      })),
    );
    const paper = mustSucceed(await printCopy(press, copy, AT), 'the paper');
    const pages = pdfTextPages(paper.bytes);
    assert.ok(paper.pages >= 5);
    assert.equal(pages.length, paper.pages);
    for (const [index, page] of pages.entries()) {
      assert.equal(page.split(copy.certificateId).length, 2);
      assert.ok(page.includes(`${index + 1}/${paper.pages}`));
    }
    assert.ok(pages.at(-1)?.includes('世帯全員の住民票の原本と相違ない'));
  });

  test('says so where a character is drawn as a substitute', async (t) => {
    if (!needsPoppler(t)) return;
    const copy = copyOf([{ ...RESIDENT, name: '渡邉\u{E0109}　葛\u{E0101}' }]);
    const text = await textOf(copy, plainPress);
    assert.ok(text.includes('渡邉葛'), text);
    assert.match(text, /※代替文字を含む/);
    assert.match(text, /「邉」は、機器に字形のない文字（.+?）に代えて印字した代替文字です。/);
    assert.doesNotMatch(await textOf(copyOf([RESIDENT]), plainPress), /代替文字/);
  });

  test('resolves glyphs that the register names', async (t) => {
    if (!needsPoppler(t)) return;
    assert.ok((await textOf(copyOf([{ ...RESIDENT, name: '{MJ028902}橋　遥' }]))).includes('髙橋遥'));
  });

  test('is refused where nothing can stand for a character', async () => {
    const printed = await printCopy(plainPress, copyOf([{ ...RESIDENT, name: '\u{2B820}　遥' }]), AT);
    const drawable = plainPress.typeface.find('\u{2B820}') !== undefined;
    assert.equal(drawable, false, 'the face has grown: choose another character');
    assert.equal(printed.ok ? 'made' : printed.failure.code, 'character-not-printable');
  });
});

suite('the check before a paper leaves', () => {
  test('reads the same text as Poppler', async (t) => {
    if (!needsPoppler(t)) return;
    const { bytes } = mustSucceed(
      await printCopy(press, copyOf([RESIDENT, RESIDENT, RESIDENT]), AT),
      'paper',
    );
    const sorted = (pages: readonly string[]) =>
      pages.map((page) => Array.from(page.replaceAll(/\s/g, '')).sort().join(''));
    assert.deepEqual(sorted(mustSucceed(readBack(bytes), 'own reading')), sorted(pdfTextPages(bytes)));
  });

  test('stops a paper that is another’s, in whole or by one character', async () => {
    const copy = copyOf([RESIDENT]);
    const spec = layOutCopy(press, copy, [], AT);
    const own = mustSucceed(await renderDocument(press.typeface, spec), 'own');
    assert.deepEqual(checkPaper(spec, own.bytes, own.pages), { ok: true, value: undefined });
    const planted: Readonly<Record<string, RecordCopy>> = {
      'another name': { ...copy, members: copy.members.map((member) => ({ ...member, name: '石川　陽' })) },
      'another number': { ...copy, certificateId: newCertificateId() },
      'one person more': { ...copy, members: [...copy.members, ...copy.members] },
      'another day': { ...copy, issuedOn: '令和8年11月21日' },
    };
    for (const [what, other] of Object.entries(planted)) {
      const paper = mustSucceed(await renderDocument(press.typeface, layOutCopy(press, other, [], AT)), what);
      const checked = checkPaper(spec, paper.bytes, paper.pages);
      assert.equal(checked.ok ? 'passed' : checked.failure.code, 'paper-differs', what);
    }
    for (const damaged of [Buffer.alloc(0), Buffer.from('%PDF-1.7'), own.bytes.subarray(0, 20_000)])
      assert.equal(checkPaper(spec, damaged, 1).ok, false);
  });
});
