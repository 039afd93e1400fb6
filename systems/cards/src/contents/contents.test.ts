/** What stands on a card, octet by octet where lengths are surveyed, and that an inspection finds whatever is otherwise. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { testPress } from '../testing/test-press.ts';
import { attributesOf, encodeAttributesText, readAttributesText } from './attributes-text.ts';
import { parseTlvs } from './ber-tlv.ts';
import { CONTENT_FILES } from './card-contents.ts';
import { readContentCertificate } from './content-certificate.ts';
import { contentForms } from './content-forms.ts';
import { encodeContents } from './encode-contents.ts';
import { encodeFaceBirthBody } from './face-birth.ts';
import { readFaceImages } from './face-images.ts';
import { findDifferences } from './find-differences.ts';
import { keyOfModulus } from './modulus-of.ts';
import { encodeNumberText, readNumberText } from './number-text.ts';
import type { PersonOnCard } from './person-on-card.ts';
import { encodeTextDigests, readTextSignature } from './text-signature.ts';

const press = await testPress();

const HANAKO: PersonOnCard = {
  cardId: 'TESTCARD00000001',
  residentCode: '24727059608',
  individualNumber: '123456789018',
  name: '試験　花子',
  formerSurname: '旧氏',
  alias: null,
  address: '東京都清瀬市中里五丁目８４２番地',
  birthDate: '1980-02-17',
  sex: 2,
  municipality: '132217',
  expiresOn: '2036-02-17',
  securityCode: '0042',
  photo: Buffer.from('0000000c6a5020200d0a870a00', 'hex'),
};

const file = (files: Readonly<Record<string, Uint8Array>>, name: keyof typeof CONTENT_FILES): Buffer =>
  Buffer.from(files[CONTENT_FILES[name]] ?? []);

test('the files have the forms and lengths of real cards', async () => {
  const { files, numberA, numberB } = await encodeContents(press, HANAKO);
  assert.deepEqual([numberA, numberB], ['123456789018', '80021720360042']);
  assert.equal(file(files, 'number').toString('hex'), 'ff100c313233343536373839303138ffff');
  assert.equal(file(files, 'textSignature').length, 336);
  assert.equal(file(files, 'textCertificate').length, 563);
  assert.equal(file(files, 'textSignature').toString('hex', 0, 8), 'ff3082014bdf3120');
  const attributes = file(files, 'attributes');
  const offsets = Array.from({ length: 4 }, (_, at) => attributes.readUInt16BE(6 + at * 2));
  assert.deepEqual(
    offsets.map((offset) => attributes.readUInt16BE(offset).toString(16)),
    ['df22', 'df23', 'df24', 'df25'],
  );
  assert.equal(attributes.toString('latin1', (offsets[2] ?? 0) + 3, (offsets[2] ?? 0) + 11), '19800217');
  assert.deepEqual(readAttributesText(attributes), attributesOf(HANAKO));
  const signed = readTextSignature(file(files, 'textSignature'));
  // over the value without DF21, whatever the encoder thinks
  const value = attributes.subarray(offsets[0]);
  assert.deepEqual(signed?.attributes, hash('sha256', value, 'buffer'));
  assert.deepEqual(signed?.number, hash('sha256', file(files, 'number'), 'buffer'));
  const face = readFaceImages(file(files, 'faceImages'));
  assert.equal(face?.name.toString('hex', 0, 4), '89504e47');
  assert.deepEqual([face?.birthDate, face?.expiresOn, face?.sex], ['19800217', '20360217', '2']);
  assert.ok(file(files, 'faceImages').length < 8_000, 'pictures of text are small');
  const template = parseTlvs(file(files, 'faceVersion'))?.[0];
  assert.deepEqual(
    parseTlvs(template?.value ?? Buffer.of(0))?.map(({ tag, value: said }) => [tag, said.toString('latin1')]),
    [
      [0xdf33, '01'],
      [0xdf34, '13221'],
    ],
  );
});

test('the same person and card give the same octets', async () => {
  assert.deepEqual(await encodeContents(press, HANAKO), await encodeContents(press, HANAKO));
});

test('an inspection finds nothing of a good card, and of another person’s names what differs', async () => {
  const ordered = await encodeContents(press, HANAKO);
  assert.deepEqual(findDifferences(press, HANAKO, ordered, ordered.files), []);
  const other: PersonOnCard = {
    ...HANAKO,
    name: '試験　次子',
    address: '東京都清瀬市中里五丁目８４３番地',
    birthDate: '1980-02-18',
    sex: 1,
    individualNumber: '983205673214',
    residentCode: '12345678901',
    municipality: '131016',
    expiresOn: '2036-02-18',
    securityCode: '0043',
    cardId: 'TESTCARD00000002',
    photo: undefined,
  };
  const theirs = await encodeContents(press, other);
  const found = findDifferences(press, HANAKO, ordered, theirs.files);
  for (const field of [
    'number as text',
    'name as text',
    'address as text',
    'birth date as text',
    'sex as text',
  ])
    assert.ok(found.includes(field), field);
  for (const field of ['name', 'address', 'photo', 'expiry', 'security code', 'birth date', 'sex', 'number'])
    assert.ok(found.includes(`${field} of the face`), field);
  for (const field of ['birth date of 0001', 'municipality', 'resident code', 'card id'])
    assert.ok(found.includes(field), field);
  // an order that was made for the wrong person is found too, though the card is as ordered
  assert.ok(findDifferences(press, HANAKO, theirs, theirs.files).includes('name as text'));
});

test('a changed octet anywhere in any file is found', async () => {
  const ordered = await encodeContents(press, HANAKO);
  const names = Object.keys(ordered.files);
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), (name, at, change) => {
      const octets = Buffer.from(ordered.files[name] ?? []);
      octets[at % octets.length] = (octets[at % octets.length] ?? 0) ^ change;
      const found = { ...ordered.files, [name]: octets };
      assert.ok(findDifferences(press, HANAKO, ordered, found).includes(`file ${name}`));
      // ... and by its own fields, where nobody knows what was ordered; free fields are under a signature
      const byFields = findDifferences(press, HANAKO, { ...ordered, files: {} }, found);
      assert.ok(byFields.length > 0, `${name} at ${at % octets.length}`);
    }),
    { numRuns: 40 },
  );
  const { [CONTENT_FILES.faceNumber]: _, ...rest } = ordered.files;
  assert.ok(findDifferences(press, HANAKO, ordered, rest).includes('number of the face'));
});

test('texts of every length are read as they were written', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      fc.string({ maxLength: 300 }),
      (name, address) => {
        const attributes = {
          ...attributesOf(HANAKO),
          name: name.toWellFormed(),
          address: address.toWellFormed(),
        };
        assert.deepEqual(readAttributesText(encodeAttributesText(attributes)), attributes);
      },
    ),
  );
  assert.equal(readNumberText(encodeNumberText('123456789018')), '123456789018');
  for (const wrong of ['ff100c31323334353637383930313800ff', 'ff100c313233343536373839303138ff'])
    assert.equal(readNumberText(Buffer.from(wrong, 'hex')), undefined);
  for (const long of ['ff108100', 'ff10820001aa', 'ff1005aa', 'ff10', 'ff1083000001aa'])
    assert.equal(parseTlvs(Buffer.from(long, 'hex')), undefined, long);
});

test('the keys sign the forms of a card’s files and nothing else', async () => {
  const contents = contentForms['card-contents'];
  const certificate = contentForms['card-certificate'];
  assert.ok(contents && certificate);
  const spki = (modulus: Buffer) => keyOfModulus(modulus).export({ format: 'der', type: 'spki' });
  const own = Buffer.from(spki(press.seal.modulus));
  const authority = Buffer.from(spki(press.seal.authority));
  const birth = encodeFaceBirthBody({ birthDate: '19800217', modulus: press.seal.modulus });
  assert.deepEqual(contents(birth, own), []);
  const digests = encodeTextDigests({ number: Buffer.alloc(32), attributes: Buffer.alloc(32) });
  assert.deepEqual(contents(digests, own), []);
  const refused = [
    Buffer.alloc(0),
    Buffer.from('what somebody else wants signed'),
    Buffer.concat([birth, birth]),
    birth.subarray(0, -1),
    digests.subarray(0, 35),
    encodeFaceBirthBody({ birthDate: '1980-2-7', modulus: press.seal.modulus }),
    encodeFaceBirthBody({ birthDate: '19800217', modulus: press.seal.authority }),
  ];
  for (const octets of refused) assert.equal(contents(octets, own).length, 1, octets.toString('hex', 0, 20));
  const { body } = readContentCertificate(press.seal.certificate) ?? {};
  assert.ok(body);
  assert.deepEqual(certificate(body, authority), []);
  assert.equal(certificate(body, own).length, 1, 'another issuer');
  assert.equal(certificate(body.subarray(1), authority).length, 1);
});
