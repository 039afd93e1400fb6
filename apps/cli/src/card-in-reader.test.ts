/**
 * A card of the running country in a reader of PC/SC, before programs that know nothing of us: OpenSC finds it, lists it, reads
 * its certificates, signs with both keys, and sees its PIN run out; openssl verifies; a browser’s library signs in with it. Flow: docs/flows/chip.md.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  nssMissing,
  type ReaderForTest,
  readerForTest,
  readerMissing,
  tokenModule,
} from './reader-for-test.ts';
import { openedDataForTest, startVerb } from './started-for-test.ts';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');
const SELECT_JPKI = '00a4040c0ad392f000260100000001';
const VERIFY = (pin: string): string =>
  `00200080${Buffer.of(pin.length).toString('hex')}${Buffer.from(pin).toString('hex')}`;

/** A server that asks for certificates of one authority, and says whose came: 03.pem is the authority’s. */
const SERVER = `
  const { readFileSync: read } = require('node:fs');
  const options = {
    key: read('server.key'), cert: read('server.pem'), ca: read('03.pem'),
    requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2',
  };
  const server = require('node:tls').createServer(options, (socket) => {
    console.log('signed in ' + socket.getPeerCertificate().fingerprint256);
    socket.end('welcome');
  });
  server.on('tlsClientError', (error) => console.log('refused ' + error.code));
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
`;
const TOKEN = 'JPKI (User Authentication PIN)';

/** The status words of commands that one program sends, each as it says it: `63C2`. */
async function words({ run }: ReaderForTest, ...commands: readonly string[]): Promise<readonly string[]> {
  const { text } = await run('opensc-tool', ...commands.flatMap((command) => ['-s', command]));
  return [...text.matchAll(/SW1=0x(..), SW2=0x(..)/g)].map(([, one, other]) => `${one}${other}`);
}

test('OpenSC believes a card that was made by the running country', { skip: readerMissing() }, async (t) => {
  const data = await openedDataForTest(t);
  const file = path.join(data, 'test.card');
  const made = startVerb(
    t,
    data,
    ['card', 'new', '--out', file, '--pin-auth', '1234', '--pin-sign', 'abc123', '--json'],
    { ISHIZUE_DEMONSTRATION: 'on' },
  );
  const reader = await readerForTest(t, data);
  const { code, stdout, stderr } = await made.ended;
  assert.equal(code, 0, stderr);
  const { kinds, numberB } = JSON.parse(stdout);
  assert.deepEqual(kinds, ['authentication', 'signature']);
  const serving = reader.start(process.execPath, [PROGRAM, 'card', 'serve', '--card', file]);
  await once(serving.stderr ?? serving, 'data');
  const { run } = reader;

  await t.test('the card is known, and all its objects', async () => {
    let name = '';
    // pcscd sees the card when it looks next
    for (let looked = 0; looked < 100 && !/^jpki$/m.test(name); looked++) {
      await sleep(100);
      name = (await run('opensc-tool', '-n')).text;
    }
    assert.match(name, /^jpki$/m);
    const { text } = await run('pkcs15-tool', '-D');
    const labels = [...text.matchAll(/^(X\.509 Certificate|PIN|Private RSA Key) \[(.+)\]$/gm)].map(
      ([, , label]) => label,
    );
    assert.deepEqual(
      labels.toSorted((one = '', other = '') => (one < other ? -1 : 1)),
      [
        'Digital Signature Certificate',
        'Digital Signature Certificate CA',
        'Digital Signature Key',
        'Digital Signature PIN',
        'User Authentication Certificate',
        'User Authentication Certificate CA',
        'User Authentication Key',
        'User Authentication PIN',
      ],
    );
    assert.deepEqual(text.match(/Tries left +: \d/g), ['Tries left     : 3', 'Tries left     : 5']);
  });

  await t.test(
    'both certificates are of their authority; the signature one is read after its PIN only',
    async () => {
      const read = (id: string, ...more: readonly string[]) =>
        run('pkcs15-tool', '--read-certificate', id, '-o', `${id}.pem`, ...more);
      for (const id of ['01', '03', '04']) assert.equal((await read(id)).code, 0, id);
      assert.equal((await read('02')).code, 1);
      assert.deepEqual(await words(reader, SELECT_JPKI, '00b0810004'), ['9000', '6982']);
      assert.equal((await read('02', '--verify-pin', '--auth-id', '02', '--pin', 'ABC123')).code, 0);
      for (const [leaf, authority] of [
        ['01', '03'],
        ['02', '04'],
      ])
        assert.match(
          (await run('openssl', 'verify', '-CAfile', `${authority}.pem`, `${leaf}.pem`)).text,
          /: OK/,
        );
    },
  );

  await t.test(
    'what is printed opens the face, and the photo is a JP2 file where the table says',
    async () => {
      const opened = ['00a4040c0ad3921000310001010402', '00a4020c020012', VERIFY(numberB), '00a4020c020002'];
      const read = async (place: string): Promise<string> => {
        const commands = [...opened, `00b0${place}`].flatMap((command) => ['-s', command]);
        return (await run('opensc-tool', ...commands)).text;
      };
      // the sixth field of the table, which begins at the eighth octet
      const [, high, low] = /^([0-9A-F]{2}) ([0-9A-F]{2}) /m.exec(await read('001202')) ?? [];
      assert.match(await read(`${high}${low}10`), /^DF 27 82 .. .. 00 00 00 0C 6A 50 20 20 /m);
    },
  );

  await t.test('both keys sign, and openssl verifies', async () => {
    writeFileSync(path.join(data, 'd'), 'what is signed');
    for (const [slot, pin, id] of [
      ['0', '1234', '01'],
      ['1', 'ABC123', '02'],
    ] as const) {
      const login = ['--slot-index', slot, '--login', '--pin', pin, '--id', id];
      const files = ['-i', 'd', '-o', `${id}.signature`];
      const signed = await run('pkcs11-tool', ...login, '--sign', '-m', 'SHA256-RSA-PKCS', ...files);
      assert.equal(signed.code, 0, signed.text);
      await run('openssl', 'x509', '-in', `${id}.pem`, '-noout', '-pubkey', '-out', `${id}.key`);
      const verify = ['dgst', '-sha256', '-verify', `${id}.key`, '-signature', `${id}.signature`, 'd'];
      assert.match((await run('openssl', ...verify)).text, /Verified OK/);
    }
  });

  await t.test(
    'a browser’s library finds the card and signs in to a server with it',
    { skip: nssMissing() },
    async () => {
      const database = ['-d', 'sql:nss'];
      const must = async (...command: readonly [string, ...string[]]): Promise<string> => {
        const said = await run(...command);
        assert.equal(said.code, 0, `${command.join(' ')}: ${said.text}`);
        return said.text;
      };
      await must('mkdir', 'nss');
      await must('certutil', '-N', ...database, '--empty-password');
      const module = ['-add', 'card', '-libfile', tokenModule() ?? ''];
      await must('modutil', '-dbdir', 'sql:nss', '-force', ...module);
      writeFileSync(path.join(data, 'pin'), '1234\n');
      const listed = await must('certutil', '-L', ...database, '-h', TOKEN, '-f', 'pin');
      assert.match(listed, /User Authentication Certificate +u,u,u$/m, 'with its key');
      const pair = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.pem'];
      await must('openssl', 'req', '-x509', ...pair, '-subj', '/CN=127.0.0.1', '-days', '2');
      const server = reader.start(process.execPath, ['-e', SERVER]);
      const lines = createInterface({ input: server.stdout ?? Readable.from([]) })[Symbol.asyncIterator]();
      const port = String((await lines.next()).value).slice('port '.length);
      const visit = async (...card: readonly string[]): Promise<string> => {
        const there = ['-h', '127.0.0.1', '-p', port, '-o', '-V', 'tls1.2:tls1.2'];
        await run('tstclnt', ...database, ...there, ...card);
        return String((await lines.next()).value);
      };
      assert.match(await visit(), /^refused/, 'without a card');
      const fingerprint = await must('openssl', 'x509', '-in', '01.pem', '-noout', '-fingerprint', '-sha256');
      const signedIn = await visit('-n', `${TOKEN}:User Authentication Certificate`, '-w', '1234');
      assert.equal(signedIn, `signed in ${fingerprint.trim().split('=')[1]}`);
    },
  );

  await t.test(
    'the PIN is changed; three wrong ones lock it, and the right one opens it no more',
    async () => {
      const pin = [SELECT_JPKI, '00a4020c020018'];
      const change = '002401800435363738';
      const changed = await words(
        reader,
        ...pin,
        change,
        VERIFY('1234'),
        change,
        VERIFY('1234'),
        VERIFY('5678'),
      );
      assert.deepEqual(changed, ['9000', '9000', '6982', '9000', '9000', '63C2', '9000']);
      assert.match((await run('pkcs11-tool', '--login', '--pin', '0000', '-O')).text, /CKR_PIN_INCORRECT/);
      const locked = await words(
        reader,
        ...pin,
        '00200080',
        VERIFY('0000'),
        VERIFY('0000'),
        VERIFY('5678'),
        '00200080',
      );
      assert.deepEqual(locked, ['9000', '9000', '63C2', '63C1', '63C0', '6984', '63C0']);
      assert.match((await run('pkcs15-tool', '--list-pins')).text, /Tries left +: 0/);
    },
  );

  serving.kill('SIGINT');
  const [ended] = (await once(serving, 'exit')) as [number | null];
  assert.equal(ended, 0);
});
