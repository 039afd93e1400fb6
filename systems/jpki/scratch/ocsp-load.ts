// load generator: keep-alive connections, prepared requests
import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';
const [, , port, file, seconds, connections] = process.argv;
const bodies = (JSON.parse(readFileSync(file ?? '', 'utf8')) as string[]).map((b) => Buffer.from(b, 'base64'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });
let done = 0, bad = 0; let i = 0; const end = performance.now() + Number(seconds) * 1000;
const once = () => new Promise<void>((resolve, reject) => {
  const body = bodies[i++ % bodies.length] ?? Buffer.alloc(0);
  const r = request({ agent, host: '127.0.0.1', port: Number(port), path: '/ocsp', method: 'POST', headers: { 'content-type': 'application/ocsp-request', 'content-length': body.length } }, (res) => { let n = 0; res.on('data', (c) => { n += c.length; }); res.on('end', () => { done++; if (n < 100) bad++; resolve(); }); });
  r.on('error', reject); r.end(body);
});
const t0 = performance.now();
await Promise.all(Array.from({ length: Number(connections) }, async () => { while (performance.now() < end) await once(); }));
const s = (performance.now() - t0) / 1000;
console.log(`${(done / s).toFixed(0)} answers/s over ${connections} connections, ${bad} bad`);
agent.destroy();
