import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { drawPortrait, PhotoDesk, type PictureMeasures } from './index.ts';
import { decodePicture } from './picture/decode-picture.ts';
import { readExif } from './picture/exif.ts';
import { readPictureHeader } from './picture/picture-header.ts';
import {
  chipPixelsOf,
  emptyPicture,
  flawedPortraits,
  likenessInDecibels,
  pngOf,
  type SamplePicture,
  samplePicture,
  withExif,
} from './testing/index.ts';

const desk = new PhotoDesk();
const drawn = { 0: drawPortrait(0), 2: drawPortrait(2) } as const;
after(() => desk.close());

async function measuresOf(bytes: Uint8Array): Promise<PictureMeasures> {
  const looked = await desk.look(bytes);
  assert.ok(looked.ok, JSON.stringify(looked));
  return looked.value.measures;
}

const bitsApart = (one: string, other: string): number =>
  (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(2).replaceAll('0', '').length;

test('a portrait is one upright face, turned to us, before a plain background', async () => {
  const { faces, head, background, light, sharpness, ...rest } = await measuresOf(samplePicture('portrait'));
  assert.equal(faces.length, 1);
  assert.ok(head && head.height > 0.6 && head.height < 0.8 && head.above > 0.05);
  assert.ok(
    Math.abs(head.aside) < 0.05 && Math.abs(head.tilt_degrees) < 5 && head.turned < 0.15,
    JSON.stringify(head),
  );
  assert.deepEqual(background, { strange: 0, edges: 0 });
  assert.ok(light.mean > 100 && light.mean < 200 && sharpness > 100);
  assert.deepEqual([rest.width, rest.height, rest.kind, rest.takenOn], [560, 720, 'jpeg', null]);
});

test('each flaw moves its own measure', async () => {
  const good = await measuresOf(samplePicture('portrait'));
  const flawed = Object.fromEntries(
    await Promise.all(
      Object.entries(flawedPortraits).map(async ([name, draw]) => [name, await measuresOf(draw())] as const),
    ),
  ) as Record<keyof typeof flawedPortraits, PictureMeasures>;
  assert.equal(flawed.twice.faces.filter((score) => score >= 0.5).length, 2);
  assert.ok(Math.abs(flawed.tilted.head?.tilt_degrees ?? 0) > 10);
  assert.ok((flawed.small.head?.height ?? 1) < 0.4);
  assert.ok(flawed.darkened.light.mean < 60 && flawed.brightened.light.bright > 0.4);
  assert.ok(flawed.withThings.background.strange > 0.15 && flawed.withThings.background.edges > 0.005);
  assert.ok(flawed.blurred.sharpness < good.sharpness / 4, `${flawed.blurred.sharpness} < ${good.sharpness}`);
  assert.ok(
    bitsApart(flawed.darkened.likeness, good.likeness) > 0,
    'a likeness is of what is bright beside what',
  );
});

test('the painting is a face turned aside; an animal, a rocket and nothing are no faces', async () => {
  const painting = await measuresOf(samplePicture('painting'));
  assert.ok((painting.faces[0] ?? 0) > 0.5 && (painting.head?.turned ?? 0) > 0.3);
  for (const name of ['cat', 'rocket'] satisfies SamplePicture[])
    assert.ok(((await measuresOf(samplePicture(name))).faces[0] ?? 0) < 0.5, name);
  assert.deepEqual((await measuresOf(emptyPicture(200, 257))).faces, []);
});

test('what is kept is upright, has no metadata, looks the same, and is kept again as it is read', async () => {
  const turned = withExif(samplePicture('portrait'), { takenAt: '2026:10:01 09:00:00', orientation: 6 });
  const behind = Buffer.concat([turned, Buffer.from('PK\u0003\u0004 something behind it')]);
  const looked = await desk.look(behind);
  assert.ok(looked.ok);
  const { measures, kept } = looked.value;
  assert.deepEqual([measures.width, measures.height, measures.takenOn], [720, 560, '2026-10-01']);
  const text = Buffer.from(kept).toString('latin1');
  assert.ok(!text.includes('Exif') && !text.includes('GPS') && !text.includes('PK\u0003'));
  const plain = await desk.look(samplePicture('portrait'));
  assert.ok(plain.ok);
  const again = await measuresOf(plain.value.kept);
  assert.ok(bitsApart(again.likeness, plain.value.measures.likeness) <= 4);
  assert.ok(bitsApart(again.likeness, (await measuresOf(samplePicture('painting'))).likeness) > 12);
});

test('an EXIF that is broken is as if there were none', () => {
  const exif = (bytes: Buffer): Buffer => bytes.subarray(12); // after the marker, its length and the mark
  const whole = exif(withExif(samplePicture('cat'), { takenAt: '2026:02:28 23:59:59', orientation: 8 }));
  assert.deepEqual(readExif(whole), { takenOn: '2026-02-28', orientation: 8 });
  for (let length = 0; length < 40; length++) readExif(whole.subarray(0, length));
  fc.assert(
    fc.property(fc.nat(60), fc.nat(255), (at, value) => {
      const broken = Buffer.from(whole.subarray(0, 100));
      broken[at] = value;
      const { orientation } = readExif(broken);
      assert.ok(orientation >= 1 && orientation <= 8);
    }),
  );
});

test('what would be large, slow or of another kind is refused before it is unpacked', async () => {
  const huge = samplePicture('rocket');
  const frame = huge.indexOf(Buffer.from('ffc0', 'hex'));
  huge.writeUInt32BE(0xffffffff, frame + 5);
  const cmyk = samplePicture('rocket');
  cmyk[frame + 9] = 4;
  const scan = samplePicture('rocket');
  const scans = Buffer.concat([
    scan.subarray(0, -2),
    ...Array<Buffer>(40).fill(Buffer.from('ffda0000', 'hex')),
    scan.subarray(-2),
  ]);
  const cases: Readonly<Record<string, readonly [Buffer, string]>> = {
    'a JPEG of 65,535 × 65,535': [huge, 'picture-too-large'],
    'a PNG of 60,000 × 60,000': [
      pngOf({ width: 60_000, height: 60_000, lines: Buffer.alloc(8) }),
      'picture-too-large',
    ],
    'a PNG that unpacks to more than it says': [
      pngOf({ width: 8, height: 8, lines: Buffer.alloc(50_000_000) }),
      'picture-unreadable',
    ],
    'a PNG that unpacks to less': [
      pngOf({ width: 8, height: 8, lines: Buffer.alloc(10) }),
      'picture-unreadable',
    ],
    'an interlaced PNG': [pngOf({ width: 8, height: 8, interlace: 1 }), 'picture-kind-refused'],
    'a CMYK JPEG': [cmyk, 'picture-kind-refused'],
    'a JPEG of 41 scans': [scans, 'picture-too-large'],
    'half a JPEG': [samplePicture('cat').subarray(0, 300), 'picture-unreadable'],
    'a GIF': [Buffer.from('GIF89a'), 'picture-kind-refused'],
    nothing: [Buffer.alloc(0), 'picture-kind-refused'],
    'seven megabytes': [Buffer.alloc(7_340_033), 'picture-too-large'],
  };
  for (const [name, [bytes, code]] of Object.entries(cases)) {
    const looked = await desk.look(bytes);
    assert.equal(looked.ok ? 'taken' : looked.failure.code, code, name);
  }
  assert.equal((await measuresOf(pngOf({ width: 8, height: 8 }))).kind, 'png');
});

test('a PNG and a JPEG of the same pixels are the same picture', () => {
  const lines = Buffer.concat(
    Array.from({ length: 4 }, (_, y) => Buffer.from([y % 5, 10, 20, 30, 40, 50, 60])),
  );
  const bytes = pngOf({ width: 2, height: 4, lines });
  const header = readPictureHeader(bytes);
  assert.ok(header.ok);
  const decoded = decodePicture(bytes, header.value);
  assert.ok(decoded.ok);
  // lines filtered by none, left, above and mean
  assert.deepEqual([...decoded.value.rgb.subarray(0, 12)], [10, 20, 30, 40, 50, 60, 10, 20, 30, 50, 70, 90]);
  assert.deepEqual([...decoded.value.rgb.subarray(12)], [20, 40, 60, 90, 120, 150, 20, 40, 60, 95, 130, 165]);
});

const codeOf = (said: { readonly ok: boolean; readonly failure?: { readonly code: string } }): string =>
  said.failure?.code ?? 'ok';

test('the photo for a chip is cut, small, the same again, and looks like the photograph', async () => {
  const chipPhotoOf = async (jpeg: Buffer): Promise<Buffer> => {
    const made = await desk.makeChipPhoto(jpeg);
    assert.ok(made.ok, JSON.stringify(made));
    return Buffer.from(made.value);
  };
  const shown = async (photo: Buffer): Promise<Buffer> => {
    const said = await desk.showChipPhoto(photo);
    assert.ok(said.ok, JSON.stringify(said));
    return Buffer.from(said.value);
  };
  const photo = await chipPhotoOf(samplePicture('portrait'));
  assert.ok(photo.length <= 16_384 && photo.length > 12_000, `${photo.length} octets`);
  assert.equal(photo.toString('hex', 0, 12), '0000000c6a5020200d0a870a', 'a JP2 file');
  assert.deepEqual(await chipPhotoOf(samplePicture('portrait')), photo);
  const { rgb, width, height } = chipPixelsOf(await shown(photo));
  assert.deepEqual([width, height], [280, 360]);
  assert.ok(likenessInDecibels(rgb, chipPixelsOf(samplePicture('portrait')).rgb) > 38);
  const codestream = photo.subarray(85);
  assert.deepEqual(await shown(codestream), await shown(photo), 'without its container');
  // the grain of this one is more than the codec brings into its octets at once
  assert.ok((await chipPhotoOf(drawn[2])).length <= 16_384);
  await chipPhotoOf(emptyPicture(7, 9));
  const wide = chipPixelsOf(await shown(await chipPhotoOf(emptyPicture(600, 500))));
  assert.deepEqual([wide.width, wide.height], [280, 360], 'cut at both sides');
  assert.equal(codeOf(await desk.makeChipPhoto(Buffer.from('GIF89a'))), 'picture-kind-refused');
});

test('a drawn portrait is a face that every rule of photographs can be asked of', async () => {
  const { faces, head, background, width, height } = await measuresOf(drawn[0]);
  assert.ok((faces[0] ?? 0) > 0.4 && head && head.height > 0.5 && Math.abs(head.aside) < 0.12);
  assert.deepEqual([width, height, background.strange], [700, 900, 0]);
  assert.notDeepEqual(drawn[0], drawn[2]);
});

test('what is no photo of a chip is refused by its header, and broken octets end nothing', async () => {
  const made = await desk.makeChipPhoto(samplePicture('portrait'));
  assert.ok(made.ok);
  const photo = Buffer.from(made.value);
  const changed = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(photo);
    bytes.writeUInt32BE(value, 85 + at);
    return bytes;
  };
  const cases: Readonly<Record<string, readonly [Buffer, string]>> = {
    'a JPEG': [samplePicture('cat').subarray(0, 1000), 'picture-kind-refused'],
    'too long for a file of a card': [Buffer.concat([photo, Buffer.alloc(20_000)]), 'picture-too-large'],
    '60,000 pixels': [changed(8, 60_000), 'picture-too-large'],
    '100,800 tiles': [changed(24, 1), 'picture-too-large'],
    'no pixels': [changed(12, 0), 'picture-unreadable'],
    'an offset': [changed(16, 8), 'picture-kind-refused'],
    'eleven bits': [changed(40, 0x0003_0a01), 'picture-kind-refused'],
    'no codestream': [photo.subarray(0, 77), 'picture-unreadable'],
    'a container that ends early': [photo.subarray(0, 300), 'picture-unreadable'],
  };
  for (const [name, [bytes, code]] of Object.entries(cases))
    assert.equal(codeOf(await desk.showChipPhoto(bytes)), code, name);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 85, max: photo.length - 1 }), fc.nat(255), async (at, value) => {
      const bytes = Buffer.from(photo);
      bytes[at] = value;
      assert.ok(
        ['ok', 'picture-unreadable', 'picture-kind-refused', 'picture-too-large'].includes(
          codeOf(await desk.showChipPhoto(bytes)),
        ),
      );
    }),
    { numRuns: 8 },
  );
  assert.equal(codeOf(await desk.showChipPhoto(photo)), 'ok', 'the codec is as it was');
});

test('octets changed anywhere give a picture or a code, never a throw', () => {
  const small = emptyPicture(24, 24);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (changes) => {
        const bytes = Buffer.from(small);
        for (const [at, value] of changes) bytes[at] = value;
        const header = readPictureHeader(bytes);
        if (header.ok) decodePicture(bytes, header.value);
      },
    ),
    { numRuns: 200 },
  );
});

test('a picture that takes too long is given up, and others are answered after it', async () => {
  const hasty = new PhotoDesk({ timeoutMs: 1, waitingMax: 2 });
  const [one, other, third] = await Promise.all([1, 2, 3].map(() => hasty.look(samplePicture('cat'))));
  assert.equal(!one?.ok && one?.failure.code, 'picture-too-slow');
  assert.equal(!other?.ok && other?.failure.code, 'picture-too-slow');
  assert.equal(!third?.ok && third?.failure.code, 'pictures-busy');
  assert.ok(!(await hasty.look(Buffer.alloc(0))).ok);
  await hasty.close();
});
