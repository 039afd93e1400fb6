import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { areaOfResidence } from './crl-area.ts';
import { drawHolderNumber, HOLDER_NUMBER } from './holder-number.ts';
import { authoritySerial, drawHolderSerial, holderSerialOf, responderSerial } from './serial-numbers.ts';

test('holders’ serial numbers take exactly four octets and never meet an authority’s or a responder’s', () => {
  for (let i = 0; i < 2_000; i++) {
    const serial = drawHolderSerial(randomBytes);
    const octets = Buffer.alloc(4);
    octets.writeInt32BE(serial);
    assert.equal(holderSerialOf(octets), serial);
  }
  const others = [authoritySerial(1), authoritySerial(127), responderSerial(127, 0xffff)];
  for (const octets of others) assert.equal(holderSerialOf(octets), undefined);
});

test('a number that would take three octets is drawn again', () => {
  const drawn = [Buffer.of(0x80, 0x7f, 0xff, 0xff), Buffer.of(0x80, 0x80, 0, 0)];
  assert.equal(
    drawHolderSerial(() => drawn.shift() ?? Buffer.alloc(0)),
    0x80_0000,
  );
});

test('a holder’s number is 14 digits and capitals, the municipality, and 003A', () => {
  const number = drawHolderNumber(randomBytes, '13221');
  assert.match(number, HOLDER_NUMBER);
  assert.equal(number.slice(14), '13221003A');
});

test('all 36 characters are equally likely', () => {
  // 252 of the 256 values of a byte are used, 7 for each character; the stream is fixed, so this cannot fail by chance
  let block = 0;
  const stream = (size: number): Buffer =>
    createHash('shake256', { outputLength: size }).update(`stream ${block++}`).digest();
  const counts = new Map<string, number>();
  for (let i = 0; i < 3_600; i++)
    for (const character of drawHolderNumber(stream, '13221').slice(0, 14))
      counts.set(character, (counts.get(character) ?? 0) + 1);
  assert.equal(counts.size, 36);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1_400) < 200, String(count));
});

test('the area is the municipality, and the ward in a designated city', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  const area = (municipality: string, address: string) =>
    areaOfResidence(directory, municipality, address, '2026-11-20');
  assert.deepEqual(area('132217', '東京都清瀬市元町一丁目4番5号'), {
    prefecture: 'Tokyo-to',
    area: 'Kiyose-shi',
    fiveDigits: '13221',
  });
  assert.deepEqual(area('141003', '神奈川県横浜市中区本町1番地'), {
    prefecture: 'Kanagawa-ken',
    area: 'Yokohama-shi-Naka-ku',
    fiveDigits: '14104',
  });
  assert.equal(area('141003', '神奈川県横浜市').area, 'Yokohama-shi', 'no ward: the whole city');
});
