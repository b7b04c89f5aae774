/** What people say who know no command, as the command that it means. Only of commands that change nothing: these run. */
const ASKED: readonly (readonly [said: RegExp, command: string])[] = [
  [
    /^(?:what(?:'s| is|s)? (?:going on|happening|up|new)|how(?:'s| is|s)? it going|how are things|any (?:news|progress)|where are we)$/,
    'status',
  ],
  [/^(?:who(?:'s| is|s) (?:working|busy)|what(?:'s| is|s) running)$/, 'status'],
  [/^(?:help me|what can (?:you|i) do|help please|commands|menu|how does (?:this|it) work)$/, 'help'],
  [/^(?:todo|todos|(?:show me )?(?:the )?backlog)$/, 'backlog'],
  [/^(?:how much today|(?:what did we|how much did we) spend today|cost of today)$/, 'cost today'],
  [/^show me #?(\d{1,9})$/, 'show $1'],
  [/^#?(\d{1,9})$/, 'show $1'],
  [/^(?:log|logs of|logs for|show me the logs of|output of) #?(\d{1,9})$/, 'logs $1'],
  [/^(?:diff of|diff for|changes of|show me the diff of) #?(\d{1,9})$/, 'diff $1'],
  [/^why is #?(\d{1,9}) (?:blocked|stuck|waiting|not done)$/, 'why $1'],
];

/** The same of commands that change something. What is meant is only shown, for whoever said it to type. */
const ORDERED: readonly (readonly [said: RegExp, commands: readonly string[]])[] = [
  [/^(?:lgtm|ship|looks good|ship it|merge) #?(\d{1,9})$/, ['approve $1']],
  [/^(?:run|do|begin|work on) #?(\d{1,9})$/, ['start $1']],
  [/^(?:kill|cancel|abort|end) #?(\d{1,9})$/, ['stop $1']],
  [/^(?:kill|cancel) (?:everything|all of (?:it|them))$|^(?:emergency|halt)$/, ['stop all', 'panic']],
  [/^(?:continue|go on|unpause)$/, ['resume']],
  [/^(?:make|build|add|write) (?:me )?an? .*$/, ['create story']],
];

/** Longer texts are no such phrases. */
const LONGEST = 80;

/** What was meant by a text that is no command: one that may run because it changes nothing, and such as may be shown. */
export interface Spoken {
  readonly asks: string | null;
  readonly perhaps: readonly string[];
}

/** Reads a text as people speak. */
export function spoken(text: string): Spoken {
  const said = text.length > LONGEST ? '' : plain(text);
  const asks = ASKED.find(([pattern]) => pattern.test(said));
  const ordered = asks === undefined ? ORDERED.find(([pattern]) => pattern.test(said)) : undefined;
  return {
    asks: asks === undefined ? null : said.replace(asks[0], asks[1]),
    perhaps: ordered === undefined ? [] : ordered[1].map((command) => said.replace(ordered[0], command)),
  };
}

/** In small letters, with straight apostrophes and one space between words, without punctuation at the end. */
function plain(text: string): string {
  const words = text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/\s+/)
    .filter((word) => word !== '');
  const last = words.at(-1)?.replace(/[?!.,…]+$/, '') ?? '';
  return [...words.slice(0, -1), last].join(' ').trim();
}
