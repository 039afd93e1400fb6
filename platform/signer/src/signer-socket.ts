/**
 * The socket file: mode 0600 in a directory of mode 0700 that is ours, so that only our own user connects; or, with
 * a client group, 0660 in 0710, so that the clients may run as another user who cannot touch the key store.
 */
import { once } from 'node:events';
import { chmod, chown, lstat, mkdir, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '@ishizue/outcome';
import { errorCode, ignoreMissing } from './system-error.ts';

const PATH_MAX_BYTES = 103; // sockaddr_un holds 104 on macOS, 108 on Linux, with the final zero

export interface SocketPlace {
  readonly path: string;
  /** The numeric group whose members may connect as well. */
  readonly clientGroupId: number | undefined;
}

/** Makes the server listen at the place, taking over a socket file that nobody answers on. */
export async function listenAt(
  server: Server,
  place: SocketPlace,
): Promise<Result<undefined, 'socket-unavailable'>> {
  const { path, clientGroupId } = place;
  if (Buffer.byteLength(path) > PATH_MAX_BYTES)
    return fail('socket-unavailable', `a path over ${PATH_MAX_BYTES} bytes`);
  try {
    const directory = dirname(path);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const fault = await findDirectoryFault(directory, clientGroupId);
    if (fault !== undefined) return fail('socket-unavailable', fault);
    if (await isAnswered(path)) return fail('socket-unavailable', 'another process answers on it');
    await unlink(path).catch(ignoreMissing);
    server.listen(path);
    await once(server, 'listening');
    await grant(path, directory, clientGroupId);
    return ok(undefined);
  } catch (error) {
    return fail('socket-unavailable', errorCode(error));
  }
}

async function findDirectoryFault(
  directory: string,
  clientGroupId: number | undefined,
): Promise<string | undefined> {
  const found = await lstat(directory);
  if (!found.isDirectory()) return 'its directory is none';
  if (found.uid !== process.geteuid?.()) return 'its directory belongs to another user';
  const granted = clientGroupId !== undefined && found.gid === clientGroupId ? 0o010 : 0;
  if ((found.mode & 0o077 & ~granted) !== 0) return 'its directory is open to group or others';
  return undefined;
}

async function grant(path: string, directory: string, clientGroupId: number | undefined): Promise<void> {
  if (clientGroupId === undefined) {
    await chmod(path, 0o600);
    return;
  }
  const owner = process.geteuid?.() ?? -1;
  await chown(path, owner, clientGroupId);
  await chmod(path, 0o660);
  await chown(directory, owner, clientGroupId);
  await chmod(directory, 0o710);
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}
