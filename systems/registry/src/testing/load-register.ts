/** Loads a small register into a test country by the registry's own import. */
import assert from 'node:assert/strict';
import { mustSucceed } from '@ishizue/outcome';
import { importRegister } from '../import/import-register.ts';
import { registerFile, type TestCountry, testAccess } from './index.ts';

/** Loads rows, of which none may be rejected, without waiting for what they cause. */
export async function loadRegister(
  country: TestCountry,
  municipality: string,
  rows: Parameters<typeof registerFile>[0],
): Promise<void> {
  const session = country.database.session('registry');
  async function* text(): AsyncGenerator<string> {
    yield await Promise.resolve(registerFile(rows));
  }
  const outcome = await importRegister(country.context, {
    municipality,
    text: text(),
    access: testAccess,
    session,
    reject: (row) => assert.fail(`row ${row.row} is rejected: ${row.code}`),
  });
  await session.end();
  mustSucceed(outcome, 'import');
}
