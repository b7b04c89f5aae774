import { command, type Content } from '../../message/build.ts';

/** What the parser says about a word that it can't read: one sentence with a full stop. `typed` is the word in quotes. */
export const parsing = {
  empty: 'Type a command.',
  unknownCommand: (typed: string) => `There is no command ${typed}.`,
  missing: (name: string, argument: string, expects: string) => `${name} needs ${argumentWords(argument, expects)}.`,
  unclosed: (quote: string) => `The quote ${quote} is not closed.`,
  whichItem: (name: string, typed: string, item: number) =>
    `Is that item ${typed}, or a text that begins with ${typed}? This is about ${item}: write ${name} #${typed} … for the other item, or ${name} ${item} ${typed} … for this one.`,
  unexpected: (typed: string) => `Unexpected ${typed}.`,
  unknownFlag: (typed: string) => `Unknown flag ${typed}.`,
  isNot: (typed: string, expects: string) => `${typed} is not ${expects}.`,
  neither: (typed: string, one: string, other: string) => `${typed} is neither ${one} nor ${other}.`,
  notTheWord: (typed: string, wanted: string) => `Expected “${wanted}” here, not ${typed}.`,
  notValid: (typed: string) => `${typed} is not valid here.`,
  emptyWord: 'This can’t be empty.',
  emptyText: 'The text is empty.',
  expected: (expects: string) => `Expected ${expects}.`,
  noTitle: 'There is no title before the description.',
  titleTooLong: (length: number, limit: number) =>
    `The title has ${length} characters; the limit is ${limit}. Put the description after “ -- ” or on the next lines.`,
  tooManyItems: (limit: number) => `At most ${limit} items at once.`,
  notItems: (typed: string, words: readonly string[]) =>
    `${typed} is not an item number. Write 42, 3 4, 20-24${words.length === 0 ? '' : `, ${words.join(', ')}`}, or shop#42 for an item of another project.`,
  notAnItem: (typed: string) => `${typed} is not an item number. Write 42, or shop#42 for an item of another project.`,
  unknownName: (typed: string, what: string, known: readonly string[]) =>
    `${typed} is not the name of ${what}. ${known.length === 0 ? 'There are none yet.' : `Names: ${shortList(known)}.`}`,
  noSuchRoom: (typed: string) => `There is no room ${typed}.`,
  noSuchNotification: (typed: string, known: readonly string[]) =>
    `${typed} is neither a room nor a kind of notification. Kinds: ${known.join(', ')}.`,
  whoseBudget: 'Which budget?',
  lowerBudget: 'A budget can only be raised here. To lower a cap, edit bot.toml or the project file.',
  notAnAmount: (typed: string) => `${typed} is not an amount. Write tokens as +50k or 1.5M, money as +5usd or $5.`,
  amountOfWhat: (typed: string, bare: string) => `${typed} of what? Write ${bare}k or ${bare}tokens for tokens, ${bare}usd for money.`,
  dollarRange: (typed: string) => `${typed} is out of range: from $0.000001 to $1,000,000.`,
  tokenRange: (typed: string) => `${typed} is out of range: from 1 token to 1,000,000M.`,
  notACommit: 'Write at least 7 characters of the commit, like 1a2b3c4.',
  itemsFirst: (name: string, item: string) => `To ${name} with words of yours, name the item: ${name} ${item} <text>.`,
  atOnce: 'It would take effect at once, whatever the words behind it say. Leave them out, or do it when it is time.',
  notARequest: 'Requests have names like r7. A plain number is an item.',
} as const;

/** What to type for an argument. What only says how it is typed is no help without its name: `a reason`, not `a text`. */
function argumentWords(argument: string, expects: string): string {
  const named = argument.endsWith('s') ? argument : `${/^[aeiou]/.test(argument) ? 'an' : 'a'} ${argument}`;
  if (expects === 'a word' || expects === 'a text') return named;
  return expects.startsWith('a whole number') ? `${named}, ${expects}` : expects;
}

/** Why a time can't be used, as a sentence. */
export const badTime = {
  noSuchDay: 'That date does not exist.',
  past: 'That time has already passed.',
  tooFar: 'That is more than a year ahead.',
} as const;

/** `a whole number from 1 to 9`, after “needs” or “is not”. */
export function wholeNumber(min: number | null, max: number | null): string {
  if (min !== null && max !== null) return `a whole number from ${min} to ${max}`;
  if (min !== null) return `a whole number of at least ${min}`;
  return max === null ? 'a whole number' : `a whole number of at most ${max}`;
}

/** What follows the problem: a command that lists what there is. */
export function lists(name: string): readonly Content[] {
  return [' ', command(name), ' lists them.'];
}

/** Two budget commands to choose from, given the amount that was typed. */
export function budgetExamples(amount: string): readonly Content[] {
  return [' For example ', command(`budget 42 ${amount}`), ' or ', command(`budget today ${amount}`), '.'];
}

function shortList(known: readonly string[]): string {
  return `${known.slice(0, 10).join(', ')}${known.length > 10 ? ' …' : ''}`;
}
