import { integer } from '../../src/bot/parse/arguments.ts';
import type { MachineUse } from '../../src/bot/capabilities.ts';
import { command, type CommandContext } from '../../src/bot/command.ts';
import { bytes, counted } from '../../src/words/amounts.ts';
import { pause } from '../../src/clock.ts';
import { timerWords } from '../../src/words/bot/timers.ts';
import { doc, paragraph, phrase, right, table, type Content } from '../../src/message/build.ts';
import type { Document } from '../../src/message/document.ts';
import { readerOf } from '../../src/words/reader.ts';

const DEFAULT_SECONDS = 5;
/** Two minutes: one edit a second for longer would run into the networks' rate limits. */
const MOST_SECONDS = 120;

export const htop = command({
  words: ['htop'],
  summary: 'Shows what agents, Musher and the machine use, live.',
  details: `Updates once a second for ${DEFAULT_SECONDS} seconds, or for as long as you say, by editing its message if the network can. A new \`htop\` in the same room ends the previous one.`,
  examples: ['htop', 'htop 30'],
  args: { seconds: integer({ min: 1, max: MOST_SECONDS, description: `How long; ${DEFAULT_SECONDS} by default.` }).optional() },
  role: 'viewer',
  waits: true,
  async *run(context, { seconds: wanted }) {
    const { clock, signal } = context;
    const seconds = wanted ?? DEFAULT_SECONDS;
    const began = clock.now();
    const timers = (): readonly Content[] => timersAhead(context);
    for (let second = 1; second <= seconds; second++) {
      yield await look(context, `${seconds - second + 1} s left`, timers());
      await pause(clock, began + second * 1000 - clock.now(), signal);
      if (signal.aborted) break;
    }
    return look(context, `after ${Math.round((clock.now() - began) / 1000)} s`, timers());
  },
});

/** How many timers are set, and when the first one runs. */
function timersAhead(context: CommandContext): readonly Content[] {
  const open = context.reads.timers.ofProject(context.project.name);
  const [next] = open;
  return next === undefined ? [] : phrase` ${counted(open.length, 'timer')}, next ${timerWords(next, readerOf(context))}.`;
}

async function look(context: CommandContext, when: string, timers: readonly Content[]): Promise<Document> {
  const [all, machine] = await Promise.all([context.processes(), context.machine()]);
  const cpu = all.reduce((sum, one) => sum + (one.cpu ?? 0), 0);
  const memory = all.reduce((sum, one) => sum + one.residentBytes, 0);
  return doc(
    paragraph(...phrase`Total: ${percent(cpu)} CPU, ${bytes(memory)} (${when}).${timers}`),
    paragraph(machineWords(machine)),
    table(
      ['Process', right('PID'), right('CPU'), right('Memory'), right('Processes')],
      all.map((one) => [
        one.label,
        String(one.pid),
        one.cpu === null ? '…' : percent(one.cpu),
        bytes(one.residentBytes),
        String(one.processes),
      ]),
    ),
  );
}

/** In one line: `Machine: load 0.5 on 2 cores · memory 3.1 of 16 GB · disk 20 GB free`. */
function machineWords({ load, cores, memoryBytes, usedMemoryBytes, disk }: MachineUse): string {
  const free = disk === null ? '' : ` · disk ${bytes(disk.freeBytes)} of ${bytes(disk.bytes)} free`;
  return `Machine: load ${load.toFixed(1)} on ${counted(cores, 'core')} · memory ${bytes(usedMemoryBytes)} of ${bytes(memoryBytes)}${free}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
