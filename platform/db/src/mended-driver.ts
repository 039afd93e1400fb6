/**
 * The driver, postgres 3.4.9, with five faults mended while it is loaded; decision 9 says why not otherwise.
 * Each passage must be there exactly once: with a version of the driver that reads differently nothing starts.
 */
import { registerHooks } from 'node:module';

const FILE = '/postgres/src/connection.js';

interface Mend {
  readonly passage: string;
  readonly instead: string;
}

const MENDS: readonly Mend[] = [
  // a closed connection keeps the bytes it had not sent, and every later attempt to connect waits for its time limit
  // (the driver's issues 1154, 1215)
  {
    passage: `    incomings = null
    clearImmediate(nextWriteTimer)
`,
    instead: `    incomings = null
    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
`,
  },
  // what is handed to a connection between its error and its close is never settled, and a closed connection keeps the
  // query that was under way, for which the pool's `end` waits
  {
    passage: `    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
`,
    instead: `    query || sent.length ? error(Errors.connection('CONNECTION_CLOSED', options, socket)) : undefined
    query = results = errorResponse = null
    result = new Result()
`,
  },
  // without a question for the array types, a session that waits to be reserved is never told that it is there
  {
    passage: `      initial && !initial.reserve && execute(initial)
      options.shared.retries = retries = 0
      initial = null
`,
    instead: `      const isReserved = initial.reserve
      !isReserved && execute(initial)
      options.shared.retries = retries = 0
      initial = null
      isReserved && onopen(connection)
`,
  },
  // a transaction whose connection just closed may send one more query before it hears of that: the process ended
  {
    passage: `    if (terminated)
      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))
`,
    instead: `    if (terminated)
      return queryError(q, Errors.connection('CONNECTION_DESTROYED', options))
    if (!socket)
      return (queryError(q, Errors.connection('CONNECTION_CLOSED', options)), true)
`,
  },
  // the last rows of a COPY may stop the socket, and nobody reads on from a stream that has ended: no answer ever came again
  {
    passage: `    stream && stream.push(null)
    stream = null
`,
    instead: `    stream && stream.push(null)
    stream = null
    socket.resume()
`,
  },
];

function mend(source: string): string {
  return MENDS.reduce((text, { passage, instead }) => {
    const parts = text.split(passage);
    if (parts.length !== 2) throw new Error('this is not the version of the driver that is mended here');
    return parts.join(instead);
  }, source);
}

let isMended = false;
const hooks = registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(FILE)) return loaded;
    isMended = true;
    const source = loaded.source instanceof Uint8Array ? new TextDecoder().decode(loaded.source) : '';
    return { ...loaded, source: mend(source) };
  },
});
/** postgres.js, to be imported from here only. */
export const { default: postgres } = await import('postgres');
hooks.deregister();
if (!isMended) throw new Error('the driver was loaded before it could be mended');
