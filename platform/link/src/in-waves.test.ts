import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, constantFrom, property } from 'fast-check';
import { inWaves } from './in-waves.ts';

test('no subject is twice in a wave, nothing is lost, and each subject’s order is kept', () => {
  const items = array(constantFrom('a', 'b', 'c', 'd')).map((subjects) => [...subjects.entries()]);
  assertProperty(
    property(items, (batch) => {
      const waves = inWaves(batch, ([, subject]) => subject);
      for (const wave of waves) {
        const subjects = wave.map(([, subject]) => subject);
        assert.equal(new Set(subjects).size, subjects.length);
      }
      const applied = waves.flat();
      for (const one of 'abcd')
        assert.deepEqual(
          applied.filter(([, subject]) => subject === one),
          batch.filter(([, subject]) => subject === one),
        );
    }),
  );
});
