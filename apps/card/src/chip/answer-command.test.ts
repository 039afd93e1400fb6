/** The chip’s answers, octet by octet, on a card of paper. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, publicDecrypt, verify as verifySignature } from 'node:crypto';
import { test } from 'node:test';
import { aesCmac } from '@ishizue/card-applications';
import type { CardRecord } from '../card-record.ts';
import { PaperChip } from '../testing/paper-chip.ts';
import { PAPER_PINS, paperRecord } from '../testing/paper-record.ts';
import { APPLICATIONS } from './card-tree.ts';

const JPKI = '00a4040c 0a d392f000260100000001';
const INPUT_HELP = '00a4040c 0a d3921000310001010408';
const CARD_FACE = '00a4040c 0a d3921000310001010402';
const RESIDENT_REGISTRY = '00a4040c 0a d3921000310001010401';
const OK = '9000';

const chip = (...before: readonly string[]): PaperChip => {
  const made = new PaperChip(paperRecord());
  for (const command of before) assert.equal(made.ask(command), OK, command);
  return made;
};

const select = (fid: string): string => `00a4020c 02 ${fid}`;
const ascii = (text: string): string =>
  `${text.length.toString(16).padStart(2, '0')}${Buffer.from(text).toString('hex')}`;
const pin = (text: string): string => `00200080${ascii(text)}`;
const word = (answer: string): string => answer.slice(-4);

test('the five applications are selected by their whole AID, files inside the one selected', () => {
  const card = chip();
  assert.equal(card.ask(select('0018')), '6a82', 'no application yet');
  for (const { aid, files } of APPLICATIONS) {
    assert.equal(card.ask(`00a4040c 0a ${aid}`), OK);
    for (const { fid } of files) assert.equal(card.ask(select(fid.toString(16).padStart(4, '0'))), OK);
    assert.equal(card.ask(select('7fff')), '6a82');
  }
  for (const command of ['00a4040c 09 d392f0002601000000', '00a4040c 07 a0000000031010', '00a4040c'])
    assert.equal(card.ask(command), '6a82', command);
  for (const command of ['00a40400 0a d392f000260100000001 00', '00a4000c 02 3f00', '00a4020000'])
    assert.equal(card.ask(command), '6a86', command);
  assert.equal(card.ask('00a4020c 01 00'), '6700');
});

test('identifiers are unique in an application, and short ones too', () => {
  for (const { name, files } of APPLICATIONS) {
    const short = files.map(({ fid }) => fid & 0x1f);
    assert.equal(new Set(short).size, files.length, name);
    assert.ok(files.every(({ fid }) => fid > 0 && fid < 0x1f));
  }
});

test('what is neither class nor instruction of the card is refused, each with its word', () => {
  const card = chip(JPKI);
  for (const [command, expected] of [
    ['00ff0000', '6d00'],
    ['80ff0000', '6d00'],
    ['80a4040c 02 0018', '6e00'],
    ['002a0080 01 00 00', '6e00'],
    ['40a4040c 02 0018', '6e00'],
    ['ff000000', '6e00'],
    ['04b0000004', '6882'],
    ['01b0000004', '6881'],
    ['00b08a00', '6700'],
    ['00d60000 01 00', '6982'],
    ['00880000 08 0000000000000000 00', '6a88'],
    ['00820000 28 00', '6700'],
    ['00820000 01 00 00', '6a88'],
    ['0020', '6700'],
    ['00c0000000', '6985'],
    ['00c0010000', '6a86'],
    ['0084000001', `5a${OK}`],
    ['00840100 01', '6a86'],
    ['00840000', '6700'],
    ['00840000 000101', '6700'],
    ['802a0680 20', '6a86'],
  ] as const)
    assert.equal(card.ask(command), expected, command);
});

test('a file is read at offsets, by its short identifier, to its end, and not past it', () => {
  const card = chip(JPKI, select('000a'));
  const certificate = Buffer.from(card.record.keys.authentication?.certificate ?? '', 'base64');
  const part = (from: number, to?: number): string =>
    `${certificate.subarray(from, to).toString('hex')}${OK}`;
  assert.equal(card.ask('00b0000004'), part(0, 4));
  assert.equal(card.ask('00b0010000'), part(256, 512));
  assert.equal(card.ask('00b00000 000000'), part(0));
  assert.equal(card.ask('00b005db ff'), part(1_499));
  assert.equal(card.ask('00b005dc 01'), '6b00');
  assert.equal(card.ask('00b07fff 01'), '6b00');
  const authority = Buffer.from(card.record.files?.['jpki/000b'] ?? '', 'base64');
  assert.equal(
    card.ask('00b08b02 03'),
    `${authority.toString('hex', 2, 5)}${OK}`,
    'another file by its short identifier',
  );
  assert.equal(card.ask('00b0000002'), `3082${OK}`, 'which is selected now');
  assert.equal(card.ask('00b09d0001'), '6a82');
  assert.equal(card.ask('00b0980001'), '6981', 'a PIN is not read');
  assert.equal(card.ask('00b0970001'), '6981', 'nor is a key');
  assert.equal(chip().ask('00b0000001'), '6986');
  assert.equal(chip(JPKI).ask('00b0000001'), '6986');
});

test('token information and the certificates that are there follow from the card', () => {
  const card = chip(JPKI);
  const info = Buffer.from(card.ask('00b0860000'), 'hex');
  assert.equal(info.length, 162);
  assert.equal(info.toString('latin1', 0, 32), 'JPKIAPICCTOKEN2'.padEnd(32));
  assert.equal(card.ask('00b0880000'), `8f8f00${OK}`);
  card.record = { ...card.record, keys: { ...card.record.keys, signature: null } };
  assert.equal(card.ask('00b0880000'), `008f00${OK}`);
  for (const [command, expected] of [
    ['00b0810001', '6982'],
    [select('001b'), OK],
    ['00200080', '63c0'],
    [pin(PAPER_PINS.signature), '6985'],
    [`00240180${ascii('XYZ789')}`, '6985'],
    ['802a009a 01 00 00', '6985'],
  ] as const)
    assert.equal(card.ask(command), expected, command);
});

test('the signature certificate is read after its PIN only, and no longer where another application is selected', () => {
  const card = chip(JPKI, select('0001'));
  assert.equal(card.ask('00b0000004'), '6982');
  assert.equal(card.ask('00b0810004'), '6982');
  assert.equal(chip(JPKI, select('0018'), pin(PAPER_PINS.authentication)).ask('00b0810004'), '6982');
  const shown = [JPKI, select('001b'), pin(PAPER_PINS.signature)];
  for (const [after, expected] of [
    ['00200080', '63c5'],
    [select('0001'), OK],
    [pin('xxxxx1'), '6a80'],
  ] as const) {
    const opened = chip(...shown);
    assert.equal(opened.ask(after), expected, after);
    assert.equal(word(opened.ask('00b0810004')), OK);
  }
  for (const ending of [JPKI, INPUT_HELP]) {
    const closed = chip(...shown, ending, JPKI);
    assert.equal(closed.ask('00b0810004'), '6982');
  }
  const reset = chip(...shown);
  reset.reset();
  assert.equal(reset.ask('00b0810004'), '6986');
  const missed = chip(...shown);
  assert.equal(missed.ask(pin('XXXXX1')), '63c4');
  assert.equal(missed.ask('00b0810004'), '6982', 'a wrong PIN closes what the right one opened');
});

test('tries run out with their words; what cannot be the PIN uses none; the right one gives them back', () => {
  const card = chip(JPKI, select('0018'));
  const asked = (commands: readonly string[]): string[] => commands.map((command) => card.ask(command));
  const empty = '00200080';
  assert.deepEqual(asked([empty, pin('9999'), empty, pin('123'), pin('abcd'), pin('12345'), empty]), [
    '63c3',
    '63c2',
    '63c2',
    '6a80',
    '6a80',
    '6a80',
    '63c2',
  ]);
  assert.deepEqual(asked([pin('1234'), empty]), [OK, '63c3']);
  assert.deepEqual(asked([pin('9999'), pin('9999'), pin('9999'), empty, pin('1234'), pin('9999')]), [
    '63c2',
    '63c1',
    '63c0',
    '63c0',
    '6984',
    '6984',
  ]);
  assert.equal(card.ask(`00240180${ascii('5678')}`), '6984');
  assert.equal(card.ask('802a0097 01 00 00'), '6982');
  assert.equal(card.ask('0020019b'), '6a86');
  assert.equal(card.ask('0020009b'), '63c5', 'the other PIN has its own');
  assert.equal(card.ask('00200080'), '63c0', 'and is not selected by its reference');
});

test('the try is stored before the PIN is compared, and given back after', () => {
  const card = chip(JPKI, select('0018'));
  card.ask(pin('9999'));
  assert.deepEqual(card.steps, ['store', 'compare']);
  assert.equal(card.record.keys.authentication?.pin?.triesLeft, 2);
  card.ask(pin('1234'));
  assert.deepEqual(card.steps, ['store', 'compare', 'store']);
  assert.equal(card.record.keys.authentication?.pin?.triesLeft, 3);
  for (const command of ['00200080', pin('12'), pin('12345')]) {
    card.ask(command);
    assert.deepEqual(card.steps, [], command);
  }
});

test('a PIN is changed by whoever showed the old one, each application with its command', () => {
  const change = (text: string): string => `00240180${ascii(text)}`;
  const card = chip(JPKI, select('0018'));
  assert.equal(card.ask(change('5678')), '6982');
  assert.equal(card.ask(pin('1234')), OK);
  assert.equal(card.ask(change('56789')), '6a80');
  assert.equal(card.ask('00240080 08 3132333435363738'), '6a86', 'old and new in one');
  assert.equal(card.ask('80320080 04 35363738'), '6981');
  assert.equal(card.ask(change('5678')), OK);
  assert.deepEqual([card.ask(pin('1234')), card.ask(pin('5678'))], ['63c2', OK]);

  const registry = chip(RESIDENT_REGISTRY, select('001c'), pin(PAPER_PINS.residentRegistry));
  assert.equal(registry.ask(change('5678')), '6981');
  assert.equal(registry.ask('80320080 04 35363738'), OK);
  assert.equal(registry.ask(pin('5678')), OK);

  const numbers = chip(INPUT_HELP, select('0014'), pin(PAPER_PINS.numberA));
  assert.equal(numbers.ask(change('123456789018')), '6981', 'the number is no PIN of its holder');
});

test('the first PIN is set by whoever has the card', () => {
  const card = chip(JPKI, select('0018'));
  const { authentication } = card.record.keys;
  assert.ok(authentication);
  card.record = {
    ...card.record,
    keys: { ...card.record.keys, authentication: { ...authentication, pin: null } },
  };
  assert.deepEqual(
    ['00200080', pin('1234'), '802a0097 01 00 00', `00240180${ascii('12')}`, `00240180${ascii('5678')}`].map(
      (command) => card.ask(command),
    ),
    ['63c0', '6985', '6982', '6a80', OK],
  );
  assert.equal(card.ask(`00240180${ascii('1111')}`), '6982', 'a second one is not the first');
});

test('number and attributes are each opened by what is to open them', () => {
  const opens = (application: string, fid: string, secret: string): string[] => {
    const card = chip(application, select(fid), pin(secret));
    return ['81', '82', '83', '85'].map((sfi) => word(card.ask(`00b0${sfi}0001`)));
  };
  const { inputHelp, numberA, numberB } = PAPER_PINS;
  assert.deepEqual(opens(INPUT_HELP, '0011', inputHelp), [OK, OK, OK, '6b00']);
  assert.deepEqual(opens(INPUT_HELP, '0014', numberA), [OK, '6982', OK, '6b00']);
  assert.deepEqual(opens(INPUT_HELP, '0015', numberB), ['6982', OK, OK, '6b00']);
  assert.deepEqual(opens(CARD_FACE, '0012', numberB), [OK, OK, OK, '6982']);
  assert.deepEqual(opens(CARD_FACE, '0013', numberA), [OK, OK, OK, OK]);
  const none = chip(INPUT_HELP);
  for (const sfi of ['81', '82', '83']) assert.equal(none.ask(`00b0${sfi}0001`), '6982');
  const ten = chip(INPUT_HELP, select('0014'));
  const words = Array.from({ length: 11 }, () => ten.ask(pin('000000000000')));
  assert.deepEqual([words[0], words[9], words[10]], ['63c9', '63c0', '6984']);
});

test('six modes of signing: who hashes and who pads; and what is none is refused', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
  const card = new PaperChip(paperRecord(), der);
  for (const command of [JPKI, select('0018'), pin('1234'), select('0017')])
    assert.equal(card.ask(command), OK);
  const message = Buffer.from('a message');
  const digest = Buffer.from('8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4', 'hex');
  const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest]);
  const hi = Buffer.from('hi');
  const sign = (p1: string, data: Buffer): Buffer => {
    const answer = Buffer.from(
      card.ask(`802a${p1}80${data.length.toString(16).padStart(2, '0')}${data.toString('hex')}00`),
      'hex',
    );
    assert.equal(answer.toString('hex', answer.length - 2), OK);
    return answer.subarray(0, -2);
  };
  const bare = (signature: Buffer): string => publicDecrypt(publicKey, signature).toString('hex');
  const isSigned = (data: Buffer, signature: Buffer): boolean =>
    verifySignature('sha256', data, publicKey, signature);
  const pss = { key: publicKey, padding: 6, saltLength: 32 };
  assert.equal(bare(sign('00', info)), info.toString('hex'));
  assert.equal(bare(sign('00', Buffer.of(7))), '07');
  assert.equal(bare(sign('01', hi)), digest.toString('hex'));
  assert.ok(isSigned(hi, sign('02', digest)));
  assert.ok(isSigned(hi, sign('00', info)));
  assert.ok(isSigned(message, sign('03', message)));
  assert.ok(verifySignature('sha256', hi, pss, sign('04', digest)));
  assert.ok(verifySignature('sha256', message, pss, sign('05', message)));
  assert.ok(!verifySignature('sha256', hi, pss, sign('05', message)));
  const refused = (p1: string, length: number): string =>
    word(
      card.ask(
        `802a${p1}80${length === 0 ? '' : length.toString(16).padStart(2, '0')}${'00'.repeat(length)}00`,
      ),
    );
  assert.deepEqual(
    [
      refused('00', 245),
      refused('00', 246),
      refused('00', 0),
      refused('02', 31),
      refused('04', 33),
      refused('06', 32),
    ],
    [OK, '6a80', '6a80', '6a80', '6a80', '6a86'],
  );
  assert.equal(card.ask('802a0298 01 00 00'), '6981', 'a PIN is no key');
});

test('a key signs after its own PIN only', () => {
  const card = chip(JPKI, select('0018'), pin(PAPER_PINS.authentication));
  const data = `20${'00'.repeat(32)}00`;
  assert.equal(word(card.ask(`802a0297${data}`)), OK);
  assert.equal(card.ask(`802a029a${data}`), '6982');
  assert.equal(chip(JPKI, select('0017')).ask(`802a0280${data}`), '6982');
});

test('an answer comes in parts where less was asked for, and is gone where something else is', () => {
  const card = chip(JPKI, select('0018'), pin(PAPER_PINS.authentication));
  const sign = '802a0097 01 07';
  assert.equal(card.ask(sign), '6100');
  const first = card.ask('00c0000064');
  assert.equal(first.slice(-4), '619c');
  assert.equal(first.length, 2 * 0x64 + 4);
  assert.equal(card.ask('00c000009c').length, 2 * 0x9c + 4);
  assert.equal(card.ask('00c0000001'), '6985');
  assert.equal(card.ask(`${sign} 10`).slice(-4), '61f0');
  assert.equal(card.ask('00200080'), '63c3');
  assert.equal(card.ask('00c0000001'), '6985');
});

test('a chain of commands is one command; a break in it is refused, and so is what is too long', () => {
  const card = chip(JPKI, select('0018'));
  assert.equal(card.ask('10200080 02 3132'), OK);
  assert.equal(card.ask('00200080 02 3334'), OK);
  assert.equal(card.ask('10200080 02 3132'), OK);
  assert.equal(card.ask('00b0000001'), '6883');
  assert.equal(card.ask('00200080 02 3334'), '6a80', 'the chain is forgotten');
  const long = `007530${'00'.repeat(30_000)}`;
  assert.equal(card.ask(`902a0397${long}`), OK);
  assert.equal(card.ask(`902a0397${long}`), OK);
  assert.equal(card.ask(`902a0397${long}`), '6700');
  assert.equal(card.ask('902a0397 01 00'), OK);
  assert.equal(card.ask('002000'), '6700');
  assert.equal(card.ask('902a0397 01 00'), OK);
  assert.equal(word(card.ask('802a0397 01 00 00')), OK);
});

test('the factory reads every file until somebody sets a PIN; a challenge is answered once', () => {
  const paper = paperRecord();
  const unset = (slot: CardRecord['keys']['signature']) => slot && { ...slot, pin: null };
  const { authentication, signature } = paper.keys;
  const key = Buffer.alloc(32, 7);
  const made: CardRecord = {
    ...paper,
    keys: { authentication: unset(authentication), signature: unset(signature) },
    transportKey: key.toString('base64'),
  };
  const card = new PaperChip(made);
  card.ask(JPKI);
  const read = '00b0810004';
  assert.equal(card.ask(read), '6982');
  const answerOf = (challenge: string): string =>
    aesCmac(key, Buffer.from(challenge.slice(0, -4), 'hex')).toString('hex');
  assert.equal(card.ask(`0082000010${'00'.repeat(16)}`), '6985', 'no challenge');
  const challenge = card.ask('0084000010');
  assert.equal(card.ask(`0082000010${'00'.repeat(16)}`), '6982');
  assert.equal(card.ask(`0082000010${answerOf(challenge)}`), '6985', 'the challenge is spent');
  const [short, long] = [card.ask('0084000004'), '0084000010'];
  assert.equal(card.ask(`0082000010${answerOf(short)}`), '6985', 'a short one is none');
  assert.equal(card.ask(`0082000010${answerOf(card.ask(long))}`), '9000');
  assert.match(card.ask(read), /^30.*9000$/);
  assert.match(card.ask('00b0820004'), /9000$/);
  card.reset();
  card.ask(JPKI);
  assert.equal(card.ask(read), '6982', 'without power it is forgotten');
  const left = new PaperChip({ ...paper, transportKey: key.toString('base64') });
  left.ask(JPKI);
  assert.equal(left.ask(`0082000010${answerOf(left.ask(long))}`), '6a88', 'it has left the factory');
});
