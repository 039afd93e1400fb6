/** SCP03 against sessions recorded on real cards (keys of tests; public), and against every change on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { aesCmac, pad80, unpad80 } from './aes-cmac.ts';
import {
  newChannel,
  openCommand,
  openResponse,
  sealAuthenticate,
  sealCommand,
  sealResponse,
} from './secure-channel.ts';
import { sessionKeysOf } from './session-keys.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

test('AES-CMAC gives the values of RFC 4493', () => {
  const key = hex('2b7e151628aed2a6abf7158809cf4f3c');
  const message = hex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  );
  for (const [length, mac] of [
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ] as const)
    assert.equal(aesCmac(key, message.subarray(0, length)).toString('hex'), mac);
});

/** Recorded at security level 33, with the key sets that the cards were delivered with. */
const RECORDED = [
  {
    enc: '000102030405060708090a0b0c0d0e0f',
    mac: '101112131415161718191a1b1c1d1e1f',
    host: 'fdf38259a1e0de44',
    card: '3b1aca81e821f219',
    cryptogram: '081cdc01c26b372d',
    authenticate: '8c36f96bcc00724a4e13ad591d7da3f0',
    command: '267a85dfe4a98fca6fb0527e0dfecce4914e40401433c87f',
    response: 'f3ba2b1013aa6224f5e1c138d71805c569e5439b47576260b75fc021b25097cb2e68f8a0144975b9',
  },
  {
    enc: '000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f',
    mac: '101112131415161718191a1b1c1d1e1f101112131415161718191a1b1c1d1e1f',
    host: '97b2055fe58599fd',
    card: 'a8439a22cedf045f',
    cryptogram: 'a9f1903b2834f26e',
    authenticate: '508a0fd959d2e547c6b33154a6be2057',
    command: '7a5ef717eaf1e135ae92fe54429d0e465decda65f5fe5aea',
    response: 'ea90dbfa648a67c5eb6abc57f8530b97d0cd5647c5e8732016b55203b078dd2ace7f8bc5d1c1cd99',
  },
];

test('sessions of real cards come out octet by octet', () => {
  for (const one of RECORDED) {
    const context = Buffer.concat([hex(one.host), hex(one.card)]);
    const keys = sessionKeysOf({ enc: hex(one.enc), mac: hex(one.mac) }, context);
    assert.equal(keys.cardCryptogram.toString('hex'), one.cryptogram);
    const opened = sealAuthenticate(newChannel(keys), {
      ins: 0x82,
      p1: 0x33,
      p2: 0,
      data: keys.hostCryptogram,
    });
    assert.equal(opened.data.toString('hex'), one.authenticate);
    const command = { ins: 0xe2, p1: 0x91, p2: 0, data: hex('bf3e035c015a') };
    const sent = sealCommand(opened.channel, command);
    assert.equal(sent.data.toString('hex'), one.command);
    const said = hex('bf3e125a1089882119900000000000000000000005');
    assert.deepEqual(openResponse(sent.channel, hex(one.response), 0x9000), said);
    assert.equal(sealResponse(sent.channel, said, 0x9000).toString('hex'), one.response);
    const received = openCommand(opened.channel, { ...command, data: sent.data });
    assert.deepEqual(received, { data: hex('bf3e035c015a'), channel: sent.channel });
  }
});

test('what is changed, repeated, left out or turned round is no command of the channel', () => {
  const octets = fc.uint8Array({ maxLength: 239 });
  const keys = sessionKeysOf({ enc: Buffer.alloc(32, 1), mac: Buffer.alloc(32, 2) }, Buffer.alloc(16));
  fc.assert(
    fc.property(octets, octets, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, other, at, change) => {
      const start = newChannel(keys);
      const command = (data: Uint8Array) => ({ ins: 0xe2, p1: 0, p2: 0, data });
      const first = sealCommand(start, command(one));
      const second = sealCommand(first.channel, command(other));
      const received = openCommand(start, command(first.data));
      assert.deepEqual(received?.data, Buffer.from(one));
      assert.ok(received);
      assert.deepEqual(openCommand(received.channel, command(second.data))?.data, Buffer.from(other));
      assert.equal(openCommand(received.channel, command(first.data)), undefined, 'repeated');
      assert.equal(openCommand(start, command(second.data)), undefined, 'one left out');
      assert.equal(openCommand(start, { ...command(first.data), p1: 1 }), undefined, 'another header');
      const changed = Buffer.from(first.data);
      changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ change;
      assert.equal(openCommand(start, command(changed)), undefined, 'changed');
      const response = sealResponse(first.channel, other, 0x9000);
      assert.deepEqual(openResponse(first.channel, response, 0x9000), Buffer.from(other));
      assert.equal(openResponse(first.channel, response, 0x6a82), undefined, 'another word');
      assert.equal(openResponse(second.channel, response, 0x9000), undefined, 'of another command');
    }),
  );
  assert.deepEqual(unpad80(pad80(Buffer.of(1, 0x80, 0))), Buffer.of(1, 0x80, 0));
  assert.equal(unpad80(Buffer.alloc(16)), undefined);
});
