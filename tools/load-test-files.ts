/**
 * Test files in one process, loaded one after another: what they load together is loaded once. Their tests begin when all
 * are there, so that none runs beside the loading of another. One that cannot be loaded is a test that fails, and the
 * others run.
 */
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const { promise: loaded, resolve } = Promise.withResolvers<undefined>();
before(() => loaded);

for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    test(`${path.basename(file)} loads`, () => {
      throw error;
    });
  }
}
resolve(undefined);
