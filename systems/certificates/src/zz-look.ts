import { writeFileSync } from 'node:fs';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { newCertificateId } from '/work/main/systems/certificates/src/certificate-id.ts';
import { openPress } from '/work/main/systems/certificates/src/paper/press.ts';
import { printCopy } from '/work/main/systems/certificates/src/paper/print-copy.ts';
import { copyOfRecord } from '/work/main/systems/certificates/src/paper/record-copy.ts';

const dir = new MunicipalityDirectory(bundledReference());
const press = await openPress();
if (!press.ok) throw new Error(press.failure.detail);
const base = {
  municipality: '132217',
  residentNumber: '1',
  residentCode: '12345678901',
  individualNumber: null,
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
  building: 'メゾン清瀬弐番館　1203号室',
  domicile: '東京都清瀬市元町一丁目4番',
  familyRegisterHead: '石川　太郎',
  becameResidentOn: '2001-04-01',
  addressFixedOn: '2001-04-01',
  previousAddress: '神奈川県鎌倉市御成町18番10号',
  endedOn: null,
  movedTo: null,
  sequence: 1,
} as const;
const people = [
  { ...base, name: '髙\u{E0101}橋　辻\u{E0101}子', formerSurname: '渡邉\u{E0109}' },
  {
    ...base,
    relationship: '夫',
    sex: 1,
    name: '石川　太郎',
    nameKana: 'イシカワ　タロウ',
    birthDate: '1979-00-00',
    nationality: 'VNM',
    alias: '石川　タロウ',
    residenceStatus: '技術・人文知識・国際業務',
    stayExpiresOn: '2028-03-31',
    previousAddress: null,
  },
  {
    ...base,
    relationship: '子',
    name: '石川　ひかり',
    nameKana: 'イシカワ　ヒカリ',
    birthDate: '2026-11-01',
    previousAddress: null,
  },
];
const issuer = { municipality: '清瀬市', title: '清瀬市長', mayor: '澁谷　桂司', sealText: '清瀬市長之印' };
for (const [name, extent, members, rel] of [
  ['person', 'person', [people[0]], false],
  ['household', 'household', people, true],
] as const) {
  const copy = copyOfRecord(dir, {
    certificateId: newCertificateId(),
    issuedOn: '2026-11-20',
    issuer,
    wish: { class: 'resident-record', extent, withRelationship: rel, withDomicile: rel },
    members: members as never,
    head: people[0] as never,
  });
  const t = performance.now();
  const printed = await printCopy(press.value, copy, Date.parse('2026-11-20T01:00:00Z'));
  console.log(
    name,
    printed.ok ? [printed.value.pages, printed.value.bytes.length, printed.value.sha256] : printed.failure,
    performance.now() - t,
  );
  if (printed.ok) writeFileSync(`/tmp/certscratch/${name}.pdf`, printed.value.bytes);
  if (name === 'person') {
    for (let i = 0; i < 20; i++) await printCopy(press.value, copy, 0);
    const t2 = performance.now();
    for (let i = 0; i < 50; i++) await printCopy(press.value, copy, 0);
    console.log((performance.now() - t2) / 50, 'ms each');
  }
}
