import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KIYOSE, registerFile, testAccess, testCountry } from '../testing/index.ts';
import { importRegister } from './import-register.ts';

test('an import whose connection is lost ends with an error, and the next one loads everything', async (t) => {
  const country = await testCountry(t);
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const [header = '', row = ''] = registerFile([{}]).split('\r\n');
  const rows = Array.from({ length: 3_000 }, (_, index) =>
    row.replace('1,1,世帯主', `${index},${index},世帯主`),
  );
  const text = [header, ...rows, ''].join('\r\n');
  async function* pieces(kill: boolean): AsyncGenerator<string> {
    for (let start = 0; start < text.length; start += 20_000) {
      yield text.slice(start, start + 20_000);
      if (!kill || start < 100_000) continue;
      await superuser`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%COPY pg_temp.load_row%' AND pid <> pg_backend_pid()`;
    }
  }
  const load = (kill: boolean) => {
    const session = country.database.session('registry');
    t.after(() => session.end({ timeout: 1 }));
    return importRegister(country.context, {
      municipality: KIYOSE,
      text: pieces(kill),
      access: testAccess,
      session,
      reject: () => Promise.resolve(),
    });
  };
  await assert.rejects(load(true));
  const second = await load(false);
  assert.deepEqual(second.ok && second.value, { read: 3_000, loaded: 3_000, unchanged: 0, rejected: 0 });
});
