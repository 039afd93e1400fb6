/** A simulated year on databases of its own, which are dropped afterwards. */
import { openYearDatabases } from './year-databases.ts';
import { simulateYear, type YearOptions, type YearReport } from './year-simulation.ts';

/** Small and quick: what is planted shows in any country. */
export const TEN_DAYS = { municipalities: 3, days: 10, residents: 20, severity: 25, seed: 'planted' };

export async function simulateForTest(options: Omit<YearOptions, 'databaseOf'>): Promise<YearReport> {
  const { databaseOf, close } = await openYearDatabases();
  try {
    return await simulateYear({ ...options, databaseOf });
  } finally {
    await close();
  }
}
