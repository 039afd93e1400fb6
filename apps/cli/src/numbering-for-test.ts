/** What the tests of numbering through a running server share. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What a change of a number rests on. */
export const EVIDENCE = '通知書の写しが別人に渡り、なりすましの申込みがあった。届出書のとおり。';

/** Posts a body as JSON, signed in with a token where there is one. */
export async function postJson(address: string, body: object, token?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, told: text === '' ? undefined : JSON.parse(text) };
}

/** Waits until something is so, half a minute at the most. */
export async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isDone()); tries++) {
    if (tries > 300) throw new Error('it never came');
    await sleep(100);
  }
}
