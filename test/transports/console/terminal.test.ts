import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import { doc, heading, line, strong, table } from '../../../src/message/build.ts';
import { consoleTransport, type ConsoleOptions } from '../../../transports/console/console.ts';
import { TERMINAL_ADDRESS } from '../../../transports/console/place.ts';
import { Screen } from '../../fakes/screen.ts';
import { eventually } from '../../eventually.ts';

let directory = '';
let now = 0;
let stop: (() => Promise<void>) | null = null;
const clock: Clock = { now: () => now, at: () => () => {} };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'musher-console-'));
  now = 1_000_000;
});
afterEach(async () => {
  await stop?.();
  rmSync(directory, { recursive: true });
});

async function open(options: Partial<ConsoleOptions> & { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const { isTTY = true, columns = 40, rows = 24 } = options;
  const input = Object.assign(new PassThrough(), { isTTY });
  const screen = new Screen({ isTTY, columns, rows });
  const messages: IncomingMessage[] = [];
  const onExit = vi.fn<() => void>();
  const transport = consoleTransport({ input, output: screen, clock, userName: 'ada', colour: false, onExit, ...options });
  stop = () => transport.stop(AbortSignal.timeout(1000));
  await transport.start((message) => {
    messages.push(message);
    return 'accepted';
  });
  const type = (keys: string): Promise<void> => new Promise((resolve) => input.write(keys, () => setImmediate(resolve)));
  const texts = (): string[] => messages.map(({ text }) => text);
  return { input, screen, messages, texts, transport, onExit, type };
}

describe('the console on a terminal', () => {
  it('asks with a prompt that may change from line to line', async () => {
    let project = 'demo';
    const { screen, type } = await open({ prompt: () => `${project}> ` });
    expect(screen.text()).toBe('demo>');
    project = 'shop';
    await type('x\r');
    expect(screen.text()).toBe('demo> x\nshop>');
  });

  it('takes a line as a message of the local owner', async () => {
    const { messages, type } = await open();
    await type('show 42\r');
    expect(messages).toMatchObject([
      { at: TERMINAL_ADDRESS, ingress: 'terminal', text: 'show 42', sender: { transport: 'console', id: 'local', name: 'ada' } },
    ]);
  });

  it('takes no message from an empty line', async () => {
    const { texts, type } = await open();
    await type('\r  \r');
    expect(texts()).toEqual([]);
  });

  it('prints a notification above a line being typed, also a wrapped one, and continues with it', async () => {
    const { screen, texts, transport, type } = await open({ columns: 30 });
    const long = 'reject 42 the very long reason goes over the edge';
    await type(long);
    await transport.send(TERMINAL_ADDRESS, line('42 Fix: qa → merge'), 'k1', { again: false });
    await transport.send(TERMINAL_ADDRESS, line('43 Add: backlog → current'), 'k2', { again: false });
    expect(screen.text()).toBe(
      ['42 Fix: qa → merge', '43 Add: backlog → current', 'musher> reject 42 the very lon', 'g reason goes over the edge'].join('\n'),
    );
    await type('!\r');
    expect(texts()).toEqual([`${long}!`]);
  });

  it('makes one message of a paste of several lines, and shows its line breaks while it is edited', async () => {
    const { screen, texts, type } = await open({ columns: 60 });
    await type('\u001b[200~create bug T\r\n- [ ] a\n\tb\u001b[201~');
    expect(screen.text()).toBe('musher> create bug T␤- [ ] a␤␉b');
    expect(texts()).toEqual([]);
    await type(' c\r');
    expect(texts()).toEqual(['create bug T\n- [ ] a\n\tb c']);
  });

  it('finds a paste however it is cut into chunks, with what was typed around it', async () => {
    const { texts, type } = await open({ columns: 60 });
    for (const chunk of ['a\u001b[2', '00~x\ny', '\u001b', '[201', '~b\r']) await type(chunk);
    expect(texts()).toEqual(['ax\nyb']);
  });

  it('runs no key that a paste contains', async () => {
    const { texts, onExit, type } = await open({ columns: 60 });
    await type('\u001b[200~a\u0003\u0004\u001b[Ab\u001b[201~\r');
    expect(onExit).not.toHaveBeenCalled();
    expect(texts()).toEqual(['a[Ab']);
  });

  it('takes a paste of 100 kB at once', async () => {
    const { texts, type } = await open({ columns: 80, rows: 50 });
    const text = 'a line of text\n'.repeat(7000);
    const before = performance.now();
    await type(`\u001b[200~${text}\u001b[201~\r`);
    await eventually(() => expect(texts()).toEqual([text]));
    expect(performance.now() - before).toBeLessThan(5000);
  });

  it('changes a live document in place, also while a wrapped line is being typed', async () => {
    const { screen, transport, type } = await open({ columns: 30 });
    const frame = (count: number) => doc(heading(`htop ${count}`), table(['Item'], [[`run ${count}`], ['漢字']]));
    const [ref] = await transport.send(TERMINAL_ADDRESS, frame(1), 'k1', { again: false });
    await transport.edit(ref!, frame(2));
    await type('a line that is longer than the window');
    await transport.edit(ref!, frame(3));
    expect(screen.text()).toBe(['htop 3', 'Item', '-----', 'run 3', '漢字', 'musher> a line that is longer', 'than the window'].join('\n'));
  });

  it('shows a changed document anew when something was printed in between', async () => {
    const { screen, transport } = await open();
    const [ref] = await transport.send(TERMINAL_ADDRESS, line('first'), 'k1', { again: false });
    await transport.send(TERMINAL_ADDRESS, line('between'), 'k2', { again: false });
    await transport.edit(ref!, line('second'));
    await transport.edit(ref!, line('third'));
    expect(screen.text()).toBe('first\nbetween\nthird\nmusher>');
  });

  it('shows a changed document anew after a line was sent, after a resize, and where it is higher than the window', async () => {
    const { screen, transport, type } = await open({ rows: 4 });
    const [ref] = await transport.send(TERMINAL_ADDRESS, line('one'), 'k1', { again: false });
    await type('x\r');
    await transport.edit(ref!, line('two'));
    screen.emit('resize');
    await transport.edit(ref!, line('a\nb\nc\nd'));
    await transport.edit(ref!, line('end'));
    expect(screen.text()).toBe('one\nmusher> x\ntwo\na\nb\nc\nd\nend\nmusher>');
  });

  it('completes with Tab as far as all candidates agree, then shows them', async () => {
    const complete = (typed: string) =>
      ['show 40', 'show 41', 'status']
        .filter((one) => one.startsWith(typed))
        .map((value) => ({ value, label: `${value} (label)`, replaces: [0, typed.length] as const }));
    const { screen, texts, type } = await open({ complete });
    await type('sh\t');
    expect(screen.text()).toBe('musher> show 4');
    await type('\t');
    expect(screen.text()).toBe('show 40 (label)\nshow 41 (label)\nmusher> show 4');
    await type('1\t\r');
    expect(texts()).toEqual(['show 41 ']);
  });

  it('clears the line with Ctrl-C, and leaves with a second one within two seconds', async () => {
    const { screen, texts, onExit, type } = await open({ columns: 60 });
    await type('delete 42');
    await type('\u0003');
    expect(screen.text()).toBe('Press Ctrl-C again within 2 seconds, or Ctrl-D, to quit.\nmusher>');
    now += 2001;
    await type('\u0003');
    expect(onExit).not.toHaveBeenCalled();
    now += 2000;
    await type('\u0003');
    expect(onExit).toHaveBeenCalledOnce();
    expect(texts()).toEqual([]);
  });

  it('leaves with Ctrl-D, and still prints what comes after', async () => {
    const { screen, transport, onExit, type } = await open();
    await type('\u0004');
    expect(onExit).toHaveBeenCalledOnce();
    await transport.send(TERMINAL_ADDRESS, line('stopping'), 'k1', { again: false });
    expect(screen.text()).toBe('musher>\nstopping');
  });

  it('asks the terminal to mark pastes, and takes it back when it stops', async () => {
    const { screen, transport } = await open();
    expect(screen.raw).toContain('\u001b[?2004h');
    await transport.stop(AbortSignal.timeout(1000));
    expect(screen.raw.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(screen.raw.indexOf('\u001b[?2004h'));
  });

  it('keeps its history over a restart, for the owner alone, without lines that begin with a space', async () => {
    const historyFile = join(directory, 'history');
    const first = await open({ historyFile });
    await first.type('show 42\r secret\rcreate bug T\r');
    await first.transport.stop(AbortSignal.timeout(1000));
    expect(readFileSync(historyFile, 'utf8')).toBe('show 42\ncreate bug T\n');
    expect(statSync(historyFile).mode & 0o777).toBe(0o600);
    const second = await open({ historyFile });
    await second.type('\u001b[A\u001b[A\r');
    expect(second.texts()).toEqual(['show 42']);
  });

  it('takes a message even when the history cannot be written', async () => {
    const errors: unknown[] = [];
    const { texts, type } = await open({ historyFile: join(directory, 'no', 'such', 'file'), report: (error) => errors.push(error) });
    await type('status\r');
    expect(texts()).toEqual(['status']);
    expect(String(errors[0])).toContain('ENOENT');
  });

  it('takes 100 columns where the terminal knows no size', async () => {
    const { screen, transport } = await open({ columns: 0 });
    screen.columns = 0;
    await transport.send(TERMINAL_ADDRESS, line('word '.repeat(30).trim()), 'k1', { again: false });
    expect(screen.raw).toContain(`${'word '.repeat(20).trim()}\r\n`);
  });

  it('uses colour only where it is allowed', async () => {
    const plain = await open();
    await plain.transport.send(TERMINAL_ADDRESS, doc(heading('Board')), 'k1', { again: false });
    expect(plain.screen.raw).not.toContain('\u001b[1m');
    await plain.transport.stop(AbortSignal.timeout(1000));
    const coloured = await open({ colour: true });
    await coloured.transport.send(TERMINAL_ADDRESS, line(strong('Board')), 'k1', { again: false });
    expect(coloured.screen.raw).toContain('\u001b[1mBoard\u001b[22m');
  });
});

describe('the console without a terminal', () => {
  it('takes each line as a message, and continues after a backslash', async () => {
    const { input, texts, onExit } = await open({ isTTY: false });
    input.end('status\ncreate bug T\\\n- [ ] a\\\n- [ ] b\r\n\nshow 42\\');
    await eventually(() => expect(onExit).toHaveBeenCalledOnce());
    expect(texts()).toEqual(['status', 'create bug T\n- [ ] a\n- [ ] b', 'show 42']);
  });

  it('prints plainly: no prompt, no control sequence, no colour', async () => {
    const { screen, transport } = await open({ isTTY: false, colour: true });
    await transport.send(TERMINAL_ADDRESS, doc(heading('Board')), 'k1', { again: false });
    expect(screen.raw).toBe('Board\n');
  });

  it('only sends where there is no input', async () => {
    const { screen, transport } = await open({ input: null, isTTY: false });
    expect(transport.health().state).toBe('online');
    await transport.send(TERMINAL_ADDRESS, line('sent'), 'k1', { again: false });
    expect(screen.raw).toBe('sent\n');
  });

  it('is offline and asks to leave when its output breaks', async () => {
    const errors: unknown[] = [];
    const { screen, transport, onExit } = await open({ isTTY: false, report: (error) => errors.push(error) });
    screen.destroy(new Error('EPIPE'));
    await eventually(() => expect(onExit).toHaveBeenCalledOnce());
    expect(transport.health()).toMatchObject({ state: 'offline', problem: 'The output is closed: EPIPE' });
    await expect(transport.send(TERMINAL_ADDRESS, line('lost'), 'k1', { again: false })).rejects.toThrow('EPIPE');
    expect(errors).toHaveLength(1);
  });
});
