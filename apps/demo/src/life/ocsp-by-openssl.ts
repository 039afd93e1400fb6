/** OCSP asked by openssl itself, over HTTP. */
import { type ProgramRun, runProgram } from './outside-program.ts';
import type { Story } from './story.ts';

/** Asks for the certificate in `<name>.pem`; keeps the answer as `<name>.<when>.ocsp.der`. */
export function askByOpenssl(story: Story, kind: string, when: string, name = kind): Promise<ProgramRun> {
  const arguments_ = [
    'ocsp',
    '-issuer',
    `${kind}-ca.pem`,
    '-cert',
    `${name}.pem`,
    '-url',
    `${story.client.origin}/ocsp`,
  ];
  const answer = ['-CAfile', `${kind}-ca.pem`, '-respout', `${name}.${when}.ocsp.der`];
  return runProgram('openssl', [...arguments_, ...answer], story.folder);
}
