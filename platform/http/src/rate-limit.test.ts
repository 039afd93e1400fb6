import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '@ishizue/clock';
import * as fc from 'fast-check';
import { addressKey, RateLimit } from './rate-limit.ts';

test('never more than the burst and the rate together, and what it says to wait is enough', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 600 }),
      fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }),
      (burst, perMinute, pauses) => {
        const clock = new ManualClock(0);
        const limit = new RateLimit({ clock, burst, perMinute });
        let taken = 0;
        for (const pause of pauses) {
          clock.advance(pause);
          const got = limit.take('k');
          if (got.taken) taken += 1;
          else {
            clock.advance(got.retryAfterSeconds * 1000);
            assert.equal(limit.take('k').taken, true);
            taken += 1;
          }
        }
        assert.ok(taken <= burst + (clock.now() / 60_000) * perMinute + 1e-6);
      },
    ),
  );
});

test('keys do not share, and the ones used longest ago are forgotten', () => {
  const limit = new RateLimit({ clock: new ManualClock(0), burst: 1, perMinute: 1, keysMax: 3 });
  for (const key of ['a', 'b', 'c']) assert.equal(limit.take(key).taken, true);
  assert.equal(limit.take('a').taken, false); // used again: now the youngest
  assert.equal(limit.take('d').taken, true); // forgets b
  assert.equal(limit.size, 3);
  assert.equal(limit.take('a').taken, false);
  assert.equal(limit.take('b').taken, true);
});

test('a clock that is set back gives nothing away', () => {
  const clock = new ManualClock(100_000);
  const limit = new RateLimit({ clock, burst: 1, perMinute: 60 });
  assert.equal(limit.take('k').taken, true);
  clock.advance(-50_000);
  assert.equal(limit.take('k').taken, false);
});

test('an IPv6 client is counted by its /64', () => {
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), 'address:2001:db8:1:2::/64');
  assert.equal(addressKey('2001:db8:1:2::9'), 'address:2001:db8:1:2::/64');
  assert.equal(addressKey('2001:db8::9'), 'address:2001:db8:0:0::/64');
  assert.equal(addressKey('::1'), 'address:0:0:0:0::/64');
  assert.equal(addressKey('::ffff:192.0.2.1'), 'address:192.0.2.1');
  assert.equal(addressKey('192.0.2.1'), 'address:192.0.2.1');
  assert.equal(addressKey(undefined), 'address:none');
});
