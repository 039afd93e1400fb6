/** docs/lints.md is what the rules say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { lintTable } from '@ishizue/jpki/testing';

test('docs/lints.md is what the rules say (node tests/lints/main.ts writes it)', async () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/lints.md'), 'utf8');
  assert.equal(page, await lintTable());
});
