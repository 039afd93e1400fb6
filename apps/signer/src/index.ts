import { fileURLToPath } from 'node:url';

export { type SignerSettings, signerEnvironment } from './configuration.ts';

/** The program to run with Node and the variables of `signerEnvironment`; it prints one line when it is ready. */
export const signerProgramPath: string = fileURLToPath(new URL('./main.ts', import.meta.url));
