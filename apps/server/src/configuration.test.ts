import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { readConfiguration } from './configuration.ts';
import { StartRefused } from './start-refused.ts';

const PLACE = 'postgres://boss:s%40cret@db.example:6543/country';

function codeOf(environment: Record<string, string>): string {
  try {
    readConfiguration(environment);
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof StartRefused, String(error));
    assert.doesNotMatch(error.message, /cret/, 'the password is repeated');
    return error.failure.code;
  }
}

test('an empty environment is the demonstration on loopback, frozen', () => {
  const configuration = readConfiguration({ ISHIZUE_PORT: '', ISHIZUE_DEMONSTRATION: '' });
  assert.deepEqual(configuration, {
    dataDirectory: path.resolve('.ishizue'),
    database: undefined,
    host: '127.0.0.1',
    port: 8280,
    publicOrigin: 'http://127.0.0.1:8280',
    trustedProxies: [],
    isDemonstration: true,
    kioskAlwaysOpen: true,
    ocspKey: 'rsa-2048',
    statusFor: 'everyone',
    keyTypes: { holder: '', authority: '' },
    comparison_days: 7,
  });
  assert.ok(Object.isFrozen(configuration) && Object.isFrozen(configuration.trustedProxies));
});

test('settings are read as they are meant', () => {
  const configuration = readConfiguration({
    ISHIZUE_HOST: '::1',
    ISHIZUE_TRUSTED_PROXIES: ' 10.0.0.0/8, ::1 ,fd00::/8,192.0.2.7 ',
    ISHIZUE_DEMONSTRATION: 'off',
    ISHIZUE_KIOSK_HOURS: 'statutory',
  });
  assert.equal(configuration.publicOrigin, 'http://[::1]:8280');
  assert.deepEqual(configuration.trustedProxies, ['10.0.0.0/8', '::1', 'fd00::/8', '192.0.2.7']);
  assert.equal(configuration.isDemonstration, false);
  assert.equal(configuration.kioskAlwaysOpen, false);
  const { publicOrigin } = readConfiguration({ ISHIZUE_ORIGIN: 'https://Ishizue.example:443/' });
  assert.equal(publicOrigin, 'https://ishizue.example');
});

test('a setting that is not understood is refused', () => {
  const wrong: readonly (readonly [name: string, values: readonly string[]])[] = [
    ['ISHIZUE_PORT', ['-1', '65536', '80a', '0x50', '1e3']],
    ['ISHIZUE_HOST', ['a b', '-x', 'http://localhost']],
    ['ISHIZUE_ORIGIN', ['ishizue.example', 'ftp://a', 'https://a/path', 'https://u:p@a', 'https://a?q']],
    [
      'ISHIZUE_TRUSTED_PROXIES',
      ['10.0.0.0/33', '10.0.0.0/0', '::/0', 'proxy', '::1/129', 'fe80::1%lo', '1.2.3.4/8/8'],
    ],
    ['ISHIZUE_TRUSTED_PROXIES', [Array.from({ length: 65 }, (_, at) => `10.0.0.${at}`).join(',')]],
    ['ISHIZUE_DEMONSTRATION', ['false', 'OFF', '0']],
    ['ISHIZUE_KIOSK_HOURS', ['statuory']],
    ['ISHIZUE_OCSP_KEY', ['rsa', 'p-384']],
    ['ISHIZUE_STATUS_FOR', ['nobody', 'Everyone']],
    ['ISHIZUE_HOLDER_KEYS', ['p-256', '2028-04-01=p-521', '2028-04-01', '2015-01-01=p-256']],
    ['ISHIZUE_COMPARISON_DAYS', ['0', '-1', '1.5', '7d', '1000', '07']],
  ];
  for (const [name, values] of wrong)
    for (const value of values)
      assert.equal(codeOf({ [name]: value }), 'setting-invalid', `${name}=${value}`);
});

test('DATABASE_URL names server, user, password and database', () => {
  const read = (text: string) => readConfiguration({ DATABASE_URL: text }).database;
  assert.deepEqual(read(PLACE), {
    server: { host: 'db.example', port: 6543, user: 'boss', password: 's@cret', ssl: false },
    name: 'country',
  });
  assert.equal(read('postgresql://boss@localhost/?host=/run/postgresql')?.server.host, '/run/postgresql');
  assert.equal(read('postgres://boss@db')?.name, 'ishizue');
  assert.equal(read(`${PLACE}?sslmode=require`)?.server.ssl, 'require');
});

test('verify-full takes the roots of a file', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-roots-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const roots = path.join(folder, 'roots.pem');
  const text = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';
  writeFileSync(roots, text);
  const { database } = readConfiguration({
    DATABASE_URL: `${PLACE}?sslmode=verify-full&sslrootcert=${roots}`,
  });
  assert.deepEqual(database?.server.ssl, { rejectUnauthorized: true, ca: text });
  writeFileSync(roots, 'nothing');
  const refused = `${PLACE}?sslmode=verify-full&sslrootcert=${roots}`;
  assert.equal(codeOf({ DATABASE_URL: refused }), 'database-url-parameter-invalid');
});

test('what DATABASE_URL says and is not understood is refused, without its password', () => {
  const refusals = {
    'database-url-malformed': [
      'db.example',
      'mysql://boss:secret@db/x',
      'postgres://boss:secret@/x',
      'postgres://boss:secret@[::1]/x',
      'postgres://boss:secret@db/a"b',
      'postgres://boss:%E0%secret@db/x',
    ],
    'database-url-parameter-unknown': [
      `${PLACE}?sslcert=a`,
      `${PLACE}?application_name=secret`,
      `${PLACE}?SSLMODE=require`,
    ],
    'database-url-parameter-invalid': [
      `${PLACE}?sslmode=prefer`,
      `${PLACE}?sslmode=`,
      `${PLACE}?sslmode=disable&sslmode=require`,
      `${PLACE}?sslrootcert=/x`,
      `${PLACE}?sslmode=require&sslrootcert=/x`,
      `${PLACE}?sslmode=verify-full&sslrootcert=/there/is/none`,
      'postgres://boss@localhost/x?host=/run/postgresql&sslmode=require',
      'postgres://boss:secret@192.0.2.1/x?sslmode=verify-full',
    ],
  };
  for (const [code, texts] of Object.entries(refusals))
    for (const text of texts) assert.equal(codeOf({ DATABASE_URL: text }), code, text);
});
