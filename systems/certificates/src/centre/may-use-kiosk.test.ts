import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayUseKiosk } from './may-use-kiosk.ts';

const codeOf = (birthDate: string, today: string): string => {
  const result = mayUseKiosk({ status: 'resident', birthDate }, today);
  return result.ok ? 'ok' : result.failure.code;
};

test('a person may use the kiosk from the fifteenth birthday on, and where the register leaves it open from the last day possible', () => {
  assert.equal(codeOf('2011-11-21', '2026-11-20'), 'under-age');
  assert.equal(codeOf('2011-11-20', '2026-11-20'), 'ok');
  assert.equal(codeOf('2012-02-29', '2027-02-28'), 'under-age');
  assert.equal(codeOf('2012-02-29', '2027-03-01'), 'ok');
  assert.equal(codeOf('2011-11-00', '2026-11-29'), 'under-age');
  assert.equal(codeOf('2011-11-00', '2026-12-01'), 'ok');
  assert.equal(codeOf('2011-00-00', '2026-12-30'), 'under-age');
  assert.equal(codeOf('2011-00-00', '2026-12-31'), 'ok');
  assert.equal(codeOf('0000-00-00', '2026-12-31'), 'under-age');
});

test('who is unknown or no current resident may not', () => {
  assert.equal(mayUseKiosk(undefined, '2026-11-20').ok, false);
  for (const status of ['moved-out', 'deceased', 'removed'] as const)
    assert.equal(mayUseKiosk({ status, birthDate: '1980-01-01' }, '2026-11-20').ok, false);
});
