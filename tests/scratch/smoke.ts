import { openCountry } from '@ishizue/server';
import { importRegister } from '@ishizue/registry';
import { demonstrationCountry, generateRegister, writeRegisterCsv } from '@ishizue/demo';
const t0 = Date.now(); const log = (s: string) => console.log(((Date.now()-t0)/1000).toFixed(2), s);
const c = await openCountry({ configuration: { dataDirectory: '/tmp/ishizue-smoke', databaseUrl: undefined, host: '127.0.0.1', port: 0, kioskAlwaysOpen: true }, municipalities: demonstrationCountry.map(m=>m.code), progress: log, onTrouble: t=>log('TROUBLE '+JSON.stringify(t)) });
log('open');
for (const m of demonstrationCountry) {
  const rows = generateRegister({ municipality: m.code, people: m.people, seed: 1, asOf: '2026-11-01', fixed: m.fixed } as never);
  async function* text() { for await (const b of writeRegisterCsv(rows, 'utf-8')) yield b.toString('utf8'); }
  const session = c.database.session('registry');
  const rej: unknown[] = [];
  const r = await importRegister(c.systems.registry, { municipality: m.code, text: text(), session, access: {actorKind:'operator',actor:'o-setup',terminal:'cli',article:'x',affair:'initial-load',correlation:'setup'}, reject: async x => { rej.push(x); } });
  log(m.name+' '+JSON.stringify(r.ok? r.value : r.failure)+' '+JSON.stringify(rej.slice(0,2)));
  await session.end();
}
await c.settle(120000); log('settled');
await c.sealLedgers(); log('sealed');
const s = c.database.superuser();
console.log(await s`select (select count(*) from registry.national_person) n, (select count(*) from registry.national_person where individual_number is not null) with_number, (select count(*) from ledger.entry) e, (select count(*) from link.ticket) tickets`);
console.log(await s`select * from link.ticket limit 3`);
await s.end(); await c.close(); log('closed');
