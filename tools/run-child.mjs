/**
 * Runs a program in our place: its standard streams are ours, signals to us reach it once, and its end is ours. Plain
 * JavaScript for Node ≥ 20, because it runs before anything is installed.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SAME_ACT_MS = 1000; // npm passes on a signal that its process group was sent as well
const isAtTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;

/**
 * @param {string} program
 * @param {readonly string[]} arguments_
 * @param {import('node:child_process').SpawnOptions} options
 * @param {(pid: number) => void} [onStart]
 * @returns {Promise<number>} the exit code as a shell gives it: 128 + the signal's number for an end by signal
 */
export function runChild(program, arguments_, options, onStart = () => undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, arguments_, options);
    const stopPassing = passSignalsTo(child);
    // at once: whoever kills us from here on leaves a child that is known
    if (child.pid !== undefined) onStart(child.pid);
    child.on('error', (error) => {
      stopPassing();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      stopPassing();
      resolve(signal === null ? code : 128 + constants.signals[signal]);
    });
  });
}

/** Once for each act; nothing where the terminal signals the whole group, the child in it. */
function passSignalsTo(child) {
  const passed = new Map();
  const pass = (signal) => {
    const isFromTerminal = isAtTerminal && signal !== 'SIGTERM';
    const isSameAct = Date.now() - (passed.get(signal) ?? 0) < SAME_ACT_MS;
    if (isFromTerminal || isSameAct) return;
    passed.set(signal, Date.now());
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return () => {
    for (const signal of signals) process.off(signal, pass);
  };
}
