export { type Cluster, type ClusterOptions, type ServerAddress, startCluster } from './cluster/cluster.ts';
export { Database, type DatabaseOptions } from './database.ts';
export { describeSchema } from './describe-schema.ts';
export { roleOf, type SchemaOwner, SYSTEM_GROUP } from './schema-owner.ts';
export { inTransaction, type Scope, type Sql, type Tx } from './sql.ts';
