import { BOUNDS } from '../../bounds.ts';
import type { Signal, UsageTotals } from './signals.ts';
import { tellingLine } from './telling-line.ts';
import { oneLine, tail } from '../text.ts';
import type { Verdict } from '../verdict.ts';
import type { Usage } from '../../pipeline/usage.ts';

/** What a run's signals add up to. */
export interface RunMemory {
  readonly usage: UsageTotals;
  /** Models whose price is not known, or whose usage the output has not told. */
  readonly unpriced: readonly string[];
  readonly turns: number;
  readonly verdict: Verdict | null;
  /** The report of a spike; empty: none. */
  readonly report: string;
  readonly sessionMissing: boolean;
  /** The agent has said how it ended; what it uses or does from now on changes nothing. */
  readonly concluded: boolean;
  /** What it asked a person for last; null: nothing. */
  readonly asked: string | null;
  take(signal: Signal): void;
  /** A line of the error output. */
  complaint(line: string): void;
  /** The error line that explains the failure, or empty. */
  tellingComplaint(): string;
  evidence(): string;
}

const EVIDENCE_LINES = 60;
const COMPLAINT_LINES = 20;
/** UTF-16 units; fits into any model's prompt many times over. */
const EVIDENCE_LIMIT = BOUNDS.evidence;

/** Starts with nothing remembered; one for each run. */
export function runMemory(): RunMemory {
  const usage = new Map<string, Usage>();
  const unpriced = new Set<string>();
  let untold: string | null = null;
  const activity: string[] = [];
  const complaints: string[] = [];
  const telling = tellingLine();
  let turns = 0;
  let verdict: Verdict | null = null;
  let report = '';
  let sessionMissing = false;
  let concluded = false;
  let asked: string | null = null;

  const remember = (list: string[], line: string, most: number): void => {
    list.push(line);
    if (list.length > most) list.shift();
  };

  return {
    get usage() {
      return usage;
    },
    get unpriced() {
      return [...unpriced, ...(untold === null ? [] : [untold])];
    },
    get turns() {
      return turns;
    },
    get verdict() {
      return verdict;
    },
    get report() {
      return report;
    },
    get sessionMissing() {
      return sessionMissing;
    },
    get concluded() {
      return concluded;
    },
    get asked() {
      return asked;
    },
    take(signal) {
      switch (signal.kind) {
        case 'usage':
          usage.set(signal.model, signal.usage);
          untold = null;
          if (signal.unpriced === true) unpriced.add(signal.model);
          else unpriced.delete(signal.model);
          break;
        case 'untold':
          untold = signal.model;
          break;
        case 'turn':
          turns = signal.count;
          break;
        case 'verdict':
          verdict = { verdict: signal.verdict, reason: signal.reason };
          break;
        case 'report':
          report = signal.text;
          break;
        case 'session-missing':
          sessionMissing = true;
          break;
        case 'result':
          concluded = true;
          if (signal.summary !== '') remember(activity, signal.summary, EVIDENCE_LINES);
          break;
        case 'activity':
        case 'fatal':
        case 'signed-out':
        case 'rate-limited':
          remember(activity, signal.text, EVIDENCE_LINES);
          break;
        case 'asks':
          asked = signal.text;
          remember(activity, `asked: ${signal.text}`, EVIDENCE_LINES);
          break;
        case 'read':
        case 'call':
        case 'session':
          break;
      }
    },
    complaint(line) {
      const text = oneLine(line);
      if (text !== '') remember(complaints, text, COMPLAINT_LINES);
      telling.take(text);
    },
    tellingComplaint: () => telling.line,
    evidence() {
      const parts = [...activity, ...(complaints.length === 0 ? [] : ['Error output:', ...complaints])];
      return tail(parts.join('\n'), EVIDENCE_LIMIT);
    },
  };
}
