/** What the agent prints: the protocol of docs/runtimes.md, one JSON object a line. */
export interface Voice {
  status(text: string): void;
  /** A turn of thinking, with what it cost: totals so far. */
  turn(): void;
  /** Told to Musher itself, not printed: what is printed could be of the code under review. */
  verdict(verdict: 'approve' | 'reject', reason: string): Promise<void>;
  /** What a spike has found out. */
  report(text: string): void;
  result(status: 'success' | 'failure', text: string): void;
}

/** What a turn of the demo's made-up model uses, and its price in dollars. The numbers grow as a real context does. */
const INPUT = 1850;
const INPUT_GROWTH = 420;
const OUTPUT = 310;
const PRICE_IN = 1e-6;
const PRICE_OUT = 5e-6;

export type GiveVerdict = (verdict: 'approve' | 'reject', reason: string) => Promise<void>;

export function openVoice(print: (line: string) => void, giveVerdict: GiveVerdict): Voice {
  let turns = 0;
  let input = 0;
  let output = 0;
  const say = (line: object): void => print(JSON.stringify(line));
  return {
    status: (text) => say({ type: 'status', text }),
    turn() {
      input += INPUT + turns * INPUT_GROWTH;
      output += OUTPUT;
      turns += 1;
      say({ type: 'turn' });
      const cost = Math.round((input * PRICE_IN + output * PRICE_OUT) * 1e6) / 1e6;
      say({ type: 'usage', model: 'demo-model', input_tokens: input, output_tokens: output, cost_usd: cost });
    },
    verdict: giveVerdict,
    report: (text) => say({ type: 'report', text }),
    result: (status, text) => say({ type: 'result', status, text }),
  };
}
