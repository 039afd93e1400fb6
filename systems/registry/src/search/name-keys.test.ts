import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameKeysOf } from './name-keys.ts';

const person = { name: '髙橋　花子', formerSurname: null, alias: null };

test('a name has one key whatever its spaces and forms of characters', () => {
  assert.deepEqual(nameKeysOf(person), ['高橋花子']);
  assert.deepEqual(nameKeysOf({ ...person, alias: '高橋 花子' }), ['高橋花子']);
});

test('the former surname stands before the given name, the alias alone', () => {
  assert.deepEqual(nameKeysOf({ ...person, formerSurname: '渡邉', alias: 'Anna Lee' }), [
    '高橋花子',
    '渡辺花子',
    'ANNALEE',
  ]);
});

test('where the given name cannot be told there is no form with the former surname', () => {
  for (const name of ['花子', 'MARIA　DA　SILVA'])
    assert.equal(nameKeysOf({ ...person, name, formerSurname: '渡邉' }).length, 1, name);
});
