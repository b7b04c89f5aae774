import { describe, expect, it } from 'vitest';
import { commandText } from '../../../src/bot/loop/address.ts';
import type { Json } from '../../../transports/matrix/json.ts';
import { readEvent, type Reader } from '../../../transports/matrix/read-event.ts';

const ME = '@musher:example.org';
const reader: Reader = { me: ME, room: '!room:example.org', direct: false, nameOf: () => null, reactionCommands: { find: () => null } };

function message(content: Json, event: Json = {}): Json {
  return { type: 'm.room.message', event_id: '$1', sender: '@ada:example.org', content: { msgtype: 'm.text', ...content }, ...event };
}

/** The command that the whole way from event to address makes of a message; null where Musher is not meant. */
function command(content: Json): string | null {
  const read = readEvent(message(content), reader);
  if (read === null) return null;
  const rules = { ingress: read.ingress, botIds: [ME], botNames: ['Musher', 'musher'], prefix: '!' };
  const addressed = commandText(read.text, rules);
  return addressed.addressed ? addressed.command : null;
}

function pill(id: string, name: string): string {
  return `<a href="https://matrix.to/#/${id}">${name}</a>`;
}

describe('the ways to address Musher in a room', () => {
  it.each<[string, Json]>([
    ['a name with a colon', { body: 'musher: status' }],
    ['a name with an at sign', { body: '@musher status' }],
    ['the full id', { body: `${ME} status` }],
    ['the prefix', { body: '!status' }],
    ['a pill with its name in the text', { body: 'Musher status', formatted_body: `${pill(ME, 'Musher')} status` }],
    ['a pill with its name and a colon', { body: 'Musher: status', formatted_body: `${pill(ME, 'Musher')}: status` }],
    ['a pill with its id in the text', { body: `${ME}: status`, formatted_body: `${pill(ME, 'Musher')}: status` }],
    [
      'a pill with an encoded id',
      { body: 'The Dog &co status', formatted_body: `${pill('%40musher%3Aexample.org', 'The Dog &amp;co')} status` },
    ],
    ['a pill in a paragraph', { body: 'Musher status', formatted_body: `<p>${pill(ME, 'Musher')} status</p>` }],
    [
      'a pill in a reply of an old client',
      {
        body: '> <@ada:example.org> !delete 42\n> more\n\nMusher status',
        formatted_body: `<mx-reply><blockquote>x</blockquote></mx-reply>${pill(ME, 'Musher')} status`,
        'm.relates_to': { 'm.in_reply_to': { event_id: '$0' } },
      },
    ],
    ['a pill as Element X writes it', { body: `[${ME}](https://matrix.to/#/${ME}) status`, formatted_body: `${pill(ME, ME)} status` }],
    [
      'a pill as Element X writes it, with a name',
      { body: `[Musher](https://matrix.to/#/${ME}): status`, formatted_body: `${pill(ME, 'Musher')}: status` },
    ],
    ['a pill as Element X writes it, without a formatted text', { body: `[Musher](https://matrix.to/#/%40musher%3Aexample.org) status` }],
    ['a matrix: link', { body: 'The Bot status', formatted_body: '<a href="matrix:u/musher:example.org?action=chat">The Bot</a> status' }],
    [
      'an address with where to find it',
      { body: 'Bot status', formatted_body: `<a href="https://matrix.to/#/${ME}?via=example.org">Bot</a> status` },
    ],
    ['a pill whose plain text has another name', { body: 'Old Name status', formatted_body: `${pill(ME, 'New Name')} <b>status</b>` }],
    ['a pill behind a greeting', { body: 'hey Musher, status', formatted_body: `hey ${pill(ME, 'Musher')}, status` }],
    [
      'a pill after that of somebody else',
      { body: 'Ada Musher status', formatted_body: `${pill('@ada:example.org', 'Ada')} ${pill(ME, 'Musher')} status` },
    ],
    [
      'a pill before that of somebody else',
      { body: 'Musher Ada status', formatted_body: `${pill(ME, 'Musher')} ${pill('@ada:example.org', 'Ada')} status` },
    ],
  ])('understand %s', (_, content) => {
    expect(command(content)).toBe('status');
  });

  it.each<[string, Json]>([
    [
      'a pill of someone else with the same name',
      { body: 'Musher status', formatted_body: `${pill('@musher:evil.org', 'Musher')} status` },
    ],
    ['a pill in the middle of talk', { body: 'ask Musher status', formatted_body: `ask ${pill(ME, 'Musher')} status` }],
    [
      'a reply to a message of Musher, which mentions it',
      { body: 'thanks', 'm.mentions': { user_ids: [ME] }, 'm.relates_to': { 'm.in_reply_to': { event_id: '$0' } } },
    ],
    ['a quoted command', { body: '> <@ada:example.org> !delete 42\n\nreally?', 'm.relates_to': { 'm.in_reply_to': { event_id: '$0' } } }],
  ])('leave %s alone', (_, content) => {
    expect(command(content)).toBeNull();
  });
});

describe('an event', () => {
  it.each<[string, Json]>([
    ['its own words', message({ body: 'x' }, { sender: ME })],
    ['a notice', message({ body: '!status', msgtype: 'm.notice' })],
    ['an emote', message({ body: '!status', msgtype: 'm.emote' })],
    [
      'an edit',
      message({ body: '* !status', 'm.new_content': { body: '!status' }, 'm.relates_to': { rel_type: 'm.replace', event_id: '$0' } }),
    ],
    ['an edit that hides its relation', message({ body: '!status', 'm.new_content': { body: '!status' } })],
    ['a deleted message', { ...message({}), content: {} }],
    ['a state event', message({ body: '!status' }, { state_key: '' })],
    ['no text', message({ body: 42 })],
    ['no sender', message({ body: '!status' }, { sender: null })],
    [
      'a reaction to anything',
      {
        type: 'm.reaction',
        event_id: '$1',
        sender: '@ada:example.org',
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$0', key: '👍' } },
      },
    ],
    ['nothing at all', {}],
  ])('that is %s is no message', (_, event) => {
    expect(readEvent(event, reader)).toBeNull();
  });

  it('keeps the full id of its sender, and uses the name for the eyes only', () => {
    const read = readEvent(message({ body: '!status' }, { sender: '@ada:evil.org' }), { ...reader, nameOf: () => '@ada:example.org' });
    expect(read?.sender).toEqual({ transport: 'matrix', id: '@ada:evil.org', name: '@ada:example.org' });
  });

  it('is direct in a room of two', () => {
    expect(readEvent(message({ body: 'status' }), { ...reader, direct: true })?.ingress).toBe('direct');
  });
});
