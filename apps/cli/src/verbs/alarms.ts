/** `ishizue alarms`: what stands, who has seen it and why it may stand. Flow: docs/flows/network-watch.md. */
import { acknowledgeAlarm, listAlarms } from '@ishizue/registry';
import { watchNetwork } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { alarmLines } from '../links-screen.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const SHOWN_MAX = 500;

export const alarms = defineCommand({
  meta: {
    name: 'alarms',
    description:
      'The alarms that stand, or with --acknowledge: seen, for a purpose. Exits 1 where one stands.',
  },
  args: {
    acknowledge: { type: 'string', description: 'the number of an alarm that stands' },
    purpose: { type: 'string', description: 'why it may stand for now, and who mends it' },
    all: { type: 'boolean', description: 'those that were cleared too, the newest first', default: false },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args }) => {
    const { acknowledge: id, purpose, json } = args;
    if (id !== undefined && !/^[1-9]\d{0,14}$/.test(id))
      return printFailure(json, { code: 'alarm-malformed', detail: 'an alarm is a number' }, EXIT_UNUSABLE);
    await withInstallation(json, async (country) => {
      const { registry } = country.systems;
      if (id !== undefined) {
        const access = commandLineAccess('住民基本台帳法 第30条の24', 'network-watch');
        const done = await acknowledgeAlarm(registry, access, Number(id), purpose ?? '');
        if (!done.ok) return printFailure(json, done.failure);
        return print(json, { acknowledged: Number(id) }, `alarm ${id}: acknowledged`);
      }
      await watchNetwork(country);
      const found = await listAlarms(registry, { limit: SHOWN_MAX, withCleared: args.all });
      print(json, { alarms: found }, alarmLines(found, country.clock.now(), true).join('\n'));
      if (found.some(({ clearedAt }) => clearedAt === null)) process.exitCode = EXIT_FAILED;
    });
  },
});
