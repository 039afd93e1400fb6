import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkState } from '@ishizue/link';
import type { Alarm } from '@ishizue/registry';
import { type LinksScreen, linksScreen } from './links-screen.ts';

const NOW = Date.parse('2026-11-23T03:00:00Z');
const atRest = (link: string): LinkState => ({
  link,
  unacknowledged: 0,
  oldest_s: null,
  lastAckAt: new Date(NOW - 12_000),
  lastAttemptAt: null,
  attempts: 0,
  lastErrorCode: null,
  receivedThrough: 7,
  lastReceivedAt: null,
  held: 0,
  heldByGap_s: null,
  parked: 0,
});
const alarm: Alarm = {
  id: 12_345,
  code: 'acknowledgement-overdue',
  about: 'municipal/132217>prefectural/13:registry',
  value: 86_399,
  unit: 'seconds',
  raisedAt: new Date(NOW - 7_200_000),
  clearedAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  purpose: null,
};
const healthy: LinksScreen = {
  state: {
    links: Array.from({ length: 11_000 }, (_, nth) => atRest(`municipal/${100_000 + nth}>national:registry`)),
    comparisons: Array.from({ length: 3_600 }, (_, nth) => ({
      site: `municipal/${100_000 + nth}`,
      municipality: String(100_000 + nth),
      plannedSince: new Date(NOW - 1e10),
      startedAt: new Date(NOW - 3e8),
      isRunning: false,
      doneAt: new Date(NOW - 3e8),
      persons: 70_000,
      differences: 0,
    })),
    conflicts: [],
    keyExpiries: new Map(),
  },
  alarms: [],
  tickets: [],
  comparison_days: 7,
  now: NOW,
  isAll: false,
  nameOf: () => '東京都清瀬市',
};

/** Columns of a terminal: wide characters take two. */
const columns = (line: string): number =>
  line.length + (line.match(/[\u3000-\u9fff\uff00-\uffef]/g)?.length ?? 0);

test('a country at rest is one short screen', () => {
  assert.deepEqual(linksScreen(healthy), [
    '✓ No alarm stands                                           2026-11-23 12:00 JST',
    '',
    '  links         11000   0 wait, 0 parked, 0 held; acknowledged 12 s ago',
    '  comparisons    3600   no difference known; 3600 done, the oldest 3 d ago',
    '                        (each every 7 d)',
    '  conflicts         0   open at municipalities; 0 notices held back by tiers',
    '  keys              0   no site has a key with an end',
  ]);
});

test('what is wrong comes first, on one screen of 80 columns whatever is wrong; --all leaves nothing out', () => {
  const { state } = healthy;
  const troubled = state.links.map((link, nth) => ({
    ...link,
    unacknowledged: 100_000 + nth,
    oldest_s: 86_400 + nth,
    lastErrorCode: 'receiver-unavailable',
    attempts: 2_000,
  }));
  const parked = { ...atRest('municipal/132217>prefectural/13:registry'), parked: 1, held: 2 };
  const all: LinksScreen = {
    ...healthy,
    state: {
      ...state,
      links: [...troubled, parked],
      comparisons: state.comparisons.map((pair) => ({ ...pair, differences: 3 })),
      conflicts: [{ municipality: '132217', held: 1, heldSince: null, conflicts: 2, conflictSince: null }],
      keyExpiries: new Map([['national', new Date(NOW + 1e9)]]),
    },
    alarms: Array.from({ length: 11_000 }, (_, nth) => ({ ...alarm, id: nth + 1 })),
  };
  const lines = linksScreen(all);
  assert.ok(lines.length < 100, `${lines.length} lines`);
  assert.deepEqual(
    lines.filter((line) => columns(line) > 80),
    [],
  );
  assert.equal(lines[0], '✗ 11000 alarms stand, 11000 not acknowledged                2026-11-23 12:00 JST');
  const first = lines.findIndex((line) => line.includes('LINK'));
  assert.match(lines[first + 1] ?? '', /132217>prefectural\/13:registry +0 +- +2 +1/);
  assert.match(lines[first + 2] ?? '', /municipal\/110999/);
  assert.ok(linksScreen({ ...all, isAll: true }).length > 33_000);
});
