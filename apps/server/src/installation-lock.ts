/**
 * Which process owns a running installation: the first that opens its directory. Others (the command line beside a
 * server) use what runs and leave it running. Held by listening on a socket, which the kernel lets go of with the
 * process however that ends.
 */
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';

export interface InstallationLock {
  /** Whether we own the installation. */
  readonly isOwner: boolean;
  release(): Promise<void>;
}

export async function lockInstallation(socketPath: string): Promise<InstallationLock> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await answers(socketPath)) return { isOwner: false, release: () => Promise.resolve() };
    rmSync(socketPath, { force: true });
    const server = await listen(socketPath);
    if (server)
      return {
        isOwner: true,
        release: () => new Promise((resolve) => server.close(() => resolve())),
      };
  }
  throw new Error('another process is opening this installation; try again');
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

function listen(socketPath: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', () => resolve(undefined));
    server.listen(socketPath, () => {
      server.unref();
      resolve(server);
    });
  });
}
