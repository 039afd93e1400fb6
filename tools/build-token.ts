/** `npm run build:token`: builds the driver that the signer needs to keep keys in a PKCS#11 token. */
import { buildTokenDriver } from './token-driver.ts';

const { isOk, note } = await buildTokenDriver();
process.stdout.write(`${note}\n`);
if (!isOk) process.exitCode = 1;
