import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Log } from '@ishizue/http';
import { AlarmLog } from './alarm-log.ts';

const alarms = (ids: readonly number[]) =>
  ids.map((id) => ({ id, code: 'link-lag' as const, about: `municipal/${id}`, value: 900.4 }));

test('each alarm is told once when it is raised and once when it is cleared, and a flood is counted', () => {
  const told: string[] = [];
  const tell = (event: string, fields?: object): void => void told.push(`${event} ${JSON.stringify(fields)}`);
  const log: Log = { info: tell, warn: tell, error: tell };
  const alarmLog = new AlarmLog(log);
  alarmLog.tell(alarms([1]));
  alarmLog.tell(alarms([1, 2]));
  alarmLog.tell(alarms([1, 2]));
  alarmLog.tell(alarms([1]));
  assert.deepEqual(told, [
    'alarms-standing {"alarms":1}',
    'alarm-raised {"id":2,"code":"link-lag","about":"municipal/2","value":900}',
    'alarm-cleared {"id":2,"code":"link-lag","about":"municipal/2"}',
  ]);
  told.length = 0;
  alarmLog.tell(alarms(Array.from({ length: 11_000 }, (_, nth) => nth + 1)));
  assert.equal(told.length, 21);
  assert.equal(told.at(-1), 'alarms-raised {"alarms":10999}');
});
