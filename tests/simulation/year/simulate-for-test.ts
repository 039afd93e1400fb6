/** A simulated year on databases of its own, which are dropped afterwards. */
import { openYearDatabases } from './year-databases.ts';
import { simulateYear, type YearOptions, type YearReport } from './year-simulation.ts';

export async function simulateForTest(options: Omit<YearOptions, 'databaseOf'>): Promise<YearReport> {
  const { databaseOf, close } = await openYearDatabases();
  try {
    return await simulateYear({ ...options, databaseOf });
  } finally {
    await close();
  }
}
