/**
 * What OpenSC and the card once said to each other, octet by octet: recorded over the virtual reader, from a card on paper with
 * certificates that the country made for somebody invented. Commands are OpenSC’s own; `power` is a reset by the reader.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { PaperChip } from '../testing/paper-chip.ts';
import { paperRecord } from '../testing/paper-record.ts';

const FILE = path.join(import.meta.dirname, 'fixtures/opensc-0.23.json');
const certificate = z.base64();
const trace = z.strictObject({
  from: z.string(),
  certificates: z.strictObject({
    'jpki/000a': certificate,
    'jpki/0001': certificate,
    'jpki/000b': certificate,
    'jpki/0002': certificate,
  }),
  exchanges: z.array(z.union([z.literal('power'), z.tuple([z.string(), z.string()])])),
});

function recordedCard(certificates: z.output<typeof trace>['certificates']): PaperChip {
  const record = paperRecord();
  const { authentication, signature } = record.keys;
  assert.ok(authentication && signature);
  return new PaperChip({
    ...record,
    keys: {
      authentication: { ...authentication, certificate: certificates['jpki/000a'] },
      signature: { ...signature, certificate: certificates['jpki/0001'] },
    },
    files: {
      ...record.files,
      'jpki/000b': certificates['jpki/000b'],
      'jpki/0002': certificates['jpki/0002'],
    },
  });
}

test('OpenSC’s recorded commands get the recorded answers', () => {
  const { certificates, exchanges } = trace.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  const card = recordedCard(certificates);
  for (const [at, exchange] of exchanges.entries()) {
    if (exchange === 'power') card.reset();
    else assert.equal(card.ask(exchange[0]), exchange[1], `exchange ${at}: ${exchange[0]}`);
  }
  const asked = exchanges.filter((exchange) => exchange !== 'power').map(([command]) => command);
  assert.equal(asked.length > 200, true);
  for (const told of [
    '00200080',
    '0020008004',
    '0020008006',
    '802a0080',
    '00b0',
    '00a4040c0ad392f000260100000001',
  ])
    assert.ok(
      asked.some((command) => command.startsWith(told)),
      told,
    );
});
