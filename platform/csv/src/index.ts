export { decodeText, TextUndecodable } from './decode-text.ts';
export { type CsvRecord, readRecords } from './read-records.ts';
export { writeRecord } from './write-record.ts';
