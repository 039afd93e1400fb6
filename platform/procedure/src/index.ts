export * from './define/definition.ts';
export * from './define/field.ts';
export * from './define/versions.ts';
