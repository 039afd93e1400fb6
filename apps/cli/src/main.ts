/** The program of the `ishizue` command. */
import { runMain } from 'citty';
import { ishizue } from './ishizue.ts';

await runMain(ishizue);
