import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Where each line of what must hold at the door is held: the file below `test/`, and the names of its tests there. */
type Held = readonly (readonly [file: string, ...names: readonly string[]])[];

const LINES = {
  '1. A sender without the role is refused over every kind of ingress of every transport': [
    ['security/ingress.test.ts', 'is refused with one row in the audit, at most one reply, and no effect'],
    ['commands/flood.test.ts', 'is told once in ten minutes, and each message is in the audit'],
  ],
  '2. Identity is the network’s immutable id': [
    ['security/ingress.test.ts', 'nobody who looks like %s has the rights of it'],
    ['bot/rights.test.ts', 'are given by the stable id', 'do not follow a name to another server or network'],
    ['transports/slack/intake.test.ts', 'tells people of a shared channel apart by their workspace'],
  ],
  '3. Rights hold per project and room; a direct message gives nothing unless configured': [
    [
      'commands/rights.test.ts',
      'are needed for %s of an item there, also by an admin of the room',
      'can not be had by making the room speak of it',
      'are not enough to take a room away from its project',
      'are none in a direct message, unless the configuration says so',
      'shows titles of projects that one may see, and nothing to a stranger',
    ],
    ['bot/rights.test.ts', 'of a room hold in that room alone', 'are none in a room that is not configured'],
  ],
  '4. Own messages, other bots and notices are never commands': [
    ['security/ingress.test.ts', '$network: $way of $who is nothing', '4. A thousand echoes make no loop'],
  ],
  '5. Edits and deletions never create, change or repeat a command': [
    ['security/ingress.test.ts', '$network: $way of $who is nothing'],
    ['contract/trouble-suite.ts', 'makes no command of an edit'],
  ],
  '6. Slack over HTTP: what is not Slack’s own is answered with 401, and an empty secret does not start': [
    [
      'transports/slack/http.test.ts',
      'a time 301 s ago',
      'a time 301 s ahead',
      'with %s is refused',
      'that was taken is refused when it is played again',
      'of %s is refused, of every kind',
      'does not start with the secret %j',
      'is told once in a row',
    ],
  ],
  '7. A revoked right takes effect with the next event; a pending confirmation of that person dies': [
    ['bot/confirmation.test.ts', 'a start closes the questions of somebody %s'],
    ['e2e/revoked.test.ts', 'a right that was taken away is gone with the next start'],
  ],
  '8. Destructive commands need a second step': [
    [
      'bot/confirmation.test.ts',
      'only who was asked can answer, only in the room where it was asked, and only once',
      'a question that was answered after 5 minutes no longer counts',
      'a button answers its own question alone',
      'the click of somebody else is refused',
    ],
  ],
  '9. One platform event delivered several times is one command with one reply': [
    ['security/ingress.test.ts', '9. One platform event delivered several times'],
    ['contract/transport-suite.ts', 'gives a redelivered message the id it had'],
  ],
  '10. A flood from one sender is slowed; others do not notice': [
    ['commands/flood.test.ts', 'is answered in full, as fast as is allowed', 'gets one clear answer for what is too much'],
    ['bot/turns.test.ts', 'let others wait for one message of a flood at most'],
  ],
  '11. 100,000 fuzzed inputs give a typed result or a typed error': [
    ['bot/parse.test.ts', '100,000 of them give a command or a typed problem'],
    ['bot/address.test.ts', 'gives a trimmed end of the text, and never throws'],
    ['security/text.test.ts', 'a megabyte of'],
  ],
  '12. Hostile titles and ids become safe, distinct paths and branches': [
    ['git/names.test.ts', 'is safe for any text', 'is distinct for distinct items, whatever their titles', 'else distinct and safe'],
    ['e2e/hostile.test.ts', 'whatever a title holds, it goes through to a merge, as text alone'],
  ],
  '13. No shell between a person’s words and a process': [
    ['security/text.test.ts', 'starts programs in these places alone'],
    ['e2e/hostile.test.ts', 'whatever a title holds'],
  ],
  '14. Text from people and agents pings nobody, also on edits': [
    ['contract/transport-suite.ts', 'notifies nobody whom a text names, neither sent nor edited'],
    ['transports/matrix/content.test.ts', 'is a notice that mentions nobody, as an edit as well'],
  ],
  '15. Links in it are inert': [
    ['transports/discord/sending.test.ts', 'unfurls nothing and notifies nobody, sent and edited'],
    ['transports/slack/sending.test.ts', 'unfurls nothing and looks for no names'],
    ['transports/matrix/content.test.ts', 'leads nowhere but to the web and to mail'],
  ],
  '16. Long text is split, never silently cut': [
    ['contract/transport-suite.ts', 'splits a long text, marks each part, and leaves nothing out'],
    ['message/split.test.ts', 'gives parts that all fit, and leaves no letter out'],
  ],
} as const satisfies Readonly<Record<string, Held>>;

describe('every line of what must hold at the door is held by tests that are there', () => {
  it('and no line is left out', () => {
    expect(Object.keys(LINES).map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  it.each(Object.entries<Held>(LINES))('%s', (_, held) => {
    const gone = held.flatMap(([file, ...names]) => {
      const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
      return names.filter((name) => !text.includes(name)).map((name) => `${file}: ${name}`);
    });
    expect(gone).toEqual([]);
    expect(held.every(([, ...names]) => names.length > 0)).toBe(true);
  });
});
