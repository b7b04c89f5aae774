import { expect, it } from 'vitest';
import { ownAddress } from '../../transports/files.ts';
import { fetchMedia, mediaIn } from '../../transports/matrix/intake/media.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { objectAt } from '../../transports/matrix/json.ts';

const SLACK = { hosts: ['files.slack.com'], api: null };

it('an address of a file is one of the network’s own hosts over HTTPS, and nothing that only looks like it', () => {
  expect(ownAddress('https://files.slack.com/files-pri/T1-F1/a.png', SLACK).hostname).toBe('files.slack.com');
  for (const address of [
    'http://files.slack.com/x',
    'https://files.slack.com:8443/x',
    'https://files.slack.com.example.org/x',
    'https://example.org/files.slack.com',
    'https://files.slack.com@169.254.169.254/x',
    'https://user:word@files.slack.com/x',
    'https://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:8080/',
    'file:///etc/passwd',
    'data:text/plain,x',
    '//files.slack.com/x',
    '',
  ])
    expect(() => ownAddress(address, SLACK)).toThrow(/is not fetched/);
});

it('a file of an encrypted room is decrypted, and one that was changed on its way is refused', async () => {
  const server = new FakeHomeserver();
  await server.listen();
  server.createRoom('!room:example.org');
  const file = { name: 'gap.png', type: 'image/png', bytes: Buffer.from('what the photo shows') };
  server.attach('!room:example.org', file, 'tell 1 look', {}, { secret: true });
  const media = mediaIn(objectAt(server.rooms.get('!room:example.org')?.events.at(-1), 'content'));
  if (media === null) throw new Error('There is no file.');
  expect(media).toMatchObject({ words: 'tell 1 look', file: { name: 'gap.png', type: 'image/png', bytes: 20 } });
  const limits = { bytes: 1_000, signal: new AbortController().signal };
  const fetched = (): Promise<Uint8Array> => fetchMedia(server.url, server.accessToken, media.file, limits);
  try {
    expect(Buffer.from(await fetched()).toString()).toBe('what the photo shows');
    for (const [id, kept] of server.shelf.files) server.shelf.files.set(id, { ...kept, bytes: Buffer.from(kept.bytes).fill(1, 0, 1) });
    await expect(fetched()).rejects.toMatchObject({ why: 'unreadable' });
  } finally {
    await server.close();
  }
});
