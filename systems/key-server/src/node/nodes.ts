/** Reading nodes: the list for officers, and the key under which a node signs its requests now. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { KeyContext } from '../key-context.ts';
import type { NodeKind } from '../profile/node-profile.ts';

/** A node with the certificate that was issued last. Instants are milliseconds since the epoch. */
export interface NodeState {
  readonly node: string;
  readonly kind: NodeKind;
  readonly state: 'active' | 'expired' | 'revoked' | 'without-certificate';
  readonly serial: string | null;
  readonly notAfter: number | null;
  /** Keys that are accepted now: two during a rotation. */
  readonly acceptedKeys: number;
}

const NODES_MAX = 100_000;
const SERIAL = /^[4-7][0-9a-f]{31}$/;
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410

/** All nodes by name, or those whose name begins so. */
export async function listNodes({ sql, clock }: KeyContext, prefix = ''): Promise<readonly NodeState[]> {
  const now = new Date(clock.now());
  const rows = await sql<
    {
      name: string;
      kind: NodeKind;
      revoked: boolean;
      serial: string | null;
      not_after: Date | null;
      accepted: number;
    }[]
  >`
    SELECT n.name, n.kind, n.revoked_at IS NOT NULL AS revoked, c.serial, c.not_after, coalesce(c.accepted, 0) AS accepted
    FROM key_server.node n
    LEFT JOIN (
      SELECT DISTINCT ON (node) node, serial, not_after,
             (count(*) FILTER (WHERE not_before <= ${now} AND not_after >= ${now}
                AND (ended_at IS NULL OR ended_at > ${now})) OVER (PARTITION BY node))::int AS accepted
      FROM key_server.certificate WHERE signature IS NOT NULL
      ORDER BY node, (ended_at IS NULL) DESC, not_before DESC
    ) c ON c.node = n.name
    WHERE starts_with(n.name, ${prefix}) ORDER BY n.name LIMIT ${NODES_MAX}`;
  return rows.map(({ name, kind, revoked, serial, not_after, accepted }) => ({
    node: name,
    kind,
    state: revoked
      ? 'revoked'
      : serial === null
        ? 'without-certificate'
        : accepted > 0
          ? 'active'
          : 'expired',
    serial,
    notAfter: not_after?.getTime() ?? null,
    acceptedKeys: accepted,
  }));
}

/** A node that signs a request, with the key of its certificate. */
export interface NodeSigner {
  readonly node: string;
  readonly kind: NodeKind;
  readonly serial: string;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
}

/**
 * The node of a certificate that is accepted at this instant, by the serial number in hexadecimal. Asked anew for every
 * request: a terminal that was reported lost a moment ago is not there.
 */
export async function findNodeSigner(
  { sql, clock }: KeyContext,
  serial: string,
): Promise<NodeSigner | undefined> {
  if (!SERIAL.test(serial)) return undefined;
  const now = new Date(clock.now());
  const [row] = await sql<{ name: string; kind: NodeKind; public_key: Buffer; not_after: Date }[]>`
    SELECT n.name, n.kind, c.public_key, c.not_after
    FROM key_server.certificate c JOIN key_server.node n ON n.name = c.node
    WHERE c.serial = ${serial} AND c.signature IS NOT NULL AND n.revoked_at IS NULL
      AND c.not_before <= ${now} AND c.not_after >= ${now} AND (c.ended_at IS NULL OR c.ended_at > ${now})`;
  if (!row) return undefined;
  const spki = Buffer.concat([ED25519_SPKI_PREFIX, row.public_key]);
  return {
    node: row.name,
    kind: row.kind,
    serial,
    notAfter: row.not_after.getTime(),
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
  };
}
