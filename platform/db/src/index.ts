export {
  type Cluster,
  type ClusterOptions,
  type ServerAddress,
  startCluster,
  type TlsPolicy,
} from './cluster/cluster.ts';
export { type CopyRow, copyRows, sqlLiteral } from './copy-rows.ts';
export { type CopyWriter, copyLine, openCopy } from './copy-writer.ts';
export { Database, type DatabaseOptions } from './database.ts';
export { describeSchema } from './describe-schema.ts';
export { inOneTrip } from './in-one-trip.ts';
export { roleOf, type SchemaOwner, SYSTEM_GROUP } from './schema-owner.ts';
export type { Sql, Tx } from './sql.ts';
export { inTransaction, type Scope } from './transaction.ts';
export { isTransient, nameOf } from './transient.ts';
